/**
 * Report: with 'Always Output Data', 'On Error: Continue' or a disabled node, n8n itself puts items on the first
 * output. The first output was Verified, so a wrong code let a person in. What must hold: all that n8n forwards without
 * the node leaves by the output that says no (docs/reference/verification-rules.md 1.18, 7.27).
 */
import { NodeHelpers, type INodeParameters } from 'n8n-workflow';
import { operations } from '../../nodes/WhatsAppOtp/operations';
import { verify } from '../../nodes/WhatsAppOtp/operations/otp/verify';
import {
	byName,
	newPhone,
	otpType,
	sending,
	useInstallation,
	verifying,
	type RunOptions,
} from '../support/installation';
import { containing } from '../support/matchers';
import { sendCode } from '../support/send-and-check';

const installation = useInstallation();

const onErrors = ['continueRegularOutput', 'continueErrorOutput'] as const;

/** Parameters with which each operation runs; the item has the fields. */
const parametersOf: Record<string, INodeParameters> = {
	send: sending(),
	resend: {
		resource: 'otp',
		operation: 'resend',
		verificationId: '={{ $json.verificationId }}',
		...byName('verification_code'),
	},
	sendAndWaitForCode: sending({ operation: 'sendAndWaitForCode' }),
	verify: verifying(),
	generate: { resource: 'otp', operation: 'generate', to: '={{ $json.to }}' },
};

const withTwoOutputs = operations.filter(({ outputs }) => outputs.length > 1).map(({ value }) => value);

/** The node behind each output of an operation, found by the label. An unknown operation has those of Verify. */
function behindOutputs(operation: unknown): string[][] {
	const { outputs } = operations.find(({ value }) => value === operation) ?? verify;
	return outputs.map((label) => [label.startsWith('Not ') ? 'No' : 'Yes']);
}

const unknownId = 'a'.repeat(32);

/** Items that every operation answers with no. */
const refusedItems = [
	{ to: '+49', verificationId: unknownId, code: '000000' },
	{ to: '12', verificationId: '', code: '' },
];

/** An operation that waits takes one item. */
function itemsFor(operation: unknown) {
	return operation === 'sendAndWaitForCode' ? refusedItems.slice(0, 1) : refusedItems;
}

interface Left {
	no: unknown[];
	yes: unknown[];
	errors: unknown[];
	/** The input items that all these are paired with. */
	pairs: unknown[];
	status: string;
	message?: string;
}

/** Runs a node with a No Operation behind each output. @returns the items that arrive there */
async function run(parameters: INodeParameters, { node, ...options }: RunOptions): Promise<Left> {
	const outputs = behindOutputs(parameters.operation);
	if (node?.onError === 'continueErrorOutput') outputs.push(['Errors']);
	const { result, pairs, status, error } = await installation.run(parameters, {
		nodes: [{ name: 'OTP', type: otpType, parameters, ...node }],
		connections: { Start: [['OTP']], OTP: outputs },
		...options,
	});
	const itemsOf = (name: string) => (result.runs[name] ?? []).flatMap((once) => once.outputs[0] ?? []);
	const arrived = { no: itemsOf('No'), yes: itemsOf('Yes'), errors: itemsOf('Errors') };
	return { ...arrived, pairs: pairs.flat(), status, message: error?.message };
}

describe('every operation with two outputs', () => {
	it('is one of these, so that each of them is tested here', () => {
		expect(withTwoOutputs.toSorted()).toEqual(Object.keys(parametersOf).toSorted());
	});

	it('has the output that says no first, and one that says yes', () => {
		for (const { outputs } of operations.filter(({ outputs: labels }) => labels.length > 1)) {
			expect(outputs).toHaveLength(2);
			expect(outputs[0]).toBe(`Not ${outputs[1]}`);
		}
	});

	describe.each(withTwoOutputs)('%s', (operation) => {
		const parameters = parametersOf[operation] ?? {};

		it('forwards by the output that says no if it is disabled', async () => {
			const left = await run(parameters, { input: refusedItems, node: { disabled: true } });
			expect({ no: left.no.length, yes: left.yes }).toEqual({ no: 2, yes: [] });
		});

		it.each([undefined, ...onErrors])('says no with Always Output Data, On Error: %s', async (onError) => {
			const node = { alwaysOutputData: true, onError };
			const input = itemsFor(operation);
			const { no, yes, errors, status } = await run(parameters, { input, node });
			const { length } = input;
			expect({ no: no.length, yes, errors, status }).toEqual({ no: length, yes: [], errors: [], status: 'success' });
		});
	});
});

