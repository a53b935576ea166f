import { createHmac } from 'node:crypto';
import type { RawWebhook } from '../provider';
import { isSecret } from '../secret';

/** Over the bytes as they came: the same JSON written differently has another signature (docs/reference/providers.md 1.9). */
export function isSigned({ headers, body }: RawWebhook, appSecret: string): boolean {
	if (appSecret === '') return false;
	const signature = createHmac('sha256', appSecret).update(body).digest('hex');
	return isSecret(headers['x-hub-signature-256'], `sha256=${signature}`);
}

/** @returns what to answer when Meta asks whether an address is meant (docs/reference/providers.md 1.9) */
export function handshake(query: RawWebhook['query'], verifyToken: string): string | undefined {
	const challenge = query['hub.challenge'];
	const isKnown = isSecret(query['hub.verify_token'], verifyToken);
	return isKnown && query['hub.mode'] === 'subscribe' && typeof challenge === 'string' ? challenge : undefined;
}
