import { hash, timingSafeEqual } from 'node:crypto';

import type { RawWebhook, WebhookTarget } from './provider';

/** For providers that sign nothing and send no headers of ours. */
export function addressWithSecret({ url, secret }: WebhookTarget): string {
	return `${url}?secret=${secret}`;
}

/** Whether a webhook came to such an address. In constant time. */
export function hasSecretInAddress({ query }: RawWebhook, secret: string): boolean {
	return isSecret(query.secret, secret);
}

/** In constant time; what is given may be anything. */
export function isSecret(given: unknown, secret: string): boolean {
	return typeof given === 'string' && secret !== '' && timingSafeEqual(digest(given), digest(secret));
}

/** Equal lengths, so that the comparison tells nothing about the secret's. */
function digest(text: string): Buffer {
	return hash('sha256', text, 'buffer');
}
