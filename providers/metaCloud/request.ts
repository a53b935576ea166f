import { ProviderError } from '../errors';
import type { HttpResponse } from '../http';
import type { Account } from './account';
import { readMetaError, toProviderError } from '../meta/errors';

/** @throws ProviderError unless the status is 2xx and the body no error */
export function okOrThrow(response: HttpResponse): unknown {
	const isOk = response.status >= 200 && response.status < 300;
	if (!isOk || readMetaError(response) !== undefined) throw toProviderError(response);
	return response.body;
}

/** The code of the refusal where a credential names no account. */
export const accountMissing = 'business_account_id';

/**
 * The address of what belongs to the business account.
 * @throws ProviderError where the credential does not name it
 */
export function edge({ graph, businessAccountId }: Account, name: string): string {
	if (businessAccountId !== '') return `${graph}/${businessAccountId}/${name}`;
	throw new ProviderError({
		class: 'credential',
		what: "'Business Account ID' in the credential is empty",
		fix: 'Put in the id of the WhatsApp Business account: templates and webhooks belong to it',
		providerCode: accountMissing,
		httpStatus: 0,
	});
}
