import { z } from 'zod';
import { pasted, pastedText, withoutPath } from '../pasted';
import { defaultVersion } from './versions';

/** The address of Meta's Graph API. */
export const defaultBaseUrl = 'https://graph.facebook.com';

/** The version, and what follows it, belongs to the requests: people copy it with the address. */
export const pathsOfApi = withoutPath('v\\d+(?:\\.\\d+)?');

/** The fields of the credential that are not secret. */
export const account = z
	.object({
		phoneNumberId: pastedText.pipe(
			z.string().regex(/^\d+$/, "'Phone Number ID' in the credential must be a number: the ID, not the phone number"),
		),
		businessAccountId: pastedText
			.pipe(z.string().regex(/^\d*$/, "'Business Account ID' in the credential must be a number"))
			.default(''),
		apiVersion: z
			.string()
			.trim()
			.regex(/^(v?\d+\.\d+)?$/, "'API Version' in the credential must be a version, for example v25.0")
			.default(''),
		baseUrl: z
			.string()
			.transform((url) => pasted('url', url, pathsOfApi))
			.default(''),
	})
	.transform(({ apiVersion, baseUrl, ...ids }) => ({
		...ids,
		/** Such as v25.0. */
		version: (apiVersion || defaultVersion).replace(/^v?/, 'v'),
		/** Without a slash at the end. */
		baseUrl: baseUrl || defaultBaseUrl,
	}));
export type Account = z.output<typeof account>;
