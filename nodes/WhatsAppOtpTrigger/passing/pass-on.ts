import { LoggerProxy, type IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { maxWebhookBytes, type RawWebhook } from '../../../providers';
import type { TriggerParameters } from '../parameters';
import { withoutSecrets } from '../registration/addresses';
import { afterRequest, type Outage } from './outage';
import { passedHeaders, type Receiver } from './receiver';

/** Milliseconds. Meta expects an answer within one second (docs/reference/providers.md 1.9). */
const timeout = 10_000;

/** How many requests of a trigger wait for the receiver at the same time, and how many bytes they hold. */
const most = { requests: 200, bytes: 64 * 1024 * 1024 };

/** What waits for the receiver of a trigger now, and whether the receiver is down. */
interface Passing {
	requests: number;
	bytes: number;
	outage: Outage | undefined;
}

/** By trigger. */
const passings = new Map<string, Passing>();

/**
 * Sends a request of the provider to the other receiver, byte for byte, through n8n's HTTP helper with its proxies and
 * guards. Does not throw.
 * @returns whether the receiver took it
 */
export async function passOn(
	host: IWebhookFunctions,
	parameters: TriggerParameters,
	receiver: Receiver,
	raw: RawWebhook,
	marks: string,
): Promise<boolean> {
	const passing = passingOf(parameters);
	const { length } = raw.body;
	const hasRoom = passing.requests < most.requests && passing.bytes + length <= most.bytes;
	passing.requests += 1;
	passing.bytes += length;
	const isTaken =
		hasRoom && length <= maxWebhookBytes && (await post(host, parameters, receiver, raw, marks).catch(() => false));
	passing.requests -= 1;
	passing.bytes -= length;
	reportOutage(passing, parameters, receiver, isTaken);
	return isTaken;
}

function passingOf({ id }: TriggerParameters): Passing {
	const passing = passings.get(id) ?? { requests: 0, bytes: 0, outage: undefined };
	passings.set(id, passing);
	return passing;
}

const response = z.object({ statusCode: z.number(), body: z.unknown() });

/** @throws an error of the network, or of n8n's guards */
async function post(
	{ helpers }: IWebhookFunctions,
	parameters: TriggerParameters,
	receiver: Receiver,
	raw: RawWebhook,
	marks: string,
): Promise<boolean> {
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
	return statusCode >= 200 && statusCode < 300;
}

const isStream = (body: unknown): body is NodeJS.ReadableStream =>
	typeof body === 'object' && body !== null && 'on' in body && 'resume' in body;

function reportOutage(
	passing: Passing,
	{ node, webhook }: TriggerParameters,
	{ url }: Receiver,
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
	const next = webhook.sendsAgain ? 'The provider sends them again' : 'The provider does not send them again';
	LoggerProxy.warn(`WhatsApp OTP Trigger: ${receiver} took no event for ${seconds} s (${failed} failures). ${next}`);
}
