import { z } from 'zod';

/** 1MSG's address (docs/reference/providers.md 4.1). */
export const defaultBaseUrl = 'https://api.1msg.io';

/** The fields of the credential that are not secret. */
export const account = z
	.object({
		channelId: z.string().trim().min(1, "'Channel ID' in the credential is empty"),
		/** Of the templates. */
		namespace: z.string().trim().default(''),
		baseUrl: z.string().trim().default(''),
	})
	.transform(({ channelId, namespace, baseUrl }) => ({
		namespace,
		/** The URL of the channel, without a slash at the end. */
		channel: `${(baseUrl || defaultBaseUrl).replace(/\/+$/, '')}/${encodeURIComponent(channelId)}`,
	}));
export type Account = z.output<typeof account>;
