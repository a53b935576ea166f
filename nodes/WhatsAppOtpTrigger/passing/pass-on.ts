import { LoggerProxy, type IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { maxWebhookBytes, type RawWebhook } from '../../../providers';
import type { TriggerParameters } from '../parameters';
import { withoutSecrets } from '../registration/addresses';
import { afterRequest, type Outage } from './outage';
import { passedHeaders, type OtherReceiver } from './receivers';

/** Milliseconds. A receiver of webhooks should answer within one second (docs/reference/providers.md 1.9). */
const timeout = 10_000;

/** How many requests of a trigger wait for one receiver at the same time, and how many bytes they hold. */
const most = { requests: 200, bytes: 64 * 1024 * 1024 };

/** A receiver of one trigger, since this process started. */
interface Passing {
	/** What waits for its answer now. */
	requests: number;
	bytes: number;
	hasTaken: boolean;
	outage: Outage | undefined;
}

/** By trigger and address. */
const passings = new Map<string, Passing>();

function passingOf({ id }: TriggerParameters, { url }: OtherReceiver): Passing {
	const key = `${id} ${url}`;
	const passing = passings.get(key) ?? { requests: 0, bytes: 0, hasTaken: false, outage: undefined };
	passings.set(key, passing);
	return passing;
}

/**
 * Sends a request of the provider to the other receivers, byte for byte, through n8n's HTTP helper with its proxies and
 * guards. Does not throw.
 * @returns false if the provider should send the request again, because a receiver did not take it. Does not wait for a
 * receiver where this makes no difference: the provider sends nothing again, or a replaced address never took anything
 */
export async function passOn(
	host: IWebhookFunctions,
	parameters: TriggerParameters,
	receivers: readonly OtherReceiver[],
	raw: RawWebhook,
	marks: string,
): Promise<boolean> {
	const awaited = receivers.flatMap((receiver) => {
		const counts = parameters.webhook.sendsAgain && (receiver.isChosen || passingOf(parameters, receiver).hasTaken);
		const passing = passTo(host, parameters, receiver, raw, marks);
		return counts ? [passing] : [];
	});
	return (await Promise.all(awaited)).every((isTaken) => isTaken);
}

async function passTo(
	host: IWebhookFunctions,
	parameters: TriggerParameters,
	receiver: OtherReceiver,
	raw: RawWebhook,
	marks: string,
): Promise<boolean> {
	const passing = passingOf(parameters, receiver);
	const { length } = raw.body;
	const hasRoom = passing.requests < most.requests && passing.bytes + length <= most.bytes;
	passing.requests += 1;
	passing.bytes += length;
	const status =
		hasRoom && length <= maxWebhookBytes
			? await post(host, parameters, receiver, raw, marks).catch(() => undefined)
			: undefined;
	passing.requests -= 1;
	passing.bytes -= length;
	const isTaken = status !== undefined && status >= 200 && status < 300;
	passing.hasTaken ||= isTaken;
	// An address that was replaced may have ended: the workflow behind it is not published any more.
	if (!receiver.isChosen && (status === 404 || status === 410)) return true;
	reportOutage(passing, parameters, receiver, isTaken);
	return isTaken;
}

const response = z.object({ statusCode: z.number(), body: z.unknown() });

/**
 * @returns the HTTP status
 * @throws an error of the network, or of n8n's guards
 */
async function post(
	{ helpers }: IWebhookFunctions,
	parameters: TriggerParameters,
	receiver: OtherReceiver,
	raw: RawWebhook,
	marks: string,
): Promise<number> {
	const answer: unknown = await helpers.httpRequest({
		method: 'POST',
		url: receiver.url,
		headers: passedHeaders(parameters, receiver, raw, marks),
		body: raw.body,
		// The receiver may send its answer slowly, or never end it: only the status counts.
		encoding: 'stream',
		abortSignal: AbortSignal.timeout(timeout),
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		// As providers do: a redirect could lead the events to a third system.
		disableFollowRedirect: true,
	});
	const { statusCode, body } = response.parse(answer);
	// Read to its end, because some servers stop their work when the connection closes.
	if (isStream(body)) body.on('error', () => undefined).resume();
	return statusCode;
}

const isStream = (body: unknown): body is NodeJS.ReadableStream =>
	typeof body === 'object' && body !== null && 'on' in body && 'resume' in body;

function reportOutage(
	passing: Passing,
	{ node, webhook }: TriggerParameters,
	{ url, isChosen }: OtherReceiver,
	isTaken: boolean,
): void {
	const { outage, report } = afterRequest(passing.outage, isTaken, Date.now());
	passing.outage = outage;
	if (report === undefined) return;
	const { what, failed, seconds } = report;
	const receiver = `${withoutSecrets(url)}, to which '${node.name}' passes events on,`;
	if (what === 'back') {
		LoggerProxy.info(`WhatsApp OTP Trigger: ${receiver} takes events again, after ${failed} failures in ${seconds} s`);
		return;
	}
	const isRepeated = webhook.sendsAgain && (isChosen || passing.hasTaken);
	const next = isRepeated ? 'The provider sends them again' : 'The provider does not send them again';
	LoggerProxy.warn(`WhatsApp OTP Trigger: ${receiver} took no event for ${seconds} s (${failed} failures). ${next}`);
}
