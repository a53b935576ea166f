import { timingSafeEqual } from 'node:crypto';
import type { RawWebhook, WebhookTarget } from './provider';

/** For providers that sign nothing and send no headers of ours. */
export function addressWithSecret({ url, secret }: WebhookTarget): string {
	return `${url}?secret=${secret}`;
}

/** Whether a webhook came to such an address. In constant time. */
export function hasSecretInAddress({ query }: RawWebhook, secret: string): boolean {
	return isSecret(query.secret, secret);
}

/** In constant time, but for the length, which everybody knows of what we derive; what is given may be anything. */
export function isSecret(given: unknown, secret: string): boolean {
	if (typeof given !== 'string' || secret === '') return false;
	const [known, entered] = [Buffer.from(secret), Buffer.from(given)];
	return known.length === entered.length && timingSafeEqual(known, entered);
}
