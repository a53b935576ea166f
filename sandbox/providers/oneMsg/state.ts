import { z } from 'zod';
import type { Kept, OwnState } from '../../state';

/** The switches of a channel (docs/reference/providers.md 4.5). */
export const settings = z.object({
	ackNotificationsOn: z.boolean().default(false),
	guaranteedHooks: z.boolean().default(false),
	rawHooks: z.boolean().default(false),
});

export class OneMsgState implements OwnState {
	settings = settings.parse({});

	clear(keep: Kept): void {
		if (!keep.subscriptions) this.settings = settings.parse({});
	}
}
