import type { INodeParameters } from 'n8n-workflow';
import { useInstallation } from '../support/installation';
import { listen, secretOf, status, statusesPayload, type ListeningWorkflow } from '../support/listening-workflow';
import { containing } from '../support/matchers';
import { withEnvironment } from '../support/n8n-core/process-environment';
import { sendCode } from '../support/send-and-check';
import { inSeconds } from '../support/time';

const installation = useInstallation();
let workflow: ListeningWorkflow;

beforeEach(async () => {
	installation.sandbox.setSchedule({ enabled: false });
	workflow = await listen(installation);
});
afterEach(() => workflow.trigger.stop());

/** A message that the node sent, and the state of its only delivery. */
async function sent() {
	const { to, verificationId } = await sendCode(installation);
	const id = installation.sandbox.messages({ to })[0]?.id;
	const get = { resource: 'otp', operation: 'get', verificationId: '={{ $json.verificationId }}' };
	const deliveries = async () => {
		const { json } = await installation.run(get, { input: [{ verificationId }] });
		return json[0]?.[0]?.deliveries;
	};
	return { id, to, verificationId, deliveries };
}

/** The same workflow with other options of its trigger. */
async function withOptions(options: INodeParameters): Promise<ListeningWorkflow> {
	await workflow.trigger.unpublish();
	workflow = await listen(installation, { options });
	return workflow;
}

describe('a sender without the secret', () => {
	const [header] = ['x-whatsapp-otp-secret'];

	it.each([
		['nothing', {}],
		['another', { [header]: 'a'.repeat(64) }],
		['an empty one', { [header]: '' }],
		['it twice', 'twice'],
		['a part of it', 'part'],
	])('gets 401 and changes nothing: %s', async (_what, given) => {
		const { id, deliveries } = await sent();
		const { [header]: secret = '' } = secretOf(installation);
		const headers =
			typeof given === 'object' ? given : { [header]: given === 'part' ? secret.slice(0, -1) : `${secret}, ${secret}` };
		const answer = await workflow.post({ headers, json: statusesPayload(status(id, 'delivered')) });
		expect(answer).toEqual({ status: 401, text: 'Unauthorized', items: [], isRun: false });
		expect(await deliveries()).toMatchObject([{ status: 'accepted' }]);
		expect(JSON.stringify(await deliveries())).not.toContain('deliveredAt');
		expect(secret).toMatch(/^[0-9a-f]{64}$/);
	});

	it.each([
		['another node', 'another-node'],
		// A copy of a workflow has the same ids of nodes. A person who may read its webhook could forge events here.
		['the same node in a copy of the workflow', 'copied-node'],
	])('is refused if it has the secret of %s', async (_what, id) => {
		await workflow.trigger.unpublish();
		workflow = await listen(installation, {}, { id: 'copied-node' });
		const headers = secretOf(installation);
		await workflow.trigger.unpublish();
		const other = await installation.host.publish({
			trigger: {
				id,
				type: 'n8n-nodes-whatsapp-otp.whatsAppOtpTrigger',
				parameters: { events: [] },
			},
			credentials: { whatsAppOtp360DialogApi: installation.account },
		});
		const response = await fetch(await other.url(), { method: 'POST', headers, body: '{}' });
		expect(response.status).toBe(401);
		await other.stop();
	});

	it('can not keep a copy of the workflow from hearing of an event that the original has seen', async () => {
		const foreign = statusesPayload(status('wamid.of-another-system', 'delivered'));
		for (let copy = 0; copy < 2; copy += 1) {
			await workflow.trigger.unpublish();
			workflow = await listen(installation, { options: { onlyOtpMessages: false } }, { id: 'copied-node' });
			expect((await workflow.post({ json: foreign })).items).toHaveLength(1);
			expect((await workflow.post({ json: foreign })).items).toEqual([]);
		}
	});

	it('can not find the secret in the log', () => {
		expect(installation.host.log.text()).not.toContain(secretOf(installation)[header]);
	});
});

test('a challenge is refused if the provider does not use challenges', async () => {
	const query = 'hub.mode=subscribe&hub.challenge=1&hub.verify_token=';
	expect((await fetch(`${await workflow.trigger.url()}?${query}`)).status).toBe(403);
});

test('a post gets the same answer with and without a run', async () => {
	const { id } = await sent();
	const post = async (name: string) => await workflow.post({ json: statusesPayload(status(id, name)) });
	expect(await post('sent')).toMatchObject({ status: 200, text: 'OK', isRun: true });
	expect(await post('sent')).toMatchObject({ status: 200, text: 'OK', isRun: false });
});

