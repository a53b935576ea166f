import type { GenericValue, INodeParameters } from 'n8n-workflow';
import { newPhone, sending, useInstallation } from '../support/installation';
import { containing } from '../support/matchers';
import { pass } from '../support/time';

const installation = useInstallation();

const code = '493817';
const own: INodeParameters = { codeSource: 'custom', code: '={{ $json.code }}' };

describe('an error text that quotes code and number', () => {
	/** An error text that names the number and the code. */
	const words = (to: string) => `${code} to ${to} (${to.slice(1)}) failed: "${code}"`;
	const masked = '***** to ***** (*****) failed: "*****"';

	it.each([
		['as they were sent', words, masked],
		[
			'in another spelling',
			(to: string) => `4 9 3-8 1 7 to +${[...to.slice(1)].join('.')} (４９３８１７)`,
			'***** to ***** (*****)',
		],
	])('is masked if the message can not be delivered: %s', async (_how, quote, masked) => {
		const to = newPhone();
		installation.sandbox.addFault({ to, effect: { error: { code: 131026, details: quote(to) } } });
		const { json } = await installation.run(sending(own), { input: [{ to, code }] });
		expect(json[0]).toMatchObject([{ result: 'undeliverable', to, providerError: { details: masked } }]);
		const get = { resource: 'otp', operation: 'get', verificationId: '={{ $json.verificationId }}' };
		const { json: found } = await installation.run(get, {
			input: [{ verificationId: json[0]?.[0]?.verificationId }],
		});
		expect(found[0]).toMatchObject([{ to, deliveries: [{ error: { details: masked } }] }]);
	});

	it.each([
		["in Meta's error format", (text: string) => ({ error: { code: 131008, details: text } })],
		['as plain text', (text: string) => ({ answer: { status: 403, body: text } })],
		[
			"in 360dialog's error format",
			(text: string) => ({ answer: { status: 400, body: { meta: { developer_message: text } } } }),
		],
		[
			'in a list of errors',
			(text: string) => ({ answer: { status: 400, body: { errors: [{ code: 1009, title: text }] } } }),
		],
	])('is masked in the error that the builder sees: %s', async (_how, effect) => {
		const to = newPhone();
		installation.sandbox.addFault({ to, times: 3, effect: effect(words(to)) });
		const { error } = await installation.run(sending(own), { input: [{ to, code }] });
		expect(error).toMatchObject({ name: 'NodeApiError', description: containing(masked) });
		for (const onError of ['continueRegularOutput', 'continueErrorOutput'] as const) {
			pass(5);
			const { json } = await installation.run(sending(own), {
				input: [{ to, code }],
				node: { onError },
			});
			expect(json[onError === 'continueErrorOutput' ? 2 : 0]).toMatchObject([{ error: containing('[item 0]') }]);
		}
	});
});

describe('the leak search after each run of these tests', () => {
	/** What the search says about a workflow that writes `leak` into its metadata. */
	async function watched(leak: GenericValue, to: string): Promise<string> {
		const parameters = sending({ ...own, options: { metadata: '={{ { leak: $json.leak } }}' } });
		try {
			await installation.run(parameters, { input: [{ to, code, leak }] });
			return 'nothing';
		} catch (error) {
			return error instanceof Error ? error.message : '';
		}
	}

	it.each<[string, (to: string) => GenericValue]>([
		['a code', () => code],
		['a code among words', () => `a ${code} b`],
		['a code as a number', () => Number(code)],
		['a number', (to) => to],
		['a WhatsApp id', (to) => to.slice(1)],
		['a key', () => 'sandbox-360dialog-key'],
	])('finds %s', async (_what, leak) => {
		const to = newPhone();
		expect(await watched(leak(to), to)).toContain('metadata.leak');
	});

	it.each(['nothing', `1${code}`, `x${code}`])('accepts %p', async (leak) => {
		expect(await watched(leak, newPhone())).toBe('nothing');
	});
});
