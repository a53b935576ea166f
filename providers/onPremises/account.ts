import { z } from 'zod';
import { pasted, pastedText, withoutPath } from '../pasted';

/** The paths of the API, which people copy with the address. */
export const pathsOfApi = withoutPath('v1');

/** The fields of the credential that are not secret. */
export const account = z
	.object({
		baseUrl: z.string().default(''),
		/** Of the templates. */
		namespace: pastedText.default(''),
		allowUnauthorizedCerts: z.boolean().default(false),
	})
	.transform(({ baseUrl, ...rest }) => ({
		...rest,
		/** Without a slash at the end. */
		baseUrl: pasted('url', baseUrl, pathsOfApi),
	}));
export type Account = z.output<typeof account>;
