import { z } from 'zod';

/** What a credential of 360dialog says besides its key. */
export const account = z
	.object({ baseUrl: z.string().default('') })
	.transform(({ baseUrl }) => ({
		// providers.md 3.1; without a trailing slash.
		baseUrl: (baseUrl.trim() || 'https://waba-v2.360dialog.io').replace(/\/+$/, ''),
	}));
export type Account = z.output<typeof account>;
