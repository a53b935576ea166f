import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

import { readStatuses } from '../metaCloud/statuses';
import type { Connection, RawWebhook, StatusEvent, WebhookTarget } from '../provider';
import type { Account } from './account';
import { toProviderError } from './errors';
import { okOrThrow } from './templates';

/** 360dialog signs nothing, but sends the headers back that were registered (providers.md 3.7). */
const secretHeader = 'x-whatsapp-otp-secret';

const url = ({ baseUrl }: Account) => `${baseUrl}/v1/configs/webhook`;

const registered = z.object({ url: z.string().nullish(), headers: z.record(z.string()).nullish().catch(null) });

export function target(webhookUrl: string, secret: string): WebhookTarget {
	return { url: webhookUrl, headers: { [secretHeader]: secret } };
}

export async function read({ http, account }: Connection<Account>): Promise<WebhookTarget | undefined> {
	const response = await http({ method: 'GET', url: url(account) });
	if (response.status === 404) return undefined;
	const answer = registered.safeParse(okOrThrow(response));
	// Whoever can't be read may have a webhook that is not ours to replace.
	if (!answer.success) throw toProviderError(response);
	const { url: address, headers } = answer.data;
	return address ? { url: address, headers: headers ?? {} } : undefined;
}

/** Removing is undocumented; an empty address is what the reference implies. */
export async function write({ http, account }: Connection<Account>, webhook: WebhookTarget | undefined): Promise<void> {
	const body = webhook ?? { url: '', headers: {} };
	okOrThrow(await http({ method: 'POST', url: url(account), body }));
}

export function authenticate({ headers }: RawWebhook, secret: string): boolean {
	const given = headers[secretHeader];
	return typeof given === 'string' && timingSafeEqual(digest(given), digest(secret));
}

/** Equal lengths, so that the comparison tells nothing about the secret's. */
function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}

export function parse({ body }: RawWebhook): StatusEvent[] {
	try {
		return readStatuses(JSON.parse(body.toString('utf8')));
	} catch {
		return [];
	}
}
