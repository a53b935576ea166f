import { randomInt } from 'node:crypto';
import axios from 'axios';
import { z } from 'zod';
import { Refusal } from '../../refusal';

/** Meta takes at most 200 characters (docs/reference/providers.md 1.9). */
export const callbackUrl = z.string().url().max(200);

const http = axios.create({ proxy: false, maxRedirects: 0, timeout: 10_000, validateStatus: () => true });

/** Meta sends nothing to an address that does not return the challenge (docs/reference/providers.md 1.9). */
export async function verify(url: string, token: string): Promise<void> {
	const challenge = String(randomInt(1e9));
	const params = { 'hub.mode': 'subscribe', 'hub.challenge': challenge, 'hub.verify_token': token };
	const answer = await http.get<unknown>(url, { params, responseType: 'text' }).catch(() => undefined);
	if (answer?.status === 200 && answer.data === challenge) return;
	const reason = answer ? `HTTP Status Code = ${answer.status}` : 'the address does not answer';
	throw new Refusal(2200, { title: `Callback verification failed with the following errors: ${reason}` });
}
