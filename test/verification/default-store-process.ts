/** An n8n process on the default store of the folders that it is told. `default-store.test.ts` starts it. */
import { defaultEngine } from '../../verification/stores/default-store';

let folder = '';

process.on('message', (message: { folder: string } | 'go') => {
	if (message === 'go') {
		const environment = folder === '' ? {} : { N8N_USER_FOLDER: folder };
		const from = process.hrtime.bigint();
		const secret = defaultEngine(environment).vault.derivedSecret('test');
		process.send?.({ secret, from, to: process.hrtime.bigint() });
	} else {
		({ folder } = message);
		process.send?.('ready');
	}
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
