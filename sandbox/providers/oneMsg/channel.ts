import { z } from 'zod';
import { accounts } from '../../accounts';
import { metaError } from '../meta/errors';
import type { Answer, Call, ProviderRequest } from '../../provider';
import { Refusal } from '../../refusal';

export const id = 'oneMsg';
export const account = accounts[id];

/** Every path begins with the channel. */
export const channel = '/:channel';

/** What 1MSG says no by, besides what Meta says no by (docs/reference/providers.md 4.3). */
const envelopes: Record<string, (words: string) => Answer> = {
	bad_request: (error) => ({ status: 400, body: { error } }),
	wrong_token: (error) => ({ status: 401, body: { error } }),
	// The one refusal that is no JSON.
	blocked: (text) => ({ status: 403, body: text || 'The trial period of this channel is over.' }),
	unprocessable: (error) => ({ status: 422, body: { error } }),
	too_many_requests: (error) => ({ status: 429, body: { error } }),
	internal: (error) => ({ status: 500, body: { error } }),
	not_sent: (description) => ({ status: 200, body: { sent: false, message: 'Message was not sent', description } }),
	upstream: (error) => ({ status: 200, body: { response: { error } } }),
};

export function refuse(refusal: Refusal, call?: Call['name']): Answer {
	const { code, options } = refusal;
	const details = options.details ?? [];
	const own = envelopes[code];
	if (own) return own([options.title ?? [], details].flat().join('; '));
	const { title, status } = metaError(code);
	const message = `(#${code}) ${options.title ?? title}`;
	if (call !== 'send') return { status: 400, body: { error: [message, ...details].join(': ') } };
	// The template takes other variables: 422 (docs/reference/providers.md 4.3).
	if (code === 132000) return { status: 422, body: { error: [message, ...details].join(': ') } };
	if (status >= 500) return { status: 200, body: { response: { error: { code, message } } } };
	return { status: 200, body: { sent: false, message, description: details.join('; ') } };
}

/** The token stands in the header or in the address, and in one of them only (docs/reference/providers.md 4.1). */
export function authorize({ headers, query, params }: ProviderRequest): Answer | undefined {
	const header = headers.authorization?.replace(/^Bearer /, '');
	if (header !== undefined && query.token !== undefined) {
		return refuse(new Refusal('bad_request', { title: 'The token may be in one place only' }));
	}
	const token = header ?? query.token ?? '';
	const wanted = params.channel ?? account.channelId;
	if (token === account.token && wanted === account.channelId) return undefined;
	const title = `Wrong token "${token}" for channel "${wanted}". Please provide token as a GET parameter.`;
	return refuse(new Refusal('wrong_token', { title }));
}

/** @throws Refusal that names the field */
export function read<Output>(
	type: z.ZodType<Output, z.ZodTypeDef, unknown>,
	value: unknown,
	code: 'bad_request' | 'unprocessable' = 'bad_request',
): Output {
	const result = type.safeParse(value);
	if (result.success) return result.data;
	throw new Refusal(code, { details: result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) });
}
