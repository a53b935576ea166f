import type { GenericValue, INodeParameters } from 'n8n-workflow';
import { accounts } from '../../sandbox/accounts';
import { approveTemplate, newPhone, sending, triggerType, useInstallation } from '../support/installation';
import { allEvents, listen, type ListeningWorkflow } from '../support/listening-workflow';
import { anyString } from '../support/matchers';
import type { PublishedTrigger } from '../support/n8n-core';
import { callerOf } from '../support/sandbox-callers';
import { checkCode, sendCode } from '../support/send-and-check';
import { credentialOf, metaSender, webhookSenders } from '../support/webhook-senders';

const installation = useInstallation();
const events = ['code.reported'];
let workflow: ListeningWorkflow | undefined;

beforeEach(() => installation.sandbox.setSchedule({ enabled: false }));
afterEach(async () => {
	await workflow?.trigger.unpublish();
	workflow = undefined;
});

async function listening(parameters: INodeParameters = {}): Promise<ListeningWorkflow> {
	return (workflow = await listen(installation, { events, ...parameters }));
}

async function statusOf(verificationId: GenericValue) {
	const get = { resource: 'otp', operation: 'get', verificationId: '={{ $json.verificationId }}' };
	const { json } = await installation.run(get, { input: [{ verificationId }] });
	return json[0]?.[0]?.status;
}

/** A report as Meta posts it (docs/reference/providers.md 1.13). */
function reportPayload(messageId: string | undefined, more: object = {}, from: unknown = '12015550100'): object {
	const button = { payload: 'DID_NOT_REQUEST_CODE', text: "I didn't request a code" };
	const message = { context: { id: messageId }, from, id: 'wamid.R', timestamp: '1790000000', type: 'button', button };
	const value = { messaging_product: 'whatsapp', messages: [{ ...message, ...more }] };
	return { object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] };
}

const messageTo = (to: string) => installation.sandbox.messages({ to })[0]?.id;

describe('a person who reports a code', () => {
	it('starts a run, and ends the verification, so that the right code is refused', async () => {
		const { heard } = await listening();
		const sent = await sendCode(installation, { options: { metadata: '{"user":7}' } });
		const { to, verificationId } = sent;
		installation.sandbox.reportMessages({ to });
		expect(await heard()).toEqual([
			{
				event: 'code.reported',
				provider: 'dialog360',
				messageId: messageTo(to),
				recipient: to.slice(1),
				occurredAt: anyString,
				verificationId,
				status: 'canceled',
				purpose: 'authentication',
				metadata: { user: 7 },
				deliveryStatus: 'accepted',
			},
		]);
		expect(await checkCode(installation, sent)).toMatchObject({ output: 'Not Verified', result: 'canceled' });
	});

	it('ends the verification also if the builder did not choose the event', async () => {
		const { post } = await listening({ events: allEvents });
		const { to, verificationId } = await sendCode(installation);
		expect(await post({ json: reportPayload(messageTo(to), {}, to.slice(1)) })).toMatchObject({
			status: 200,
			isRun: false,
		});
		expect(await statusOf(verificationId)).toBe('canceled');
	});

	it("leaves the code valid if 'Cancel Reported Codes' is off", async () => {
		const { heard } = await listening({ options: { cancelReportedCodes: false } });
		const { to, verificationId } = await sendCode(installation);
		installation.sandbox.reportMessages({ to });
		expect(await heard()).toMatchObject([{ event: 'code.reported', verificationId, status: 'pending' }]);
		expect(await statusOf(verificationId)).toBe('pending');
	});

	it('starts one run, also if the provider repeats the event', async () => {
		const { post } = await listening();
		const { to } = await sendCode(installation);
		const json = reportPayload(messageTo(to), {}, to.slice(1));
		expect((await post({ json })).items).toHaveLength(1);
		expect(await post({ json })).toMatchObject({ status: 200, isRun: false });
	});

	it('does not undo an approval, and the event says that the code was used', async () => {
		const { post } = await listening();
		const sent = await sendCode(installation);
		const { to, verificationId } = sent;
		expect(await checkCode(installation, sent)).toMatchObject({ output: 'Verified' });
		const { items } = await post({ json: reportPayload(messageTo(to), {}, to.slice(1)) });
		expect(items).toMatchObject([{ event: 'code.reported', status: 'approved' }]);
		expect(await statusOf(verificationId)).toBe('approved');
	});
});

interface Given {
	headers?: Record<string, string>;
	messageId?: string;
	from?: string;
	more?: object;
}

describe('a report changes nothing', () => {
	it.each<[string, Given]>([
		['without the proof of the provider', { headers: {} }],
		['of a message of another system', { messageId: 'wamid.OTHER' }],
		['from another number', { from: '12015559999' }],
		['with another payload', { more: { button: { payload: 'STOP', text: "I didn't request a code" } } }],
		['that is a text', { more: { type: 'text', button: undefined, text: { body: 'DID_NOT_REQUEST_CODE' } } }],
		['without a context', { more: { context: undefined } }],
	])('%s', async (_what, given: Given) => {
		const { post } = await listening();
		const { to, verificationId } = await sendCode(installation);
		const { headers, messageId = messageTo(to), from = to.slice(1), more } = given;
		const answer = await post({ json: reportPayload(messageId, more, from), ...(headers && { headers }) });
		expect(answer).toMatchObject({ status: headers ? 401 : 200, isRun: false });
		expect(await statusOf(verificationId)).toBe('pending');
	});
});

describe.each([metaSender, ...webhookSenders.filter(({ account }) => account === 'oneMsg')])(
	'a report at $account',
	({ account, provider, credential }) => {
		let trigger: PublishedTrigger;
		afterEach(() => trigger.unpublish());

		it('ends the verification', async () => {
			const { sandbox, host } = installation;
			approveTemplate(sandbox, 'verification_code', 'en_US', account);
			const credentials = credentialOf(sandbox.url, { credential });
			trigger = await host.publish({ trigger: { type: triggerType, parameters: { provider, events } }, credentials });
			if (account === 'oneMsg') {
				const { channelId, token } = accounts.oneMsg;
				const channel = callerOf(`${sandbox.url}/1msg/${channelId}`, { Authorization: `Bearer ${token}` });
				await channel.post('/settings', { rawHooks: true });
			}
			const to = newPhone();
			const { json } = await installation.run(sending({ to, provider }), { credentials });
			expect(json).toMatchObject([[], [{ result: 'sent' }]]);
			sandbox.reportMessages({ to });
			// Meta calls the address first, when it is registered.
			const calls =
				account === metaSender.account ? [await trigger.next(), await trigger.next()] : [await trigger.next()];
			const run = calls.at(-1)?.run;
			expect(run?.node('Trigger').outputs[0]).toMatchObject([{ json: { event: 'code.reported', status: 'canceled' } }]);
			expect(await statusOf(json[1]?.[0]?.verificationId)).toBe('canceled');
		});
	},
);
