import { timingSafeEqual } from 'node:crypto';
import { Container } from '@n8n/di';
import { HookContext, InstanceSettings, validateUrlSignature, WAITING_TOKEN_QUERY_PARAM } from 'n8n-core';
import { deepCopy, SEND_AND_WAIT_OPERATION, type INode, type Workflow } from 'n8n-workflow';
import { additionalDataOf } from './additional-data';
import { proceed } from './execution';
import type { Execution } from './execution-record';
import type { HostParts } from './host-parts';
import type { RunResult } from './result';
import type { WebRequest, WebResponse } from './web-messages';
import type { Handler } from './web-server';
import { answerWebhook, webhooksOf } from './webhook';
import { buildWorkflow } from './workflow';

/** Serves the webhooks of waiting runs, as n8n's WaitingWebhooks does. */
export function waitingWebhooks(host: () => HostParts): Handler {
	return async (request, response) => {
		const [, , id = '', ...rest] = request.path.split('/');
		const execution = host().executions.get(id);
		if (!execution) return refuse(response, 404, `The execution "${id}" does not exist.`);
		const waiting = await load(host(), execution);
		const { suffix, sendAndWait, valid } = authorize(request, rest.join('/'), execution, waiting);
		if (!valid) return void response.status(401).json({ error: 'Invalid token' });
		if (!execution.result) return refuse(response, 409, `The execution "${id}" is running already.`);
		if (execution.result.status === 'waiting') {
			return await receive(host(), execution, waiting, suffix, request, response);
		}
		if (sendAndWait) return void response.send('<h1>No action required</h1>');
		refuse(response, 409, `The execution "${id} has finished already.`);
	};
}

/** Does what n8n does when the time of a wait is over: the waiting node puts its input out by its first output. */
export async function resumeByTime(host: HostParts, { executionId }: RunResult): Promise<RunResult> {
	const execution = host.executions.get(executionId);
	if (execution?.result?.status !== 'waiting') throw new Error(`Execution ${executionId} doesn't wait`);
	return await proceed(host, execution);
}

/** The address that resumes a waiting run. It is signed for a `sendAndWait` node; other nodes use the run's token. */
export async function resumeUrl(host: HostParts, { executionId }: RunResult): Promise<string> {
	const execution = host.executions.get(executionId);
	if (execution?.result?.status !== 'waiting') throw new Error(`Execution ${executionId} doesn't wait`);
	const { workflow, node } = await load(host, execution);
	const additionalData = { ...additionalDataOf(host), executionId };
	const context = new HookContext(workflow, node, additionalData, execution.mode, 'activate');
	if (isSendAndWait(node)) return context.getSignedResumeUrl();
	const url = new URL(`${additionalData.webhookWaitingBaseUrl}/${executionId}`);
	url.searchParams.set(WAITING_TOKEN_QUERY_PARAM, execution.state.resumeToken ?? '');
	return url.toString();
}

interface WaitingNode {
	workflow: Workflow;
	node: INode;
}

async function load(host: HostParts, { id, spec, state }: Execution): Promise<WaitingNode> {
	const { workflow } = await buildWorkflow(spec, host.types, host.vault);
	const node = workflow.getNode(state.resultData.lastNodeExecuted ?? '');
	if (!node) throw new Error(`Execution ${id} waits at no node`);
	return { workflow, node };
}

interface Authorization {
	suffix: string;
	sendAndWait: boolean;
	valid: boolean;
}

/** The address of a `sendAndWait` node has a signature. Any other address has the token of the run. */
function authorize(
	request: WebRequest,
	suffix: string,
	{ state }: Execution,
	{ workflow }: WaitingNode,
): Authorization {
	const url = new URL(request.originalUrl, `http://${request.headers.host}`);
	const [token = '', ...path] = (url.searchParams.get(WAITING_TOKEN_QUERY_PARAM) ?? '').split('/');
	if (Object.values(workflow.nodes).some((node) => node.id === suffix && isSendAndWait(node))) {
		url.searchParams.set(WAITING_TOKEN_QUERY_PARAM, token);
		const secret = Container.get(InstanceSettings).hmacSignatureSecret;
		return { suffix, sendAndWait: true, valid: validateUrlSignature(token, url, secret) };
	}
	const expected = Buffer.from(state.resumeToken ?? '');
	const given = Buffer.from(token);
	const valid = expected.length === given.length && timingSafeEqual(expected, given);
	return { suffix: suffix || path.join('/'), sendAndWait: false, valid };
}

function isSendAndWait(node: INode): boolean {
	return node.parameters.operation === SEND_AND_WAIT_OPERATION;
}

async function receive(
	host: HostParts,
	execution: Execution,
	{ workflow, node }: WaitingNode,
	suffix: string,
	request: WebRequest,
	response: WebResponse,
): Promise<void> {
	const { mode, id } = execution;
	const additionalData = { ...additionalDataOf(host), executionId: id, workflowId: workflow.id };
	// n8n reads the run from its database. So the changes of webhook() are lost unless it resumes the run.
	const state = deepCopy(execution.state);
	const [waiting] = state.executionData?.nodeExecutionStack ?? [];
	if (!waiting) throw new Error(`Execution ${id} has nothing to go on with`);
	waiting.node.disabled = true;
	state.waitTill = undefined;
	state.resultData.runData[node.name]?.pop();
	const described = { workflow, node, additionalData, mode, state };
	const webhook = (await workflow.expression.withIsolate(async () => webhooksOf(described))).find(
		({ httpMethod, path, webhookDescription }) =>
			httpMethod === request.method && path === suffix && webhookDescription.restartWebhook === true,
	);
	if (!webhook) {
		const what = 'a waiting webhook with a matching path/method';
		return refuse(response, 404, `The workflow for execution "${id}" does not contain ${what}.`);
	}
	const { returned } = await answerWebhook({ ...described, webhook }, request, response);
	if (!returned?.workflowData) return;
	waiting.data.main = returned.workflowData;
	waiting.metadata = { ...waiting.metadata, forwardAllOutputs: true };
	execution.state = state;
	await proceed(host, execution);
}

function refuse(response: WebResponse, code: number, message: string): void {
	response.status(code).json({ code, message });
}
