import { z } from 'zod';

/** The fields of the credential that are not secret. */
export const account = z
	.object({
		baseUrl: z.string().default(''),
		/** Of the templates. */
		namespace: z.string().trim().default(''),
		allowUnauthorizedCerts: z.boolean().default(false),
	})
	.transform(({ baseUrl, ...rest }) => ({
		...rest,
		/** Without a slash at the end. */
		baseUrl: baseUrl.trim().replace(/\/+$/, ''),
	}));
export type Account = z.output<typeof account>;
