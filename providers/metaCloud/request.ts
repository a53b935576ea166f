import { z } from 'zod';
import type { Connection } from '../connection';
import { emptyCredentialField, ProviderError, type Refused } from '../errors';
import type { ApiRequest, HttpResponse } from '../http';
import { readMetaError } from '../meta/errors';
import { answerReader, isHttpSuccess, refusalOf, refusedByStatus, retryAfterSeconds } from '../response';
import type { Account } from './account';
import { endOf } from './versions';

/**
 * Calls the Graph API. Paths do not hold the version.
 * @throws ProviderError for a refusal that may be due to an ended version
 */
export async function request(
	{ http, account: { graph, version } }: Connection<Account>,
	{ path, ...rest }: ApiRequest,
): Promise<HttpResponse> {
	const response = await http({ ...rest, url: `${graph}${path}` });
	const ended = endOf(version, new Date());
	if (ended === undefined || !isRefusal(response)) return response;
	const { refused } = toProviderError(response);
	throw new ProviderError({ ...refused, fix: `${refused.fix}. ${ended} Choose a newer version in the credential` });
}

/** The `providerCode` of the error if the credential does not name the business account. */
export const accountMissing = 'business_account_id';

/**
 * The path of something that belongs to the business account, such as its templates.
 * @throws ProviderError if the credential does not name the account
 */
export function accountPath({ businessAccountId }: Account, name: string): string {
	if (businessAccountId !== '') return `/${businessAccountId}/${name}`;
	throw emptyCredentialField(
		'Business Account ID',
		accountMissing,
		'Enter the ID of the WhatsApp Business account: templates and webhooks belong to it',
	);
}

/** Meta also refuses with the status 200. */
export function isRefusal(response: HttpResponse): boolean {
	return !isHttpSuccess(response) || readMetaError(response) !== undefined;
}

/** The error of any answer of the Graph API that is not the expected success. */
export function toProviderError(response: HttpResponse): ProviderError {
	return refusalOf(response, (answer) => {
		const refused = readMetaError(answer) ?? readNotDone(answer) ?? refusedByStatus(answer);
		if (refused.class !== 'throttle') return refused;
		return { ...refused, retryAfterSeconds: retryAfterSeconds(answer) ?? secondsOfUsage(answer) };
	});
}

const notDone = z.object({ success: z.literal(false) });

/** Meta's answer to a change that it did not make. @returns undefined for any other answer */
function readNotDone({ status, body }: HttpResponse): Refused | undefined {
	if (!notDone.safeParse(body).success) return undefined;
	return {
		class: 'transient',
		what: 'Meta did not carry out the request and gave no reason',
		fix: 'Look at the object in WhatsApp Manager and try again later',
		providerCode: status,
		httpStatus: status,
	};
}

export const { okOrThrow, parseOrThrow } = answerReader({ isRefusal, toProviderError });

const usage = z.record(z.array(z.object({ estimated_time_to_regain_access: z.number().optional() })));

/** Meta names the time to wait in a header of its usage limits, in minutes (docs/reference/providers.md 1.8). */
function secondsOfUsage({ headers }: HttpResponse): number | undefined {
	const limits = usage.safeParse(parsed(headers['x-business-use-case-usage'])).data ?? {};
	const minutes = Object.values(limits)
		.flat()
		.map(({ estimated_time_to_regain_access: wait }) => wait ?? 0);
	const longest = Math.max(0, ...minutes);
	return longest > 0 ? longest * 60 : undefined;
}

function parsed(text: string | undefined): unknown {
	try {
		return text === undefined ? undefined : JSON.parse(text);
	} catch {
		return undefined;
	}
}
