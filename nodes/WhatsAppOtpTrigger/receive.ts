import { LoggerProxy, type IDataObject, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';

import type { Provider, StatusEvent } from '../../providers';
import { embeddedEngine, type DeliveryOutcome } from '../../verification';
import { plain } from '../WhatsAppOtp/answers';
import { redact } from '../WhatsAppOtp/redaction';
import { triggerParameters, type TriggerParameters } from './parameters';
import { webhookSecret } from './secret';

/**
 * Authenticates a webhook, records its news and starts a run only for what is asked for. A forgery gets 401 and
 * leaves nothing; a store that is down gets 503, so that the provider delivers again.
 */
export async function receive(host: IWebhookFunctions): Promise<IWebhookResponseData> {
	const parameters = triggerParameters(host);
	const request = host.getRequestObject();
	try {
		// n8n reads only bodies of the content types that it parses.
		if (!Buffer.isBuffer(request.rawBody)) await request.readRawBody();
		const body = Buffer.isBuffer(request.rawBody) ? request.rawBody : Buffer.alloc(0);
		const raw = { headers: request.headers, body };
		if (!parameters.webhook.authenticate(raw, webhookSecret(host))) return refuse(host, 401, 'Unauthorized');
		const items: IDataObject[] = [];
		for (const event of parameters.webhook.parse(raw)) {
			const item = await toItem(parameters, redacted(event));
			if (item !== undefined) items.push(item);
		}
		const webhookResponse = { received: true };
		if (items.length === 0) return {};
		return { workflowData: [items.map((json) => ({ json }))], webhookResponse };
	} catch (error) {
		LoggerProxy.error(`WhatsApp OTP Trigger: ${error instanceof Error ? error.message : 'the store did not answer'}`);
		return refuse(host, 503, 'Try again');
	}
}

/** Why a message failed, without the number that it went to. */
function redacted(event: StatusEvent): StatusEvent {
	const { error, recipient } = event;
	if (error === undefined || recipient === undefined) return event;
	return { ...event, error: redact(error, [`+${recipient}`, recipient]) };
}

function refuse(host: IWebhookFunctions, status: number, text: string): IWebhookResponseData {
	host.getResponseObject().status(status).type('text/plain').send(text);
	return { noWebhookResponse: true };
}

/** Records every status of ours; an item only for what is new and asked for. */
async function toItem(parameters: TriggerParameters, event: StatusEvent): Promise<IDataObject | undefined> {
	const { provider, events, options } = parameters;
	const known = await embeddedEngine().recordDelivery({
		provider: provider.id,
		messageId: event.messageId,
		status: event.status,
		occurredAt: event.occurredAt,
		...(event.callbackData === undefined ? {} : { sendId: event.callbackData }),
		...(event.recipient === undefined ? {} : { waId: event.recipient }),
		...(event.error === undefined ? {} : { error: withoutHint(event.error) }),
	});
	const name = `message.${event.status}`;
	if (!events.includes(name) || (known === undefined ? options.onlyOtpMessages : !known.news)) return undefined;
	return {
		...eventItem(name, provider, event, known),
		...(options.includeRaw ? { raw: plain({ raw: event.raw }).raw } : {}),
	};
}

function eventItem(name: string, provider: Provider, event: StatusEvent, known?: DeliveryOutcome): IDataObject {
	return {
		event: name,
		provider: provider.id,
		messageId: event.messageId,
		recipient: event.recipient ?? known?.delivery.waId ?? null,
		occurredAt: new Date(event.occurredAt).toISOString(),
		verificationId: known?.verification.verificationId ?? null,
		purpose: known?.verification.purpose ?? null,
		metadata: plain(known?.verification.metadata ?? {}),
		deliveryStatus: known?.delivery.status ?? event.status,
		...(event.error === undefined ? {} : { error: plain({ ...event.error }) }),
	};
}

function withoutHint({ code, title, details, class: errorClass }: NonNullable<StatusEvent['error']>) {
	return {
		code,
		class: errorClass,
		...(title === undefined ? {} : { title }),
		...(details === undefined ? {} : { details }),
	};
}
