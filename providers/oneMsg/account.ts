import { z } from 'zod';

/** 1MSG's own address (docs/reference/providers.md 4.1). */
export const home = 'https://api.1msg.io';

/** What a credential of 1MSG says besides its token. */
export const account = z
	.object({
		channelId: z.string().trim().min(1, "'Channel ID' in the credential is empty"),
		namespace: z.string().trim().default(''),
		baseUrl: z.string().trim().default(''),
	})
	.transform(({ channelId, namespace, baseUrl }) => ({
		namespace,
		/** Without a slash at the end. */
		channel: `${(baseUrl || home).replace(/\/+$/, '')}/${encodeURIComponent(channelId)}`,
	}));
export type Account = z.output<typeof account>;
