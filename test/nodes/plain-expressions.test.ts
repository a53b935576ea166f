import { useInstallation, newPhone, sending, verifying } from '../support/installation';
import { containing } from '../support/matchers';

/*
 * From public reports: an expression in a field that is set to Fixed reaches the node as text with its braces. The node
 * must name the field and say what to do. What a person types must never look like a mistake of the builder.
 */

const installation = useInstallation();

describe('An expression that is left as plain text', () => {
	it.each([
		['To', { to: '{{ $json.to }}' }, '{{ $json.to }}'],
		['To', { to: '+{{$json.to}}' }, '{{$json.to}}'],
		['Language Name or ID', { language: '{{ $json.language }}' }, '{{ $json.language }}'],
		['Template', { template: { __rl: true, mode: 'name', value: '{{ $json.t }}' } }, '{{ $json.t }}'],
		['Purpose', { options: { purpose: '{{ $json.purpose }}' } }, '{{ $json.purpose }}'],
	])("in '%s' is named", async (field, parameters, text) => {
		const { error, status } = await installation.run(sending(parameters), { input: [{ to: newPhone() }] });
		expect(status).toBe('error');
		expect(error).toMatchObject({
			name: 'NodeOperationError',
			message: `'${field}' holds the expression ${text} as plain text [item 0]`,
			description: containing('from Fixed to Expression'),
		});
		expect(installation.sandbox.requests()).toEqual([]);
	});

	it('in a field that is not shown does not matter', async () => {
		const input = [{ verificationId: 'x', code: '123456' }];
		const { error, status } = await installation.run(verifying({ to: '{{ $json.to }}' }), { input });
		expect({ error, status }).toEqual({ error: undefined, status: 'success' });
	});

	it('that a person types is an input like any other', async () => {
		const { json, status } = await installation.run(sending({}), { input: [{ to: '{{ $json.to }}' }] });
		expect(status).toBe('success');
		expect(json.flat()).toMatchObject([{ result: 'invalid_phone' }]);
	});

	it('is found in a credential, and its value is not shown', async () => {
		const whatsAppOtp360DialogApi = { ...installation.account, apiKey: '{{ $vars.secretKey }}' };
		const { error } = await installation.run(sending({}), {
			input: [{ to: newPhone() }],
			credentials: { whatsAppOtp360DialogApi },
		});
		expect(error?.message).toBe("'API Key' in the credential holds an expression as plain text");
		expect(JSON.stringify(error)).not.toContain('secretKey');
	});

	it('is not taken from a variable of a template', async () => {
		const { json } = await installation.run(sending({ options: { metadata: '{"text": "{{1}}"}' } }), {
			input: [{ to: newPhone() }],
		});
		expect(json.flat()).toMatchObject([{ result: 'sent', metadata: { text: '{{1}}' } }]);
	});
});
