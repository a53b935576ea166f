import { z } from 'zod';

/** Meta's own address. */
export const home = 'https://graph.facebook.com';

/** Of the Graph API, where the credential names none; each lives two years. */
export const defaultVersion = 'v23.0';

/** What a credential of Meta's says besides its secrets. */
export const account = z
	.object({
		phoneNumberId: z
			.string()
			.trim()
			.regex(/^\d+$/, "'Phone Number ID' in the credential is not a number: it is an id, not the phone number"),
		businessAccountId: z
			.string()
			.trim()
			.regex(/^\d*$/, "'Business Account ID' in the credential is not a number")
			.default(''),
		apiVersion: z
			.string()
			.trim()
			.regex(/^(v?\d+\.\d+)?$/, "'API Version' in the credential is not a version such as v23.0")
			.default(''),
		baseUrl: z.string().trim().default(''),
	})
	.transform(({ apiVersion, baseUrl, ...ids }) => ({
		...ids,
		/** With the version, without a slash at the end. */
		graph: `${(baseUrl || home).replace(/\/+$/, '')}/${(apiVersion || defaultVersion).replace(/^v?/, 'v')}`,
	}));
export type Account = z.output<typeof account>;
