import { z } from 'zod';
import type { State } from '../../state';
import { id } from './account';
import { contactStates, OnPremisesState } from './state';

const digits = z.string().transform((number) => number.replace(/\D/g, ''));

/** Sets the lifetime of new logins, and ends the existing logins. */
export const sessionOrder = z
	.object({ lifetimeMs: z.number().int().min(0).optional(), end: z.literal(true).optional() })
	.strict();

/** Sets what a server knows about a number. An `unknown` number is refused with 1006 until a check makes it `waId`. */
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

export function setSessions(state: State, order: SessionOrder): void {
	const { lifetimeMs, end } = sessionOrder.parse(order);
	const own = state.own(id, OnPremisesState);
	if (lifetimeMs !== undefined) own.sessionMs = lifetimeMs;
	if (end) own.logOut();
}

export function setContact(state: State, order: ContactOrder): void {
	const { provider, to, state: contactState, waId = to } = contactOrder.parse(order);
	state.own(provider, OnPremisesState).setContact(to, { state: contactState, waId });
}
