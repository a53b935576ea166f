import { LoggerProxy, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';
import type { Engine } from '../../../verification';
import { openEngineOften } from '../../shared/engine';
import { countForgery } from './rejected-webhooks';
import { toItems } from './events-to-items';
import { triggerParameters, type TriggerParameters } from '../parameters';
import { eventSecret, verifyToken } from './secrets';

/**
 * Authenticates a webhook, records its news and starts a run only for what is asked for. A forgery gets 401 and
 * leaves nothing; a store that is down gets 503, so that the provider delivers again.
 */
export async function receive(host: IWebhookFunctions): Promise<IWebhookResponseData> {
	const parameters = triggerParameters(host);
	try {
		const engine = await openEngineOften(host, parameters.node);
		if (host.getWebhookName() === 'setup') return shakeHands(host, engine, parameters);
		const raw = await readRequest(host);
		if (!parameters.webhook.authenticate(raw, await eventSecret(engine, host, parameters))) {
			countForgery(parameters.node);
			return answer(host, 401, 'Unauthorized');
		}
		const { items, failure } = await toItems(engine, parameters, parameters.webhook.parse(raw));
		// What was recorded starts a run now, for it is no news when the provider comes again.
		const run = items.length === 0 ? {} : { workflowData: [items.map((json) => ({ json }))] };
		const answered = failure === undefined ? answer(host, 200, 'OK') : comeAgain(host, failure);
		return { ...run, ...answered };
	} catch (error) {
		return comeAgain(host, error);
	}
}

function comeAgain(host: IWebhookFunctions, error: unknown): IWebhookResponseData {
	LoggerProxy.error(`WhatsApp OTP Trigger: ${error instanceof Error ? error.message : 'the store did not answer'}`);
	return answer(host, 503, 'Try again');
}

async function readRequest(host: IWebhookFunctions) {
	const request = host.getRequestObject();
	// n8n reads only bodies of the content types that it parses.
	if (!Buffer.isBuffer(request.rawBody)) await request.readRawBody();
	const body = Buffer.isBuffer(request.rawBody) ? request.rawBody : Buffer.alloc(0);
	return { headers: request.headers, query: queryOf(host), body };
}

/** The provider asks whether this address is meant (docs/reference/providers.md 1.9). */
function shakeHands(host: IWebhookFunctions, engine: Engine, { webhook }: TriggerParameters): IWebhookResponseData {
	const challenge = webhook.handshake?.(queryOf(host), verifyToken(engine));
	return challenge === undefined ? answer(host, 403, 'Forbidden') : answer(host, 200, challenge);
}

const queryOf = (host: IWebhookFunctions): Record<string, unknown> => ({ ...host.getRequestObject().query });

/** By Node's own means: n8n's would compute an ETag, and wait until the run is in its database. */
function answer(host: IWebhookFunctions, status: number, text: string): IWebhookResponseData {
	const response = host.getResponseObject();
	response.statusCode = status;
	response
		.setHeader('content-type', 'text/plain; charset=utf-8')
		.setHeader('x-content-type-options', 'nosniff')
		.end(text);
	return { noWebhookResponse: true };
}
