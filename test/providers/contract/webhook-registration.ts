import { refusalOf } from '../../support/provider-errors';
import type { Subject } from '../subjects/subject';
import type { Nodes } from './nodes';
import { useWebhookConnection } from './webhook-connection';

/** Registering a webhook, without n8n. */
export function webhookRegistration(subject: Subject, nodes: Nodes): void {
	const connect = useWebhookConnection(subject, nodes);

	it('finds no webhook, registers ours, and removes it', async () => {
		const webhook = await connect();
		const before = await webhook.read();
		expect(before.urls).toEqual([]);
		expect(await webhook.isComplete()).toBe(false);
		await webhook.register();
		expect((await webhook.read()).urls).toEqual([webhook.address]);
		expect(await webhook.isComplete()).toBe(true);
		await webhook.restore(before.state);
		expect((await webhook.read()).urls).toEqual([]);
	});

	it('removes ours if there is no former state', async () => {
		const webhook = await connect();
		await webhook.register();
		await webhook.restore();
		expect((await webhook.read()).urls).toEqual([]);
	});

	it('restores a state that was stored as JSON', async () => {
		const webhook = await connect();
		await webhook.register();
		const { state } = await webhook.read();
		await webhook.restore();
		await webhook.restore(JSON.parse(JSON.stringify(state)));
		expect(await webhook.isComplete()).toBe(true);
	});

	it.each([
		['an empty text', 200, ''],
		['an HTML page', 200, '<html>'],
		['a list', 200, []],
		['an internal error', 500, {}],
		['a refusal as plain text', 403, 'bad json'],
	])('stops if the answer about the present webhook is %s', async (_what, status, body) => {
		const webhook = await connect();
		const effect = { answer: { status, body } };
		nodes.sandbox().addFault({ provider: subject.id, call: 'getWebhook', effect });
		await expect(webhook.read()).rejects.toMatchObject({ name: 'ProviderError' });
	});

	it('stops with an error if the provider refuses the address', async () => {
		const webhook = await connect();
		const effect = { answer: { status: 500, body: {} } };
		nodes.sandbox().addFault({ provider: subject.id, call: 'setWebhook', effect });
		expect(await refusalOf(webhook.register())).toMatchObject({ class: 'transient', httpStatus: 500 });
	});
}
