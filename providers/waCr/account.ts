import { z } from 'zod';

/**
 * WA.cr does not publish its address (docs/reference/providers.md 0). Other companies run the same software at their
 * own addresses.
 */
export const defaultBaseUrl = 'https://app.wa.cr/api/v2';

/** The fields of the credential that are not secret. */
export const account = z.object({ baseUrl: z.string().default('') }).transform(({ baseUrl }) => ({
	/** Without a slash at the end. */
	baseUrl: (baseUrl.trim() || defaultBaseUrl).replace(/\/+$/, ''),
}));
export type Account = z.output<typeof account>;
