import type { Answer } from '../../provider';
import type { Refusal } from '../../refusal';
import { metaError } from '../meta/error-codes';

/** The refusals of 1MSG itself. It has more from Meta (docs/reference/providers.md 4.3). */
const envelopes: Record<string, (text: string) => Answer> = {
	bad_request: (error) => ({ status: 400, body: { error } }),
	wrong_token: (error) => ({ status: 401, body: { error } }),
	// The only refusal that is not JSON.
	blocked: (text) => ({ status: 403, body: text || 'The trial period of this channel is over.' }),
	unprocessable: (error) => ({ status: 422, body: { error } }),
	too_many_requests: (error) => ({ status: 429, body: { error } }),
	internal: (error) => ({ status: 500, body: { error } }),
	not_sent: (description) => ({ status: 200, body: { sent: false, message: 'Message was not sent', description } }),
	upstream: (error) => ({ status: 200, body: { response: { error } } }),
};

export function oneMsgRefusal({ code, options }: Refusal, call?: string): Answer {
	const details = options.details ?? [];
	const own = envelopes[code];
	if (own) return own([options.title ?? [], details].flat().join('; '));
	const { title, status } = metaError(code);
	const message = `(#${code}) ${options.title ?? title}`;
	if (call !== 'send') return { status: 400, body: { error: [message, ...details].join(': ') } };
	// The parameters do not fit the template: 422 (docs/reference/providers.md 4.3).
	if (code === 132000) return { status: 422, body: { error: [message, ...details].join(': ') } };
	if (status >= 500) return { status: 200, body: { response: { error: { code, message } } } };
	return { status: 200, body: { sent: false, message, description: details.join('; ') } };
}
