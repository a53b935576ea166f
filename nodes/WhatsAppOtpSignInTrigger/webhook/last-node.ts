import type { IWebhookFunctions } from 'n8n-workflow';
import { nextStepAfterRun, type NextStep } from './next-step';

/**
 * Lets the workflow's last node decide what the person sees. After the run, n8n calls `json` or `send` of this one
 * response with the last node's items (docs/reference/n8n-host.md, 'The answer of the last node'). Here these calls
 * write this node's own answer, with its own headers.
 */
export function answerAfterRun(host: IWebhookFunctions, answer: (next: NextStep) => unknown): void {
	const response = host.getResponseObject();
	const reply = (body?: unknown) => {
		if (!response.headersSent) answer(nextStepAfterRun(response.statusCode, body));
		return response;
	};
	response.json = reply;
	response.send = reply;
}
