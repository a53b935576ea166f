import { z } from 'zod';
import { explainStatus, findEntry, ProviderError, type ErrorEntry, type Refused } from '../errors';
import type { HttpResponse } from '../http';

/** Codes of the On-Premises API, in answers and in webhooks (docs/reference/providers.md 2.4); Meta's Cloud has others. */
export const onPremisesErrors: readonly ErrorEntry[] = [
	{
		codes: [1005],
		class: 'credential',
		what: 'The server did not accept the login',
		fix: "Check 'Username' and 'Password' in the credential",
	},
	{
		codes: [1024],
		class: 'credential',
		what: 'The server wants a new password before it does anything else',
		fix: "Change the user's password on the server, then in the credential",
	},
	{
		codes: [408, 410, 1002, 1006, 1007, 1013, 1021, 1026],
		class: 'recipient',
		what: "WhatsApp can't deliver to this number",
		fix: 'Send this person a code by SMS or e-mail',
	},
	{
		codes: [429, 1015],
		class: 'throttle',
		what: 'The server is asked too often',
		fix: "Lower 'Messages per Second', or try again later",
	},
	{
		codes: [471],
		class: 'throttle',
		what: 'WhatsApp limits this number because people block or report its messages',
		fix: "Look at the number's quality rating in WhatsApp Manager before sending more",
	},
	{
		codes: [2000, 2012],
		class: 'template',
		what: 'The template has other parameters than a code',
		fix: "Choose an authentication template in 'Template'",
	},
	{
		codes: [2001, 2002, 2003],
		class: 'template',
		what: 'The server finds no approved template of this name in this language',
		fix: "Check 'Template' and 'Language', and 'Namespace' in the credential",
	},
	{
		codes: [402],
		class: 'account',
		what: "The business account's payment method does not work",
		fix: 'Mend the payment method in Business Manager',
	},
	{
		codes: [430, 432, 433],
		class: 'account',
		what: "The phone number's certificate is not valid",
		fix: 'Register the number on the server again, with the certificate from WhatsApp Manager',
	},
	{
		codes: [1022],
		class: 'account',
		what: 'The server has no webhook to report to',
		fix: "Set a webhook address in the server's application settings",
	},
	{
		codes: [1011, 1016],
		class: 'transient',
		what: 'The server is not ready for the message',
		fix: "Look at the server's health and try again later",
	},
	{
		codes: [500, 1000, 1014, 1023, 1025],
		class: 'transient',
		what: 'The server broke off inside',
		fix: "Look at the server's log and its health; the message may have been sent",
		mayHaveArrived: true,
	},
	{
		codes: [1001, 1008, 1009, 1010],
		class: 'permanent',
		what: 'A parameter of the message is missing or invalid',
		fix: "Check 'Template': it must be an authentication template with an OTP button, and a code has at most 15 characters",
	},
	{
		codes: [102, 400, 470, 472, 1004],
		class: 'permanent',
		what: 'The server refused the message',
		fix: 'Check that the template is an authentication template; the details say more',
	},
];

const envelope = z.object({
	errors: z
		.array(
			z.object({
				code: z.union([z.number(), z.string()]).optional().catch(undefined),
				title: z.string().optional().catch(undefined),
				details: z.string().optional().catch(undefined),
			}),
		)
		.min(1),
});
const nothingSent = z.object({ messages: z.array(z.unknown()).length(0) });

/**
 * Reads `{"errors": [...]}`, under whatever HTTP status, 200 included (docs/reference/providers.md 2.4).
 * @returns undefined where the answer is none
 */
export function readErrors({ status, body }: HttpResponse): Refused | undefined {
	const first = envelope.safeParse(body).data?.errors[0];
	if (first === undefined) return undefined;
	const { code, title, details } = first;
	return {
		...explainCode(code, status),
		providerCode: code ?? status,
		httpStatus: status,
		...(title === undefined ? {} : { title }),
		...(details === undefined ? {} : { details }),
	};
}

type Explained = Omit<Refused, 'providerCode' | 'httpStatus'>;

function explainCode(code: number | string | undefined, status: number): Explained {
	const known = code === undefined ? undefined : findEntry(onPremisesErrors, code);
	if (known !== undefined) {
		const { class: errorClass, what, fix, mayHaveArrived } = known;
		return { class: errorClass, what, fix, ...(mayHaveArrived ? { mayHaveArrived } : {}) };
	}
	if (status < 200 || status > 299) return explainHttp(status);
	return { class: 'permanent', what: 'The server refused the message', fix: 'The details say more' };
}

/** A 401 may come without a code, as a 429 does (docs/reference/providers.md 2.4). */
function explainHttp(status: number): Explained {
	return status === 401 ? explainCode(1005, status) : explainStatus(status);
}

/** A message list without a message is a refusal, too, though it comes with 200 (docs/reference/providers.md 2.4). */
export function readNothingSent({ status, body }: HttpResponse): Refused | undefined {
	if (!nothingSent.safeParse(body).success) return undefined;
	return {
		class: 'transient',
		what: 'The server took no message',
		fix: "Look at the server's health and try again later",
		providerCode: status,
		httpStatus: status,
	};
}

/** Any answer that is no success. */
export function toProviderError(response: HttpResponse): ProviderError {
	const { status, body, headers } = response;
	const refused = readErrors(response) ??
		readNothingSent(response) ?? {
			...explainHttp(status),
			providerCode: status,
			httpStatus: status,
			...(typeof body === 'string' && body !== '' ? { details: body.slice(0, 500) } : {}),
		};
	const retryAfter = Number(headers['retry-after']);
	return new ProviderError({ ...refused, ...(retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}) });
}
