import type { GenericValue, INodeParameters } from 'n8n-workflow';
import { useInstallation } from '../support/installation';
import { status, statusesPayload } from '../support/listening-workflow';
import { withEnvironment } from '../support/n8n-core/process-environment';
import { sendCode } from '../support/send-and-check';

const installation = useInstallation();
beforeEach(() => installation.sandbox.setSchedule({ enabled: false }));

/** Runs the operation on these items, as they come from the node before. */
async function record(items: GenericValue[], parameters: INodeParameters = {}) {
	const node = { resource: 'message', operation: 'recordEvents', body: '={{ $json.given }}', ...parameters };
	return await installation.run(node, { input: items.map((given) => ({ given })) });
}

async function sent() {
	const { to, verificationId } = await sendCode(installation, { options: { metadata: '{"user":7}' } });
	return { id: installation.sandbox.messages({ to })[0]?.id ?? '', to, verificationId };
}

async function statusOf(id: string) {
	const { json } = await installation.run({ resource: 'message', operation: 'getStatus', messageId: id });
	return json[0]?.[0]?.status;
}

describe('Record Events', () => {
	it.each<[string, (body: object, id: string) => GenericValue]>([
		['the body', (body) => body],
		['the body as text', (body) => JSON.stringify(body)],
		["an item of n8n's Webhook node", (body) => ({ headers: {}, params: {}, query: {}, body, webhookUrl: 'x' })],
		[
			"an item of n8n's WhatsApp Trigger",
			(_body, id) => ({ messaging_product: 'whatsapp', statuses: [status(id, 'delivered')], field: 'messages' }),
		],
	])('takes %s, records the delivery and returns the item of the trigger', async (_what, form) => {
		const { id, verificationId } = await sent();
		const { json } = await record([form(statusesPayload(status(id, 'delivered')), id)]);
		const item = { event: 'message.delivered', provider: 'dialog360', messageId: id, verificationId };
		expect(json).toMatchObject([[{ ...item, metadata: { user: 7 }, deliveryStatus: 'delivered' }]]);
		expect(await statusOf(id)).toBe('delivered');
	});

	// Found in n8n's source: its WhatsApp Trigger returns `{ ...change.value, field }`. The value of a template field has
	// no messaging_product, and the operation ignored such items. It must return the same event as for the body.
	it("takes a template event as an item of n8n's WhatsApp Trigger, like the body of the provider", async () => {
		const value = {
			event: 'APPROVED',
			message_template_id: 278077987957091,
			message_template_name: 'login_code',
			message_template_language: 'en_US',
			reason: 'NONE',
		};
		const field = 'message_template_status_update';
		const { json } = await record([{ ...value, field }]);
		const template = { id: '278077987957091', name: 'login_code', language: 'en_US', status: 'APPROVED' };
		expect(json).toMatchObject([[{ event: 'template.status', template }]]);
		const body = { object: 'whatsapp_business_account', entry: [{ changes: [{ field, value }] }] };
		expect((await record([body])).json).toEqual(json);
	});

	it('returns each event once, also from parallel items, and keeps the order of statuses', async () => {
		const { id } = await sent();
		const bodies = [status(id, 'read'), status(id, 'delivered'), status(id, 'read')].map((one) => statusesPayload(one));
		const { json } = await record(bodies);
		const events = (json[0] ?? []).map(({ event }) => event);
		expect(events.filter((event) => event === 'message.read')).toHaveLength(1);
		expect(await statusOf(id)).toBe('read');
		expect((await record(bodies)).json).toEqual([[]]);
	});

	it('ends a verification that the person reported', async () => {
		const { id, verificationId } = await sent();
		const button = { payload: 'DID_NOT_REQUEST_CODE', text: "I didn't request a code" };
		const message = { context: { id }, id: 'wamid.R', timestamp: '1790000000', type: 'button', button };
		const value = { messaging_product: 'whatsapp', messages: [message] };
		const { json } = await record([{ entry: [{ changes: [{ field: 'messages', value }] }] }]);
		expect(json).toMatchObject([[{ event: 'code.reported', verificationId, status: 'canceled' }]]);
	});

	it.each([
		[null],
		[''],
		['hello'],
		['{"entry":['],
		[7],
		[[]],
		[{}],
		[{ body: 7, headers: {}, query: {} }],
		[{ messaging_product: 'whatsapp', field: 'messages', messages: [{ type: 'text' }] }],
		[{ entry: [null, { changes: [{ value: { statuses: [{}, null, 7] } }] }] }],
		[statusesPayload(status('wamid.of-another-system', 'delivered'))],
	])('ignores other content: %j', async (given) => {
		const { json, status: outcome } = await record([given]);
		expect({ json, outcome }).toEqual({ json: [[]], outcome: 'success' });
	});

	it('stops with an error if the store does not answer, and the event is new afterwards', async () => {
		const { id } = await sent();
		const body = statusesPayload(status(id, 'delivered'));
		await withEnvironment({ N8N_USER_FOLDER: '/dev/null' }, async () => {
			expect(await record([body])).toMatchObject({ status: 'error' });
		});
		expect((await record([body])).json).toMatchObject([[{ event: 'message.delivered' }]]);
	});
});
