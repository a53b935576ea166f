import { z } from 'zod';
import { explainStatus, ProviderError, type ErrorEntry, type Refused } from '../errors';
import type { HttpResponse } from '../http';
import { readMetaError } from '../meta/errors';
import { readErrors, readNothingSent } from '../onPremises/errors';

const gateway = z.object({
	meta: z.object({
		developer_message: z.string().optional(),
		developerMessage: z.string().optional(),
		details: z.array(z.unknown()).optional().catch(undefined),
	}),
});
const bare = z.object({ error: z.string() });

/** Refusals of 360dialog's gateway, which has no codes: its sentence holds one of these words (docs/reference/providers.md 3.6). */
export const gatewayErrors: readonly ErrorEntry[] = [
	{
		codes: ['exceeded the limit', 'rate limit', 'too many'],
		class: 'throttle',
		what: '360dialog is asked too often',
		fix: 'Send more slowly, or try again later',
	},
	{
		codes: ['invalid api_key', 'token expired'],
		class: 'credential',
		what: '360dialog does not know this API key',
		fix: "Check 'API Key' in the credential: each number has a key of its own",
	},
	{
		codes: ['channel is disabled', 'channel disabled', 'disabled channel'],
		class: 'account',
		what: 'The channel is disabled at 360dialog',
		fix: 'Enable the number again in the 360dialog Hub',
	},
	{
		codes: ['is blocked'],
		class: 'account',
		what: '360dialog has blocked this address for the channel',
		fix: 'Ask 360dialog why; the details hold a link',
	},
	{
		codes: ['already exist'],
		class: 'template',
		what: 'A template of this name exists in this language already',
		fix: "Choose another 'Name' or 'Language', or delete the template first",
	},
	{
		codes: ['not found', 'does not exist'],
		class: 'template',
		what: '360dialog knows no such template',
		fix: "Check 'Template'; Get Many lists what there is",
	},
];

/** Reads every shape in which 360dialog, Meta or a server of 360dialog's says no, in the order of docs/reference/providers.md 3.6. */
export function toProviderError(response: HttpResponse): ProviderError {
	const { headers } = response;
	const refused = readMetaError(response) ?? readHosted(response) ?? readNothingSent(response) ?? readGateway(response);
	const retryAfter = Number(headers['retry-after']);
	return new ProviderError({ ...refused, ...(retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}) });
}

/** A server that 360dialog hosts: what it says of a login is none of the builder's, who has a key alone. */
function readHosted(response: HttpResponse): Refused | undefined {
	const refused = readErrors(response);
	if (refused?.class !== 'credential') return refused;
	return { ...refused, fix: "Check 'API Key' in the credential, and ask 360dialog about the server behind it" };
}

function readGateway({ status, body }: HttpResponse): Refused {
	const base = { ...explainStatus(status), providerCode: status, httpStatus: status };
	const meta = gateway.safeParse(body).data?.meta;
	const text = meta?.developer_message ?? meta?.developerMessage ?? bare.safeParse(body).data?.error;
	if (text === undefined) return { ...base, ...withText(undefined, typeof body === 'string' ? body : undefined) };
	const words = text.toLowerCase();
	const known = gatewayErrors.find(({ codes }) => codes.some((word) => words.includes(String(word))));
	const details = meta?.details
		?.map((detail) => (typeof detail === 'string' ? detail : JSON.stringify(detail)))
		.join('; ');
	return {
		...base,
		...(known === undefined ? {} : { class: known.class, what: known.what, fix: known.fix, mayHaveArrived: false }),
		...withText(text, details),
	};
}

function withText(title: string | undefined, details: string | undefined): Pick<Refused, 'title' | 'details'> {
	return {
		...(title === undefined ? {} : { title }),
		...(details === undefined || details === '' ? {} : { details: details.slice(0, 500) }),
	};
}
