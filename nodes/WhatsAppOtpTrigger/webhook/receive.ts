import { LoggerProxy, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';
import type { RawWebhook } from '../../../providers';
import type { Engine } from '../../../verification';
import { openEngineCached } from '../../shared/engine';
import { toItems } from '../../shared/events-to-items';
import { triggerParameters, type TriggerParameters } from '../parameters';
import { passOn } from '../passing/pass-on';
import { nextMarks, otherReceivers } from '../passing/receivers';
import { ownSenderId } from './own-number';
import { countRejected } from './rejected-webhooks';
import { eventSecret, verifyToken } from './secrets';

/**
 * Authenticates a webhook, records its events and starts a run if it has new events that the builder chose. A webhook
 * that is not authentic gets 401 and changes nothing. If the store is down, the answer is 503, so that the provider
 * sends the webhook again.
 */
export async function receive(host: IWebhookFunctions): Promise<IWebhookResponseData> {
	const parameters = triggerParameters(host);
	try {
		const engine = await openEngineCached(host, parameters.node);
		if (host.getWebhookName() === 'setup') return answerHandshake(host, engine, parameters);
		const raw = await readRequest(host);
		if (!parameters.webhook.authenticate(raw, await eventSecret(engine, host, parameters))) {
			countRejected(parameters);
			return answer(host, 401, 'Unauthorized');
		}
		const senderId = await ownSenderId(host, parameters);
		const { items, failure } = await toItems(engine, parameters, parameters.webhook.parse(raw), senderId);
		// After a failure, too, recorded events start a run now: when the provider sends them again, they are not new.
		const run = items.length === 0 ? {} : { workflowData: [items.map((json) => ({ json }))] };
		// The provider sends it again, and then it goes on to the other receiver, too.
		if (failure !== undefined) return { ...run, ...answerTryAgain(host, failure) };
		return { ...run, ...answerReceived(host, engine, parameters, raw) };
	} catch (error) {
		return answerTryAgain(host, error);
	}
}

/**
 * Passes the request on, if there are other receivers. The events of this trigger are recorded already. n8n starts the
 * run while a receiver still works. If a receiver fails, so does the answer, so that the provider sends the request
 * again: then our events are not new.
 */
function answerReceived(
	host: IWebhookFunctions,
	engine: Engine,
	parameters: TriggerParameters,
	raw: RawWebhook,
): IWebhookResponseData {
	const receivers = otherReceivers(host, engine, parameters);
	const marks = receivers.length === 0 ? undefined : nextMarks(engine, parameters, raw);
	if (marks === undefined) return answer(host, 200, 'OK');
	void passOn(host, parameters, receivers, raw, marks).then((isTaken) =>
		isTaken ? answer(host, 200, 'OK') : answer(host, 502, 'Try again'),
	);
	return { noWebhookResponse: true };
}

function answerTryAgain(host: IWebhookFunctions, error: unknown): IWebhookResponseData {
	LoggerProxy.error(`WhatsApp OTP Trigger: ${error instanceof Error ? error.message : 'The store did not answer'}`);
	return answer(host, 503, 'Try again');
}

async function readRequest(host: IWebhookFunctions): Promise<RawWebhook> {
	const request = host.getRequestObject();
	// n8n reads the body only for content types that it parses.
	if (!Buffer.isBuffer(request.rawBody)) await request.readRawBody();
	const body = Buffer.isBuffer(request.rawBody) ? request.rawBody : Buffer.alloc(0);
	return { headers: request.headers, query: queryOf(host), body };
}

/** The provider asks for its verify token before it accepts this address (docs/reference/providers.md 1.9). */
function answerHandshake(
	host: IWebhookFunctions,
	engine: Engine,
	{ webhook }: TriggerParameters,
): IWebhookResponseData {
	const challenge = webhook.handshake?.(queryOf(host), verifyToken(engine));
	return challenge === undefined ? answer(host, 403, 'Forbidden') : answer(host, 200, challenge);
}

const queryOf = (host: IWebhookFunctions): Record<string, unknown> => ({ ...host.getRequestObject().query });

/** Answers with Node's own methods. n8n would compute an ETag and wait until the run is in its database. */
function answer(host: IWebhookFunctions, status: number, text: string): IWebhookResponseData {
	const response = host.getResponseObject();
	response.statusCode = status;
	response
		.setHeader('content-type', 'text/plain; charset=utf-8')
		.setHeader('x-content-type-options', 'nosniff')
		.end(text);
	return { noWebhookResponse: true };
}