describe.each(onErrors)('with On Error: %s', (onError) => {
	const node = { onError };
	const throwing = "={{ $('No such node').item.json.value }}";
	const notRead = "Referenced node doesn't exist";

	const unknown: Array<[string, INodeParameters, string]> = [
		['an unknown provider', { provider: 'vonage' }, "'Provider' has an unknown value"],
		['an unknown operation', { operation: 'check' }, "'Operation' has an unknown value"],
		['an unknown resource', { resource: 'code' }, "'Resource' has an unknown value"],
		['a provider that is an expression that fails', { provider: throwing }, "'Provider' has an unknown value"],
		['an operation that is an expression that fails', { operation: throwing }, "'Operation' has an unknown value"],
		['a resource that is an expression that fails', { resource: throwing }, "'Resource' has an unknown value"],
		['an option that can not be read', { options: { namespace: throwing } }, notRead],
	];

	async function expectErrors(parameters: INodeParameters, message: string, options: RunOptions = {}): Promise<void> {
		const input = itemsFor(parameters.operation);
		const { no, yes, errors, pairs, status } = await run(parameters, { input, node, ...options });
		const [taken, empty] = onError === 'continueErrorOutput' ? [errors, no] : [no, errors];
		expect({ yes, empty, status }).toEqual({ yes: [], empty: [], status: 'success' });
		expect(taken).toMatchObject(input.map(() => ({ json: { error: containing(message) } })));
		expect(pairs).toMatchObject(input.map((_, item) => ({ item })));
	}

	describe.each(withTwoOutputs)('%s', (operation) => {
		const parameters = parametersOf[operation] ?? {};

		it.each(unknown)('says no, one item for each, for %s', async (_what, wrong, message) => {
			await expectErrors({ ...parameters, ...wrong }, message);
		});

		it('says no, one item for each, for every parameter that can not be read', async () => {
			for (const name of Object.keys(parameters).filter((key) => key !== 'resource' && key !== 'operation')) {
				if (name === 'identifyBy') continue;
				const value = name === 'template' ? { __rl: true, mode: 'name', value: throwing } : throwing;
				await expectErrors({ ...parameters, [name]: value }, notRead);
			}
		});

		it('says no, one item for each, for a store that can not be opened', async () => {
			const store = { store: 'redis', url: 'redis://127.0.0.1:1', signingSecret: '' };
			const credentials = { whatsAppOtpStoreApi: store, whatsAppOtp360DialogApi: installation.account };
			await expectErrors(parameters, "'Signing Secret' must have at least 16 characters", { credentials });
		});
	});

	describe.each(['send', 'resend'])('%s', (operation) => {
		const parameters = parametersOf[operation] ?? {};

		it('says no, one item for each, without a credential', async () => {
			await expectErrors(parameters, 'credential', { credentials: {} });
		});

		it('says no, one item for each, for a concurrency that can not be read', async () => {
			await expectErrors({ ...parameters, options: { concurrency: throwing } }, notRead);
		});
	});

	it('has as many outputs for an unknown operation as for one that says no or yes', async () => {
		const parameters = { resource: 'otp', operation: 'check' };
		const { result } = await installation.run(parameters, { node });
		const { workflow } = result;
		const otp = workflow.getNode('OTP');
		const type = installation.host.packages[0]?.nodes[otpType];
		if (otp === null || type === undefined || 'nodeVersions' in type) throw new Error('The node is missing');
		const outputs = await workflow.expression.withIsolate(async () =>
			NodeHelpers.getNodeOutputs(workflow, otp, type.description),
		);
		expect(outputs).toHaveLength(onError === 'continueErrorOutput' ? 3 : 2);
	});

	it('a right code leaves by Verified, and no other item does', async () => {
		const { verificationId, code, wrong } = await sendCode(installation);
		const input = [
			{ verificationId, code: wrong },
			{ verificationId, code },
			{ verificationId, code },
		];
		const { no, yes, errors } = await run(verifying(), { input, node: { onError, alwaysOutputData: true } });
		expect(yes).toMatchObject([{ json: { result: 'approved' } }]);
		expect(no).toMatchObject([{ json: { result: 'invalid_code' } }, { json: { result: 'already_used' } }]);
		expect(errors).toEqual([]);
	});

	it('a sent code leaves by Sent, and no other item does', async () => {
		const input = [{ to: newPhone() }, { to: '+49' }];
		const { no, yes } = await run(sending(), { input, node: { onError, alwaysOutputData: true } });
		expect(yes).toMatchObject([{ json: { result: 'sent' } }]);
		expect(no).toMatchObject([{ json: { result: 'invalid_phone' } }]);
	});
});

describe('with On Error: Stop', () => {
	const wrong: INodeParameters[] = [
		{ provider: 'vonage' },
		{ operation: 'check' },
		{ resource: 'code' },
		{ code: "={{ $('No such node').item.json.value }}" },
	];

	it.each(wrong)('%j stops the run and nothing leaves', async (more) => {
		const left = await run({ ...verifying(), ...more }, { input: refusedItems });
		expect(left).toMatchObject({ no: [], yes: [], errors: [], status: 'error', message: expect.any(String) as string });
	});
});
