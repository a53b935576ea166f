import { z } from 'zod';
import { pasted, pastedText, withoutPath } from '../pasted';

/** 1MSG's address (docs/reference/providers.md 4.1). */
export const defaultBaseUrl = 'https://api.1msg.io';

/** The channel and what follows it: people copy it with the address. */
export const pathsOfApi = withoutPath('(?:instance)?[a-z]{0,4}\\d{6,}');

/** 1MSG also writes IDs with this word in front (docs/reference/providers.md 4.1). The whole address is pasted, too. */
export const aroundChannel: ReadonlyArray<readonly [RegExp, string]> = [
	[/^https?:\/\/[^/]*\/([^/]*).*$/i, '$1'],
	[/^instance(?=.)/i, ''],
];

/** The fields of the credential that are not secret. */
export const account = z
	.object({
		channelId: z
			.string()
			.transform((id) => pasted('trimmed', id, aroundChannel))
			.pipe(z.string().min(1, "'Channel ID' in the credential is empty")),
		/** Of the templates. */
		namespace: pastedText.default(''),
		baseUrl: z
			.string()
			.transform((url) => pasted('url', url, pathsOfApi))
			.default(''),
	})
	.transform(({ channelId, namespace, baseUrl }) => ({
		namespace,
		/** The URL of the channel, without a slash at the end. */
		channel: `${baseUrl || defaultBaseUrl}/${encodeURIComponent(channelId)}`,
	}));
export type Account = z.output<typeof account>;
