import { z } from 'zod';
import type { World } from '../../state';
import { contactStates } from './server';

const digits = z.string().transform((number) => number.replace(/\D/g, ''));

/** How long logins live from now on, and whether those that exist end at once. */
export const sessionOrder = z
	.object({ lifetimeMs: z.number().int().min(0).optional(), end: z.literal(true).optional() })
	.strict();

/** What a server knows of a number: `unknown` is refused with 1006 until it is checked, as `waId` from then on. */
export const contactOrder = z
	.object({
		provider: z.enum(['dialog360OnPremises', 'onPremises']).default('onPremises'),
		to: digits,
		state: z.enum(contactStates).default('unknown'),
		waId: digits.optional(),
	})
	.strict();

export type SessionOrder = z.input<typeof sessionOrder>;
export type ContactOrder = z.input<typeof contactOrder>;

export function setSessions(world: World, order: SessionOrder): void {
	const { lifetimeMs, end } = sessionOrder.parse(order);
	const { onPremises } = world.servers;
	if (lifetimeMs !== undefined) onPremises.sessionMs = lifetimeMs;
	if (end) onPremises.logOut();
}

export function setContact(world: World, order: ContactOrder): void {
	const { provider, to, state, waId = to } = contactOrder.parse(order);
	world.servers[provider].setContact(to, { state, waId });
}
