import type { GenericValue, INodeParameters } from 'n8n-workflow';
import { newPhone, sending, useInstallation } from '../support/installation';
import { containing } from '../support/sandbox-account';

const installation = useInstallation();

const code = '493817';
const own: INodeParameters = { codeSource: 'custom', code: '={{ $json.code }}' };

describe('a provider that quotes the message', () => {
	/** What it says of a number and the code sent there. */
	const words = (to: string) => `${code} to ${to} (${to.slice(1)}) failed: "${code}"`;
	const masked = '***** to ***** (*****) failed: "*****"';

	it('is heard without code and number by whoever the code does not reach', async () => {
		const to = newPhone();
		installation.sandbox.addFault({ to, effect: { error: { code: 131026, details: words(to) } } });
		const { json } = await installation.run(sending(own), { input: [{ to, code }] });
		expect(json[1]).toMatchObject([{ result: 'undeliverable', to, providerError: { details: masked } }]);
		const get = { resource: 'otp', operation: 'get', verificationId: '={{ $json.verificationId }}' };
		const { json: found } = await installation.run(get, {
			input: [{ verificationId: json[1]?.[0]?.verificationId }],
		});
		expect(found[0]).toMatchObject([{ to, deliveries: [{ error: { details: masked } }] }]);
	});

	it.each([
		['in its own envelope', (text: string) => ({ error: { code: 131008, details: text } })],
		['in a sentence', (text: string) => ({ answer: { status: 403, body: text } })],
		['as its gateway', (text: string) => ({ answer: { status: 400, body: { meta: { developer_message: text } } } })],
		['in a list', (text: string) => ({ answer: { status: 400, body: { errors: [{ code: 1009, title: text }] } } })],
	])('is heard without them by the builder: %s', async (_how, effect) => {
		const to = newPhone();
		installation.sandbox.addFault({ to, times: 3, effect: effect(words(to)) });
		const { error } = await installation.run(sending(own), { input: [{ to, code }] });
		expect(error).toMatchObject({ name: 'NodeApiError', description: containing(masked) });
		for (const onError of ['continueRegularOutput', 'continueErrorOutput'] as const) {
			const { json } = await installation.run(sending(own), {
				input: [{ to, code }],
				node: { onError },
			});
			expect(json.at(-1)).toMatchObject([{ error: containing('[item 0]') }]);
		}
	});
});

describe('the watch over all runs of these tests', () => {
	/** What it says of a workflow that hands something on from where nobody posted it. */
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
	])('sees %s', async (_what, leak) => {
		const to = newPhone();
		expect(await watched(leak(to), to)).toContain('metadata.leak');
	});

	it.each(['nothing', `1${code}`, `x${code}`])('lets %p pass', async (leak) => {
		expect(await watched(leak, newPhone())).toBe('nothing');
	});
});
