import { readCachedCredential } from '../../nodes/shared/credentials';

const type = 'whatsAppOtpMetaCloudApi';

/** A node as a webhook finds it; what n8n gives it tells who asked. */
function nodeOf(
	workflow: string,
	id: string,
	credential: { id: string | null; name: string } = { id: '1', name: 'Meta' },
) {
	const reads: string[] = [];
	const host = {
		getWorkflow: () => ({ id: workflow }),
		getCredentials: async (wanted: string) => {
			reads.push(wanted);
			return { appSecret: `${workflow} ${id} ${credential.name}` };
		},
	};
	const node = { id, credentials: { [type]: credential } };
	return { reads, appSecret: async () => (await readCachedCredential(host, node, type)).appSecret };
}

test('a node reads its credential once for many webhooks', async () => {
	const { reads, appSecret } = nodeOf('once', 'a');
	const secrets = await Promise.all([appSecret(), appSecret(), appSecret()]);
	expect(new Set(secrets)).toEqual(new Set(['once a Meta']));
	expect(reads).toEqual([type]);
});

test.each([
	['of another workflow', nodeOf('workflow 1', 'a'), nodeOf('workflow 2', 'a')],
	['beside it', nodeOf('workflow 3', 'a'), nodeOf('workflow 3', 'b')],
	['with another credential since', nodeOf('workflow 4', 'a'), nodeOf('workflow 4', 'a', { id: '2', name: 'Other' })],
	['whose credential has no id', nodeOf('workflow 5', 'a'), nodeOf('workflow 6', 'a', { id: null, name: 'Meta' })],
])('what n8n gives one node is not given to one %s', async (_which, first, second) => {
	const secrets = [await first.appSecret(), await second.appSecret()];
	expect(new Set(secrets).size).toBe(2);
	expect([...first.reads, ...second.reads]).toEqual([type, type]);
});

test('what n8n refused is asked for again', async () => {
	let isRefused = true;
	const host = {
		getWorkflow: () => ({ id: 'refused' }),
		getCredentials: async () => {
			if (isRefused) throw new Error('The database is away');
			return { appSecret: 'it is back' };
		},
	};
	const read = () => readCachedCredential(host, { id: 'a' }, type);
	await expect(read()).rejects.toThrow('away');
	isRefused = false;
	expect(await read()).toEqual({ appSecret: 'it is back' });
});
