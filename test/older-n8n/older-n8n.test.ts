/**
 * The last n8n before 2.39 forwards only the first output of what a page answers (docs/reference/n8n-host.md, 'Which
 * output an answer leaves by'). So 'Send and Wait for Code' must not wait there. Everything else works.
 */
import type { N8n } from '../../dev/n8n/launch';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { wrongCode } from '../support/installation';
import { codeOnPhone, openingTime, openPlaygroundForTest } from '../support/running-n8n';
import { headingIn, idIn, Visitor } from '../support/sign-in-visitor';
import { publishSignIn, signInNode } from '../support/sign-in-workflow';
import { beginWait, endsOf, waitingWorkflow } from '../support/waiting-workflow';

let playground: Playground;
let n8n: N8n;

beforeAll(async () => {
	playground = await openPlaygroundForTest('older');
	({ n8n } = playground);
	await setUpTemplateIn(playground);
}, openingTime);
afterAll(() => playground?.stop());

const codeFor = (to: string) => codeOnPhone(playground, to);

const sentence = "'Send and Wait for Code' needs n8n 2.39 or later";
const stopped = { status: 'error', no: undefined, yes: undefined };
const continued = { status: 'success', no: [[expect.objectContaining({ error: sentence })]], yes: undefined };

describe("'Send and Wait for Code' sends nothing, and no item leaves by Verified", () => {
	test.each([
		['plain', {}, stopped],
		['with Always Output Data', { alwaysOutputData: true }, stopped],
		['with Retry On Fail', { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 }, stopped],
		['with On Error: Continue', { onError: 'continueRegularOutput' }, continued],
		[
			'with On Error: Continue (using error output)',
			{ onError: 'continueErrorOutput' },
			{ status: 'success', no: undefined, yes: undefined },
		],
		['disabled', { disabled: true }, { status: 'success', no: [[expect.anything()]], yes: undefined }],
	])('%s', async (name, node, expected) => {
		const { api } = n8n;
		const account = (await api.listCredentials()).find((one) => one.name === '360dialog account');
		const path = name.replaceAll(/\W+/g, '-').toLowerCase();
		const workflow = waitingWorkflow({ name: path, node });
		const id = await api.ensureWorkflow(workflow, { credentials: { whatsAppOtp360DialogApi: account?.id ?? '' } });
		await api.publish(id);
		const before = playground.sandbox.requests().length;
		const { execution, url, visitor } = await beginWait(api, { name: path, id }, { phone: '+12015553950', order: '1' });
		expect(endsOf(execution)).toEqual(expected);
		if (expected === stopped) expect(execution.error?.message).toBe(sentence);
		expect(playground.sandbox.requests().slice(before)).toEqual([]);
		// No code can be entered at the address that n8n had made.
		expect((await fetch(url)).status).toBe(409);
		expect((await visitor.post({ code: '123456' })).status).toBe(409);
	});
});

it('signs a person in by the page, in one execution', async () => {
	const { workflowId, address } = await publishSignIn(n8n.api, { name: 'older' });
	const to = '+12015553951';
	const visitor = new Visitor(address);
	const id = idIn(await visitor.post({ phone: to }));
	const code = await codeFor(to);
	await visitor.post({ verificationId: id, code: wrongCode(code) });
	expect(headingIn(await visitor.post({ verificationId: id, code }))).toBe('Your number is verified');
	await n8n.api.waitForExecution(workflowId, ({ status }) => status === 'success');
	const executions = await n8n.api.executions({ workflowId, includeData: true });
	expect(executions.map(({ nodes }) => nodes[signInNode]?.[0]?.outputs[0]?.[0])).toMatchObject([{ phone: to }]);
});

it('sends and checks codes in the workflow of an app', async () => {
	const post = async (path: string, body: object) => {
		const headers = { 'content-type': 'application/json' };
		const answer = await fetch(`${n8n.url}/webhook/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
		return (await answer.json()) as Record<string, unknown>;
	};
	const to = '+12015553952';
	const { verificationId } = await post('sign-in/send', { phone: to, visitor: 'Ada' });
	const code = await codeFor(to);
	const results = [];
	for (const entered of [wrongCode(code), code, code]) {
		results.push((await post('sign-in/verify', { verificationId, code: entered })).result);
	}
	expect(results).toEqual(['invalid_code', 'approved', 'already_used']);
});
