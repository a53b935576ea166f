import { z } from 'zod';

/** 360dialog's own addresses, by who runs the API behind them (docs/reference/providers.md 3.1). */
export const homes = {
	cloud: 'https://waba-v2.360dialog.io',
	onPremises: 'https://waba.360dialog.io',
} as const;

/** What a credential of 360dialog says besides its key. */
export const account = z
	.object({
		hosting: z.enum(['cloud', 'onPremises']).default('cloud'),
		namespace: z.string().trim().default(''),
		baseUrl: z.string().default(''),
	})
	.transform(({ hosting, namespace, baseUrl }) => ({
		hosting,
		namespace,
		baseUrl: (baseUrl.trim() || homes[hosting]).replace(/\/+$/, ''),
	}));
export type Account = z.output<typeof account>;
