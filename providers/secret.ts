import { hash, timingSafeEqual } from 'node:crypto';

/** In constant time; what is given may be anything. */
export function isSecret(given: unknown, secret: string): boolean {
	return typeof given === 'string' && secret !== '' && timingSafeEqual(digest(given), digest(secret));
}

/** Equal lengths, so that the comparison tells nothing about the secret's. */
function digest(text: string): Buffer {
	return hash('sha256', text, 'buffer');
}
