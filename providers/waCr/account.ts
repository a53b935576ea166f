import { z } from 'zod';

/** WA.cr doesn't publish it (docs/reference/providers.md 0); other installations of the same software have their own. */
export const home = 'https://app.wa.cr/api/v2';

/** What a credential of WA.cr says besides its token. */
export const account = z
	.object({ baseUrl: z.string().default('') })
	.transform(({ baseUrl }) => ({ baseUrl: (baseUrl.trim() || home).replace(/\/+$/, '') }));
export type Account = z.output<typeof account>;
