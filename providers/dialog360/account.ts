import { z } from 'zod';

/** 360dialog's addresses by the hosting of the number (docs/reference/providers.md 3.1). */
export const defaultBaseUrls = {
	cloud: 'https://waba-v2.360dialog.io',
	onPremises: 'https://waba.360dialog.io',
} as const;

/** The fields of the credential that are not secret. */
export const account = z
	.object({
		hosting: z.enum(['cloud', 'onPremises']).default('cloud'),
		/** Of the templates; only for numbers on servers. */
		namespace: z.string().trim().default(''),
		baseUrl: z.string().default(''),
	})
	.transform(({ hosting, namespace, baseUrl }) => ({
		hosting,
		namespace,
		/** Without a slash at the end. */
		baseUrl: (baseUrl.trim() || defaultBaseUrls[hosting]).replace(/\/+$/, ''),
	}));
export type Account = z.output<typeof account>;
