import { z } from 'zod';
import { pasted, pastedText, withoutPath } from '../pasted';

/** 360dialog's addresses by the hosting of the number (docs/reference/providers.md 3.1). */
export const defaultBaseUrls = {
	cloud: 'https://waba-v2.360dialog.io',
	onPremises: 'https://waba.360dialog.io',
} as const;

/** The paths of the API, which people copy with the address. */
export const pathsOfApi = withoutPath('v1|messages');

/** The fields of the credential that are not secret. */
export const account = z
	.object({
		hosting: z.enum(['cloud', 'onPremises']).default('cloud'),
		/** Of the templates; only for numbers on servers. */
		namespace: pastedText.default(''),
		baseUrl: z.string().default(''),
	})
	.transform(({ hosting, namespace, baseUrl }) => ({
		hosting,
		namespace,
		/** Without a slash at the end. */
		baseUrl: pasted('url', baseUrl, pathsOfApi) || defaultBaseUrls[hosting],
	}));
export type Account = z.output<typeof account>;
