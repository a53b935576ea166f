import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { renderPage, type PageView } from '../../../page';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

/** n8n answers nothing more, and starts or resumes no run. */
const noRun: IWebhookResponseData = { noWebhookResponse: true };

export function respondPage(host: IWebhookFunctions, view: PageView, status = 200): IWebhookResponseData {
	const { html, headers } = renderPage(view);
	return respond(host, status, headers, html);
}

/** Answers with Node's own methods. n8n would wait until the run is in its database. */
export function respond(
	host: IWebhookFunctions,
	status: number,
	headers: Record<string, string>,
	body: string,
): IWebhookResponseData {
	const response = host.getResponseObject();
	response.statusCode = status;
	// n8n allows every origin. Only those of the builder may read the answer.
	response.removeHeader('Access-Control-Allow-Origin');
	response.removeHeader('Access-Control-Allow-Credentials');
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	response.end(body);
	return noRun;
}

export async function rawBody(request: Request): Promise<Buffer | undefined> {
	// n8n reads the body only for content types that it parses.
	if (!Buffer.isBuffer(request.rawBody)) await request.readRawBody();
	return Buffer.isBuffer(request.rawBody) ? request.rawBody : undefined;
}
