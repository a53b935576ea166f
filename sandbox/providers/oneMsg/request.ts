import type { z } from 'zod';
import type { Answer, ProviderRequest } from '../../provider';
import { detailsOf, Refusal } from '../../refusal';
import { account } from './account';
import { oneMsgRefusal } from './error-codes';

/** Every path begins with the channel. */
export const channel = '/:channel';

/** The token is in the header or in the address, not in both (docs/reference/providers.md 4.1). */
export function authorize({ headers, query, params }: ProviderRequest): Answer | undefined {
	const header = headers.authorization?.replace(/^Bearer /, '');
	if (header !== undefined && query.token !== undefined) {
		return oneMsgRefusal(new Refusal('bad_request', { title: 'The token may be in one place only' }));
	}
	const token = header ?? query.token ?? '';
	const wanted = params.channel ?? account.channelId;
	if (token === account.token && wanted === account.channelId) return undefined;
	const title = `Wrong token "${token}" for channel "${wanted}". Please provide token as a GET parameter.`;
	return oneMsgRefusal(new Refusal('wrong_token', { title }));
}

/** Throws a Refusal that names the wrong fields. */
export function read<Output>(
	type: z.ZodType<Output, z.ZodTypeDef, unknown>,
	value: unknown,
	code: 'bad_request' | 'unprocessable' = 'bad_request',
): Output {
	const result = type.safeParse(value);
	if (result.success) return result.data;
	throw new Refusal(code, { details: detailsOf(result.error) });
}
