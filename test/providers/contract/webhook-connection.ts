import { startCallback } from '../../support/callback-url';
import type { Subject } from '../subjects/subject';
import { connectionTo, webhookOf } from './direct';
import type { Nodes } from './nodes';

/**
 * Starts a server for our address, for the tests of a `describe`: Meta calls an address before it registers it.
 * @returns connects to the account, without n8n; call it inside a test
 */
export function useWebhookConnection(subject: Subject, nodes: Nodes) {
	let callback: Awaited<ReturnType<typeof startCallback>> | undefined;

	beforeAll(async () => {
		callback = await startCallback();
	});
	afterAll(async () => {
		await callback?.[Symbol.asyncDispose]();
	});

	return async () => {
		if (callback === undefined) throw new Error('The server is there only inside a test');
		const webhook = webhookOf(subject.provider);
		const connection = await connectionTo(subject, nodes.sandbox().url);
		const target = { url: `${callback.url}/webhook/1/webhook`, secret: 'the-secret', verifyToken: 'the-token' };
		const isOurs = (url: string) => url === webhook.address(target);
		const own = { isOurs, isOfThisTrigger: isOurs, mayReturn: () => true, onNotRestored: () => undefined };
		return {
			address: webhook.address(target),
			read: () => webhook.read(connection, target),
			register: (kept: string[] = []) => webhook.register(connection, target, kept),
			restore: (state?: unknown) => webhook.restore(connection, state, target, own),
			isComplete: async () => webhook.isComplete(await webhook.read(connection, target), target),
		};
	};
}
