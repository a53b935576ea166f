import type { IWebhookDescription } from 'n8n-workflow';

/** With another `responseData`, n8n would answer with that word instead of the answer of `webhook()`. */
const page = {
	name: 'default',
	responseMode: 'onReceived',
	responseData: '',
	path: '',
	restartWebhook: true,
	isFullPath: true,
} as const;

/**
 * The page of an execution that waits, at `$execution.resumeUrl`. n8n serves them only for such an execution, and
 * registers nothing when a workflow is published.
 */
export const pageWebhooks: IWebhookDescription[] = [
	{ ...page, httpMethod: 'GET' },
	{ ...page, httpMethod: 'POST' },
];
