import type { N8nApi } from '../../dev/n8n/api';
import type { Execution } from '../../dev/n8n/executions';
import { Visitor } from './sign-in-visitor';

/** The names of the nodes whose output holds what a person posted. */
export const postedToWait = ['Posted', 'Address'];

export interface WaitingWorkflow {
	/** Of the workflow, and of the path of its webhook. */
	name: string;
	credentials?: Record<string, unknown>;
	/** Settings of the node. */
	node?: object;
	options?: object;
}

/** A webhook that answers with the address of the page, 'Send and Wait for Code', and a node behind each output. */
export function waitingWorkflow({ name: path, credentials, node, options }: WaitingWorkflow): unknown {
	const set = (name: string) => ({
		name,
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: {
			assignments: {
				assignments: [{ id: name, name: 'order', value: "={{ $('Posted').item.json.body.order }}", type: 'string' }],
			},
			includeOtherFields: true,
			options: {},
		},
	});
	const nodes = [
		{
			name: 'Posted',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { httpMethod: 'POST', path, responseMode: 'responseNode', options: {} },
		},
		{
			name: 'Address',
			type: 'n8n-nodes-base.respondToWebhook',
			typeVersion: 1.1,
			parameters: { respondWith: 'text', responseBody: '={{ $execution.resumeUrl }}', options: {} },
		},
		{
			name: 'OTP',
			type: 'n8n-nodes-whatsapp-otp.whatsAppOtp',
			typeVersion: 1,
			credentials: { whatsAppOtp360DialogApi: { id: null, name: '360dialog account' }, ...credentials },
			parameters: {
				provider: 'dialog360',
				resource: 'otp',
				operation: 'sendAndWaitForCode',
				to: '={{ $json.body.phone }}',
				template: { __rl: true, mode: 'name', value: 'verification_code' },
				options: { limits: { limit: { failedChecksPerCallerHour: 0 } }, ...options },
			},
			...node,
		},
		set('No'),
		set('Yes'),
	];
	const to = (name: string) => [{ node: name, type: 'main', index: 0 }];
	return {
		name: path,
		nodes: nodes.map((one, index) => ({ id: `${path} ${index}`, position: [index * 200, 0], ...one })),
		connections: {
			Posted: { main: [to('Address')] },
			Address: { main: [to('OTP')] },
			OTP: { main: [to('No'), to('Yes')] },
		},
		settings: { executionOrder: 'v1' },
	};
}

export interface BegunWait {
	/** The address of the page. */
	url: string;
	visitor: Visitor;
	/** The execution when it waits, or when it has ended without a wait. */
	execution: Execution;
	/** The execution when it has ended. */
	ended: () => Promise<Execution>;
}

/** Starts an execution of a published `waitingWorkflow`. */
export async function beginWait(
	api: N8nApi,
	{ name, id: workflowId }: { name: string; id: string },
	body: { phone: string; order: string },
): Promise<BegunWait> {
	const address = await api.waitForWebhook(name);
	const url = await (await fetch(address, { method: 'POST', body: new URLSearchParams(body) })).text();
	const id = new URL(url).pathname.split('/').at(-1);
	const inStatus = (...statuses: string[]) =>
		api.waitForExecution(workflowId, (one) => one.id === id && statuses.includes(one.status), 150_000);
	const execution = await inStatus('waiting', 'success', 'error');
	return { url, visitor: new Visitor(url), execution, ended: () => inStatus('success', 'error') };
}

/** What reached the node behind each output, for each of its runs. */
export const endsOf = ({ status, nodes }: Execution) => ({
	status,
	no: nodes.No?.map(({ outputs }) => outputs[0]),
	yes: nodes.Yes?.map(({ outputs }) => outputs[0]),
});
