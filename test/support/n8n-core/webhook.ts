import { WebhookContext } from 'n8n-core';
import {
	NodeHelpers,
	resolveWebhookDescriptionField,
	type INode,
	type IRunExecutionData,
	type IWebhookData,
	type IWebhookResponseData,
	type IWorkflowExecuteAdditionalData,
	type Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { z } from 'zod';
import { readBody } from './request-body';
import type { WebRequest, WebResponse } from './web-messages';

export interface WebhookCall {
	workflow: Workflow;
	node: INode;
	webhook: IWebhookData;
	additionalData: IWorkflowExecuteAdditionalData;
	mode: WorkflowExecuteMode;
	/** The state of a run that waits for this call. */
	state?: IRunExecutionData;
}

export interface WebhookAnswer {
	/** The return value of the node's webhook(). */
	returned?: IWebhookResponseData;
	/** The error of webhook(). n8n then answers 500. */
	error?: unknown;
}

/** Calls a node's webhook() and answers the caller as n8n does (webhook-helpers.ts of its server). */
export async function answerWebhook(
	call: WebhookCall,
	request: WebRequest,
	response: WebResponse,
): Promise<WebhookAnswer> {
	if (!(await readBody(request, call.node.typeVersion))) {
		response.status(422).json({ code: 422, message: 'Failed to parse request body' });
		return {};
	}
	return await call.workflow.expression.withIsolate(async () => {
		const answer = await callNode(call, request, response);
		if (answer.returned) respond(call, answer.returned, response);
		else if (!response.headersSent) response.status(500).json({ code: 0, message: couldNotStart });
		return answer;
	});
}

const couldNotStart = 'Workflow Webhook Error: Workflow could not be started!';

async function callNode(call: WebhookCall, request: WebRequest, response: WebResponse): Promise<WebhookAnswer> {
	const { workflow, node, webhook, mode, state } = call;
	const type = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	if (!type.webhook) throw new Error(`${node.type} has no webhook()`);
	const additionalData = Object.assign({}, call.additionalData, { httpRequest: request, httpResponse: response });
	const closings: Array<() => Promise<void>> = [];
	const context = new WebhookContext(workflow, node, additionalData, mode, webhook, closings, state ?? null);
	try {
		return { returned: await type.webhook.call(context) };
	} catch (error) {
		return { error };
	} finally {
		await Promise.all(closings.map((close) => close()));
	}
}

function respond(call: WebhookCall, returned: IWebhookResponseData, response: WebResponse): void {
	if (returned.noWebhookResponse) return;
	const mode = descriptionField(call, 'responseMode') ?? 'onReceived';
	if (mode !== 'onReceived') throw new Error('This test host only supports the responseMode onReceived');
	response.status(Number(descriptionField(call, 'responseCode') ?? 200));
	const own: unknown = returned.webhookResponse;
	if (!returned.workflowData) return void response.send(own ?? { message: 'Webhook call received' });
	// The value that the node returns is sent only if its description has `responseData: ''`.
	const described = descriptionField(call, 'responseData') ?? 'firstEntryJson';
	if (described === 'noData') return void response.json();
	response.send(described || (own ?? { message: 'Workflow was started' }));
}

/** A field of a webhook's description, which may be an expression. */
export function descriptionField({ workflow, node, webhook, mode }: DescribedWebhook, field: string): unknown {
	const description = webhook.webhookDescription;
	const native = resolveWebhookDescriptionField(node, description, field);
	if (native.resolved) return native.value;
	return workflow.expression.getComplexParameterValue(node, description[field], mode, {});
}

interface DescribedWebhook extends Pick<WebhookCall, 'workflow' | 'node' | 'mode'> {
	webhook: Pick<IWebhookData, 'webhookDescription'>;
}

/** Every webhook of a node with the path that n8n serves it under. */
export function webhooksOf(call: Omit<WebhookCall, 'webhook'>): IWebhookData[] {
	const { workflow, node, additionalData } = call;
	const { description } = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	return (description.webhooks ?? []).map((webhookDescription) => {
		const field = (name: string) => descriptionField({ ...call, webhook: { webhookDescription } }, name);
		const path = z
			.string()
			.parse(field('path'))
			.replace(/^\/|\/$/g, '');
		const restart = field('restartWebhook') === true;
		return {
			httpMethod: requestMethod.parse(field('httpMethod') ?? 'GET'),
			node: node.name,
			path: NodeHelpers.getNodeWebhookPath(workflow.id, node, path, field('isFullPath') === true, restart),
			webhookDescription,
			workflowId: workflow.id,
			workflowExecuteAdditionalData: additionalData,
		};
	});
}

const requestMethod = z.enum(['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']);
