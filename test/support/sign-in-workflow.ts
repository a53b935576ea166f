import type { N8nApi } from '../../dev/n8n/api';

export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	onError?: string;
}

export interface SignInWorkflow {
	/** Of the workflow, and of the address of the page. */
	name: string;
	/** Of the trigger, besides provider and template. */
	parameters?: Record<string, unknown>;
	/** The trigger's options. By default no limit for callers, because all tests come from one address, and no puzzle. */
	options?: Record<string, unknown>;
	/** Of the trigger, besides that of 360dialog. */
	credentials?: Record<string, { id: string; name: string }>;
	/** A row behind the trigger. */
	nodes?: readonly WorkflowNode[];
}

/** The name of the trigger. */
export const signInNode = 'Sign in';

const accountName = '360dialog account';

const limits = { limit: { perCallerHour: 0, failedChecksPerCallerHour: 0 } };

/** Publishes a workflow that begins with the sign-in trigger. The credential '360dialog account' must exist. */
export async function publishSignIn(
	api: N8nApi,
	{ name, parameters, options, credentials, nodes = [] }: SignInWorkflow,
): Promise<{ workflowId: string; address: string }> {
	const account = (await api.listCredentials()).find((one) => one.name === accountName);
	if (account === undefined) throw new Error(`n8n has no credential '${accountName}'`);
	const trigger = {
		name: signInNode,
		type: 'n8n-nodes-whatsapp-otp.whatsAppOtpSignInTrigger',
		typeVersion: 2,
		webhookId: name,
		parameters: {
			provider: 'dialog360',
			template: { __rl: true, mode: 'name', value: 'verification_code' },
			...parameters,
			options: { limits, botProtection: 'none', ...options },
		},
		credentials: { whatsAppOtp360DialogApi: { id: account.id, name: account.name }, ...credentials },
	};
	const row = [trigger, ...nodes];
	const connections: Array<[string, unknown]> = nodes.map(({ name: node }, i) => {
		return [row[i]?.name ?? '', { main: [[{ node, type: 'main', index: 0 }]] }];
	});
	const workflowId = await api.ensureWorkflow({
		name,
		nodes: row.map((node, i) => ({ ...node, id: `${name} ${i}`, position: [i * 200, 0] })),
		connections: Object.fromEntries(connections),
		settings: { executionOrder: 'v1' },
	});
	await api.publish(workflowId);
	return { workflowId, address: await api.waitForWebhook(`${name}/sign-in`) };
}
