import type { HttpResponse } from '../http';
import { readMetaError, toProviderError } from './errors';

/** @throws ProviderError unless the status is 2xx and the body no error */
export function okOrThrow(response: HttpResponse): unknown {
	const isOk = response.status >= 200 && response.status < 300;
	if (!isOk || readMetaError(response) !== undefined) throw toProviderError(response);
	return response.body;
}
