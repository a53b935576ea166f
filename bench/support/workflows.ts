import type { N8n } from '../../dev/n8n/launch';
import type { BenchServer } from './servers';

export interface Node {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	webhookId?: string;
}

export const otpType = 'n8n-nodes-whatsapp-otp.whatsAppOtp';
export const signInTriggerType = 'n8n-nodes-whatsapp-otp.whatsAppOtpSignInTrigger';
export const otpTriggerType = 'n8n-nodes-whatsapp-otp.whatsAppOtpTrigger';

export const noOperation: Node = { name: 'Nothing', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };

export function webhookNode(path: string, settings: Record<string, unknown> = {}): Node {
	const parameters = { httpMethod: 'POST', path, options: {}, ...settings };
	return { name: 'Webhook', type: 'n8n-nodes-base.webhook', typeVersion: 2, parameters, webhookId: path };
}

/** A 360dialog credential for the server's provider. */
export async function dialog360Credential({
	n8n: { api },
	provider,
}: BenchServer): Promise<Required<Node>['credentials']> {
	const type = 'whatsAppOtp360DialogApi';
	const name = '360dialog account';
	const id = await api.ensureCredential({
		name,
		type,
		data: { apiKey: 'key', hosting: 'cloud', baseUrl: provider.url },
	});
	return { [type]: { id, name } };
}

/**
 * Publishes a workflow that runs the nodes in a row; every output of a node leads to the next. No execution is saved.
 * @param path of the first node's webhook, and the workflow's name
 * @returns the webhook's address
 */
export async function publishRow(n8n: N8n, path: string, row: readonly Node[], outputs = 1): Promise<string> {
	const next = row.slice(1).map(({ name: node }, i): [string, string[][]] => {
		return [row[i]?.name ?? '', Array.from({ length: outputs }, () => [node])];
	});
	return await publishWorkflow(n8n, path, row, Object.fromEntries(next));
}

/**
 * Publishes a workflow. No execution is saved.
 * @param path of the first node's webhook, and the workflow's name
 * @param next by the name of a node: the names of the nodes behind each of its outputs
 * @returns the webhook's address
 */
export async function publishWorkflow(
	{ api }: N8n,
	path: string,
	nodes: readonly Node[],
	next: Record<string, readonly (readonly string[])[]>,
): Promise<string> {
	const connections = Object.entries(next).map(([name, outputs]): [string, unknown] => {
		return [name, { main: outputs.map((names) => names.map((node) => ({ node, type: 'main', index: 0 }))) }];
	});
	const id = await api.ensureWorkflow({
		name: path,
		nodes: nodes.map((node, i) => ({ ...node, id: `${path} ${i}`, position: [i * 200, 0] })),
		connections: Object.fromEntries(connections),
		settings: { saveDataSuccessExecution: 'none', saveDataErrorExecution: 'none', saveManualExecutions: false },
	});
	await api.publish(id);
	return await api.waitForWebhook(path);
}
