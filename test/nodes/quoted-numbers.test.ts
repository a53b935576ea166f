import { z } from 'zod';
import { redactNumbers } from '../../nodes/shared/redact-numbers';
import { newPhone, sending, useInstallation } from '../support/installation';
import { listen, type ListeningWorkflow } from '../support/listening-workflow';
import { containing } from '../support/matchers';

/*
 * From public reports: a failed status named no recipient, but its error text quoted the number, and the number left in
 * the item. What a provider quotes must be masked in any spelling: in events, in Get, in errors.
 */

const installation = useInstallation();

const event = (id: string, details: string) => ({
	object: 'whatsapp_business_account',
	entry: [
		{
			id: '1',
			changes: [
				{
					field: 'messages',
					value: {
						messaging_product: 'whatsapp',
						statuses: [
							{
								id,
								status: 'failed',
								timestamp: '1790000000',
								recipient_user_id: 'DE.1',
								errors: [{ code: 131026, title: `No: ${details}`, error_data: { details } }],
							},
						],
					},
				},
			],
		},
	],
});

const sentItem = z.object({ verificationId: z.string(), message: z.object({ id: z.string() }) });
const failedItem = z.object({ error: z.object({ title: z.string(), details: z.string() }) });

describe('A failed status without a recipient', () => {
	let workflow: ListeningWorkflow;

	const spellings: Array<[how: string, spell: (to: string) => string]> = [
		['with +', (to) => to],
		['as digits', (to) => to.slice(1)],
		['in groups', (to) => `${to.slice(0, 2)} ${to.slice(2, 5)} ${to.slice(5, 8)}-${to.slice(8)}`],
		['with brackets and dots', (to) => `${to.slice(0, 2)} (${to.slice(2, 5)}) ${to.slice(5, 8)}.${to.slice(8)}`],
	];

	it.each(spellings)('does not give away the number of our message: %s', async (_how, spell) => {
		workflow = await listen(installation, {}, { id: 'quoting' });
		const to = newPhone();
		installation.sandbox.setSchedule({ enabled: false });
		const { json } = await installation.run(sending({}), { input: [{ to }] });
		const sent = sentItem.parse(json.flat()[0]);
		const { items } = await workflow.post({ json: event(sent.message.id, `Message to ${spell(to)} is undeliverable`) });
		expect(items).toMatchObject([{ verificationId: sent.verificationId, error: { code: 131026 } }]);
		const { error } = failedItem.parse(items[0]);
		expect(error.details).toMatch(/^Message to \*{5} is undeliverable$/);
		expect(error.title).toBe(`No: ${error.details}`);
		const get = { resource: 'otp', operation: 'get', verificationId: sent.verificationId };
		const found = await installation.run(get, { input: [{}] });
		expect(found.json.flat()).toMatchObject([{ deliveries: [{ error: { details: error.details } }] }]);
		await workflow.trigger.unpublish();
	});

	it('does not give away the number of a foreign message', async () => {
		workflow = await listen(installation, { options: { onlyOtpMessages: false } }, { id: 'foreign' });
		const { items } = await workflow.post({ json: event('wamid.OTHER', 'Message to +4915100000012 is undeliverable') });
		expect(items).toMatchObject([{ error: { details: 'Message to ***** is undeliverable' } }]);
		await workflow.trigger.unpublish();
	});
});

describe('Words about a message', () => {
	it.each([
		['to +4915100000012', 'to *****'],
		['to +49 (151) 000-00012.', 'to *****.'],
		['to 4915100000012, sorry', 'to *****, sorry'],
		['to +４９15100000012', 'to *****'],
		['(#131026) 131026', '(#131026) 131026'],
		['at 2026-11-27 12:30:00', 'at 2026-11-27 12:30:00'],
		['the object 106540352242922 does not exist', 'the object 106540352242922 does not exist'],
		['wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI4', 'wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI4'],
		['at 12:30 on 2026-11-27', 'at 12:30 on 2026-11-27'],
	])('%j become %j', (details, expected) => {
		expect(redactNumbers({ details }, []).details).toBe(expected);
	});

	it('lose the known number in its other form, too', () => {
		expect(redactNumbers({ title: 'x 15112 y' }, ['15112']).title).toBe('x ***** y');
	});
});

describe('A refusal that quotes the number', () => {
	it('is masked in the error that the builder sees', async () => {
		const to = newPhone();
		const body = { meta: { success: false, http_code: 400, developer_message: `Cannot reach ${to.slice(1)}` } };
		installation.sandbox.addFault({ to, effect: { answer: { status: 400, body } } });
		const { error } = await installation.run(sending({}), { input: [{ to }] });
		expect(error?.description).toEqual(containing('Cannot reach *****'));
	});
});
