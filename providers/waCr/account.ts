import { z } from 'zod';
import { pasted, withoutPath } from '../pasted';

/**
 * WA.cr does not publish its address (docs/reference/providers.md 0). Other companies run the same software at their
 * own addresses.
 */
export const defaultBaseUrl = 'https://app.wa.cr/api/v2';

/** The paths of the API, which people copy with the address. */
export const pathsOfApi = withoutPath('auth');

/** The fields of the credential that are not secret. */
export const account = z.object({ baseUrl: z.string().default('') }).transform(({ baseUrl }) => ({
	/** Without a slash at the end. */
	baseUrl: pasted('url', baseUrl, pathsOfApi) || defaultBaseUrl,
}));
export type Account = z.output<typeof account>;
