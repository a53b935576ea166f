/**
 * Report: with 'Always Output Data', 'On Error: Continue' or a disabled node, a real n8n let a wrong code in. n8n puts
 * items on the first output without the node, and the first output was Verified. What must hold: no item leaves by an
 * output that says yes unless the operation succeeded (docs/reference/verification-rules.md 1.18 and 7.27).
 */
import axios from 'axios';
import { outputOf, type Execution } from '../../dev/n8n/executions';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { operations } from '../../nodes/WhatsAppOtp/operations';
import { openPlaygroundForTest, openingTime } from '../support/running-n8n';

const http = axios.create({ proxy: false, validateStatus: () => true });

const withTwoOutputs = operations.filter(({ outputs }) => outputs.length > 1).map(({ value }) => value);

/** Settings of a node with which n8n itself puts something on the first output, or the node can run nothing. */
const settings = {
	disabled: { disabled: true },
	'Always Output Data': { alwaysOutputData: true },
	'Always Output Data, continue': { alwaysOutputData: true, onError: 'continueRegularOutput' },
	'Always Output Data, error output': { alwaysOutputData: true, onError: 'continueErrorOutput' },
	'unknown provider, continue': { onError: 'continueRegularOutput', provider: 'vonage' },
	'unknown provider, error output': { onError: 'continueErrorOutput', provider: 'vonage' },
	'unknown operation, continue': { onError: 'continueRegularOutput', operation: 'check' },
	'unknown operation, error output': { onError: 'continueErrorOutput', operation: 'check' },
	'unreadable parameter, continue': { onError: 'continueRegularOutput', verificationId: "={{ $('None').item }}" },
	'unreadable parameter, error output': { onError: 'continueErrorOutput', verificationId: "={{ $('None').item }}" },
	'no setting': {},
};

interface Case {
	name: string;
	path: string;
	operation: string;
	node: Record<string, unknown>;
}

const cases = withTwoOutputs.flatMap((operation, first) =>
	Object.entries(settings).map(([setting, node], second): Case => {
		return { name: `${operation}, ${setting}`, path: `first-output/${first}/${second}`, operation, node };
	}),
);

/** A webhook, the node, and a No Operation behind each of its outputs, for each case. All are in one workflow. */
function workflow(): unknown {
	const parts = cases.map(
		({ name, path, operation, node: { provider, operation: other, verificationId, ...node } }) => {
			const parameters = {
				provider: provider ?? 'dialog360',
				resource: 'otp',
				operation: other ?? operation,
				identifyBy: 'verificationId',
				to: '={{ $json.body.phone }}',
				verificationId: verificationId ?? '={{ $json.body.verificationId }}',
				code: '={{ $json.body.code }}',
				template: { __rl: true, mode: 'name', value: 'verification_code' },
			};
			const account = { whatsAppOtp360DialogApi: { id: null, name: '360dialog account' } };
			const otp = { type: 'n8n-nodes-whatsapp-otp.whatsAppOtp', typeVersion: 1, credentials: account };
			const webhook = { httpMethod: 'POST', path, responseMode: 'lastNode', responseData: 'noData', options: {} };
			const to = (end: string) => [{ node: `${name}: ${end}`, type: 'main', index: 0 }];
			const ends = [...outputsOf(operation), 'Error'];
			return {
				nodes: [
					{
						name: `${name}: posted`,
						type: 'n8n-nodes-base.webhook',
						typeVersion: 2,
						webhookId: path,
						parameters: webhook,
					},
					{ name, ...otp, parameters, ...node },
					...ends.map((end) => ({
						name: `${name}: ${end}`,
						type: 'n8n-nodes-base.noOp',
						typeVersion: 1,
						parameters: {},
					})),
				],
				connections: {
					[`${name}: posted`]: { main: [[{ node: name, type: 'main', index: 0 }]] },
					[name]: { main: node.onError === 'continueErrorOutput' ? ends.map(to) : ends.slice(0, 2).map(to) },
				},
			};
		},
	);
	return {
		name: 'First output',
		nodes: parts
			.flatMap(({ nodes }) => nodes)
			.map((node, index) => ({ id: `node-${index}`, position: [0, 0], ...node })),
		connections: Object.assign({}, ...parts.map(({ connections }) => connections)) as unknown,
		settings: { executionOrder: 'v1' },
	};
}

function outputsOf(operation: string): readonly string[] {
	return operations.find(({ value }) => value === operation)?.outputs ?? [];
}

let playground: Playground;
let workflowId: string;

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	await setUpTemplateIn(playground);
	const { api } = playground.n8n;
	const account = (await api.listCredentials()).find(({ name }) => name === '360dialog account');
	const credentials = { whatsAppOtp360DialogApi: account?.id ?? '' };
	workflowId = await api.ensureWorkflow(workflow(), { credentials });
	await api.publish(workflowId);
	await api.waitForWebhook(cases.at(-1)?.path ?? '');
}, openingTime);
afterAll(() => playground?.stop());

/** Posts to a case. @returns the names of the outputs that something left by, and their items */
async function leaves({ name, path, operation }: Case, body: Record<string, unknown>) {
	await http.post(await playground.n8n.api.waitForWebhook(path), body);
	const [execution] = await playground.n8n.api.executions({ workflowId, includeData: true, limit: 1 });
	if (execution === undefined) throw new Error(`${name} did not run`);
	expect(Object.keys(execution.nodes)[0]).toBe(`${name}: posted`);
	return { execution, ends: endsOf(execution, name, operation) };
}

function endsOf(execution: Execution, name: string, operation: string): Record<string, number> {
	const ends = [...outputsOf(operation), 'Error'].map((end) => [end, outputOf(execution, `${name}: ${end}`).length]);
	return Object.fromEntries(ends.filter(([, items]) => items !== 0)) as Record<string, number>;
}

const refused = { phone: '+49', verificationId: 'a'.repeat(32), code: '000000' };

it.each(cases)('no item says yes: $name', async (each) => {
	const { execution, ends } = await leaves(each, refused);
	const no = outputsOf(each.operation).find((label) => label.startsWith('Not ')) ?? '';
	const isError = each.node.onError === 'continueErrorOutput' && each.node.alwaysOutputData !== true;
	const needsId = !each.operation.startsWith('send');
	const failed = isError && (each.node.verificationId === undefined || needsId);
	expect({ status: execution.status, ends }).toEqual({ status: 'success', ends: { [failed ? 'Error' : no]: 1 } });
});

it('a right code leaves by Verified, once, and a wrong one does not', async () => {
	const send = cases.find(({ name }) => name === 'send, no setting');
	const verify = cases.find(({ name }) => name === 'verify, Always Output Data, error output');
	if (send === undefined || verify === undefined) throw new Error('A case is missing');
	const phone = '+12015553931';
	const { execution, ends } = await leaves(send, { phone });
	expect(ends).toEqual({ Sent: 1 });
	const { verificationId } = outputOf(execution, 'send, no setting', 1)[0] ?? {};
	const [message] = await playground.sandbox.waitForMessages({ to: phone });
	const code = message?.code ?? '';
	const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
	expect((await leaves(verify, { verificationId, code: wrong })).ends).toEqual({ 'Not Verified': 1 });
	// Always Output Data adds an empty item to the first output.
	expect((await leaves(verify, { verificationId, code })).ends).toEqual({ Verified: 1, 'Not Verified': 1 });
	expect((await leaves(verify, { verificationId, code })).ends).toEqual({ 'Not Verified': 1 });
});