describe('a post without any known event gets 200 and starts no run', () => {
	it.each([
		['{}'],
		['[]'],
		['null'],
		['"text"'],
		['17'],
		['{"entry":7}'],
		['{"entry":[null,7,{"changes":"none"},{"changes":[{},{"value":null},{"value":{"statuses":7}}]}]}'],
		['{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{"messages":[{}]}}]}]}'],
		['{"statuses":[{},{"id":""},{"id":7,"status":"sent"},{"id":"x"},null,[]]}'],
		[`{"statuses":[${JSON.stringify(status('x', 'in_orbit'))}]}`],
		[`{"deep":${'['.repeat(2000)}${']'.repeat(2000)}}`],
	])('%.60s', async (body) => {
		expect(await workflow.post({ body })).toMatchObject({ status: 200, isRun: false });
	});

	it.each([
		['text/plain', 'hello'],
		['text/plain', '{"entry":['],
		['application/octet-stream', '\u0000\u0001\u0002'],
		['application/x-www-form-urlencoded', 'a=b'],
		['', ''],
	])('of type %p', async (type, body) => {
		const headers = { ...secretOf(installation), 'content-type': type };
		expect(await workflow.post({ headers, body })).toMatchObject({ status: 200, isRun: false });
	});

	it('of bytes that are not text', async () => {
		const body = new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28]);
		const headers = { ...secretOf(installation), 'content-type': 'application/octet-stream' };
		expect(await workflow.post({ headers, body })).toMatchObject({ status: 200, isRun: false });
	});

	it('unless a known event stands beside it', async () => {
		const { id, verificationId } = await sent();
		const nonsense = [{}, null, status('x', 'in_orbit'), status(7, 'sent')];
		const json = statusesPayload(...nonsense.map((one) => one ?? {}), status(id, 'delivered', { orbit: { turns: 3 } }));
		const answer = await workflow.post({
			json: { ...json, entry: [null, ...(Reflect.get(json, 'entry') as object[])] },
		});
		expect(answer.items).toMatchObject([{ event: 'message.delivered', verificationId }]);
	});
});

describe('the time of an event', () => {
	it.each([
		['a number', 1_767_225_000, '2025-12-31T23:50:00.000Z'],
		['text', '1767225000', '2025-12-31T23:50:00.000Z'],
		['none', undefined, null],
		['nonsense', 'yesterday', null],
		['beyond every calendar', '9'.repeat(20), null],
		['negative', -5, null],
	])('is read from %s, or is now if that is not possible', async (_what, timestamp, expected) => {
		const { id, deliveries } = await sent();
		const { items, status: answered } = await workflow.post({
			json: statusesPayload(status(id, 'delivered', { timestamp })),
		});
		const occurredAt = expected ?? inSeconds(0);
		expect({ answered, items }).toMatchObject({
			answered: 200,
			items: [{ event: 'message.delivered', occurredAt }],
		});
		expect(await deliveries()).toMatchObject([{ deliveredAt: occurredAt }]);
	});
});

describe('the raw event', () => {
	const smile = '{"profile":{"name":"Jos\\u00e9 \\ud83d\\ude00","plain":"é 😀"}}';

	it('is included if the option is on, with emoji in either notation', async () => {
		const { id } = await sent();
		const { post } = await withOptions({ includeRaw: true });
		const one = JSON.stringify(status(id, 'delivered')).slice(0, -1);
		const body = `{"entry":[{"changes":[{"value":{"statuses":[${one},"extra":${smile}}]}}]}]}`;
		const { items } = await post({ body });
		expect(items).toMatchObject([
			{ raw: { id, status: 'delivered', extra: { profile: { name: 'José 😀', plain: 'é 😀' } } } },
		]);
	});

	it('is cut where it is nested too deep for n8n', async () => {
		const { id } = await sent();
		const { post } = await withOptions({ includeRaw: true });
		const one = JSON.stringify(status(id, 'delivered')).slice(0, -1);
		const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
		const answer = await post({ body: `{"entry":[{"changes":[{"value":{"statuses":[${one},"deep":${deep}}]}}]}]}` });
		expect(answer).toMatchObject({ status: 200, items: [{ event: 'message.delivered', raw: { id } }] });
	});

	it('is absent if the option is off', async () => {
		const { id } = await sent();
		const { items } = await workflow.post({ json: statusesPayload(status(id, 'delivered')) });
		expect(items[0]).not.toHaveProperty('raw');
	});
});

test('a number in an error text of the provider is masked', async () => {
	const { id, to, deliveries } = await sent();
	const message = `${to} is not on WhatsApp`;
	const errors = [{ code: 131026, title: message, error_data: { details: `No ${to.slice(1)}.` } }];
	const failed = status(id, 'failed', { errors, recipient_id: to.slice(1) });
	const { items } = await workflow.post({ json: statusesPayload(failed) });
	const error = { title: '***** is not on WhatsApp', details: 'No *****.' };
	expect(items).toMatchObject([{ event: 'message.failed', recipient: to.slice(1), error }]);
	expect(await deliveries()).toMatchObject([{ error }]);
});

test.each([
	['no list', undefined, 'unknown'],
	['an empty list', [], 'unknown'],
	['a code alone', [{ code: 1026 }], 1026],
	['code zero', [{ code: 0, title: 'We were unable to authenticate the app user' }], 0],
	['nonsense', ['none'], 'unknown'],
])('a failure is reported also with %s in place of its reasons', async (_what, errors, code) => {
	const { id, deliveries } = await sent();
	const { items } = await workflow.post({ json: statusesPayload(status(id, 'failed', { errors })) });
	expect(items).toMatchObject([
		{ event: 'message.failed', error: { code, title: containing(''), hint: containing('') } },
	]);
	expect(await deliveries()).toMatchObject([{ status: 'failed' }]);
});

test('a webhook gets 503 while the store is down, and starts a run when the provider repeats it', async () => {
	const { id, deliveries } = await sent();
	const json = statusesPayload(status(id, 'delivered'));
	await withEnvironment({ N8N_USER_FOLDER: '/dev/null' }, async () => {
		expect(await workflow.post({ json })).toMatchObject({ status: 503, text: 'Try again', isRun: false });
	});
	expect(installation.host.log.text()).toContain('WhatsApp OTP Trigger: The verification store');
	expect((await workflow.post({ json })).items).toMatchObject([{ event: 'message.delivered' }]);
	expect(await deliveries()).toMatchObject([{ status: 'delivered' }]);
});
