import { z } from 'zod';
import { defaultVersion } from './versions';

/** The address of Meta's Graph API. */
export const defaultBaseUrl = 'https://graph.facebook.com';

/** The fields of the credential that are not secret. */
export const account = z
	.object({
		phoneNumberId: z
			.string()
			.trim()
			.regex(/^\d+$/, "'Phone Number ID' in the credential must be a number: the ID, not the phone number"),
		businessAccountId: z
			.string()
			.trim()
			.regex(/^\d*$/, "'Business Account ID' in the credential must be a number")
			.default(''),
		apiVersion: z
			.string()
			.trim()
			.regex(/^(v?\d+\.\d+)?$/, "'API Version' in the credential must be a version, for example v25.0")
			.default(''),
		baseUrl: z.string().trim().default(''),
	})
	.transform(({ apiVersion, baseUrl, ...ids }) => ({
		...ids,
		/** Such as v25.0. */
		version: (apiVersion || defaultVersion).replace(/^v?/, 'v'),
		/** Without a slash at the end. */
		baseUrl: (baseUrl || defaultBaseUrl).replace(/\/+$/, ''),
	}));
export type Account = z.output<typeof account>;
