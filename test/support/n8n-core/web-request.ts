import type { IDataObject, WebhookType } from 'n8n-workflow';
import type { HostParts } from './host-parts';
import { PublishedTrigger, type TriggerSpec, type WebhookOutcome } from './trigger';

export interface WebhookRequest {
	method?: string;
	headers?: Record<string, string>;
	query?: Record<string, string>;
	/** Sent byte for byte. */
	rawBody?: string | Uint8Array<ArrayBuffer>;
	/** In place of `rawBody`: sent as JSON. */
	json?: unknown;
}

export interface WebhookSpec extends TriggerSpec {
	webhookName?: WebhookType;
	request: WebhookRequest;
}

export interface WebhookResult extends WebhookOutcome {
	/** The response that the caller got. */
	response: { status: number; headers: Record<string, string>; body: string };
	/** The static data of the trigger, after the call. */
	staticData: IDataObject;
}

/** Calls the webhook of a trigger once, without a registration at a provider. */
export async function callWebhook(
	host: HostParts,
	{ webhookName, request, ...spec }: WebhookSpec,
): Promise<WebhookResult> {
	const trigger = await PublishedTrigger.create(host, spec);
	await trigger.serve();
	try {
		const response = await send(host, await trigger.url(webhookName), request);
		const outcome = await trigger.next();
		return { ...outcome, response, staticData: trigger.staticData };
	} finally {
		await trigger.stop();
	}
}

async function send(host: HostParts, url: string, request: WebhookRequest): Promise<WebhookResult['response']> {
	const { method = 'POST', headers = {}, query = {}, rawBody, json } = request;
	const type = json === undefined ? {} : { 'content-type': 'application/json' };
	const body = json === undefined ? rawBody : JSON.stringify(json);
	const response = await fetch(`${url}?${new URLSearchParams(query).toString()}`, {
		method,
		headers: { ...type, ...headers },
		redirect: 'manual',
		signal: AbortSignal.timeout(host.timeout),
		...(body !== undefined && { body }),
	}).catch((cause: unknown) => {
		throw new Error(`The webhook ${method} ${url} didn't answer within ${host.timeout} ms`, { cause });
	});
	return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}
