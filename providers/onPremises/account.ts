import { z } from 'zod';

/** What a credential of an own server says besides the login. */
export const account = z
	.object({
		baseUrl: z.string().default(''),
		namespace: z.string().trim().default(''),
		allowUnauthorizedCerts: z.boolean().default(false),
	})
	.transform(({ baseUrl, ...rest }) => ({ ...rest, baseUrl: baseUrl.trim().replace(/\/+$/, '') }));
export type Account = z.output<typeof account>;
