import { z } from 'zod';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import { answer } from './error-codes';
import { OnPremisesState } from './state';

const check = z.object({
	blocking: z.enum(['wait', 'no_wait']).default('no_wait'),
	contacts: z.array(z.string().min(1)).min(1),
	force_check: z.boolean().optional(),
});

/** Without `blocking: wait`, an unknown number is `processing` at first (docs/reference/providers.md 2.2). */
export const checkContact = (id: string): Call => ({
	name: 'checkContact',
	method: 'POST',
	path: '/v1/contacts',
	handle({ body }, state) {
		const read = check.safeParse(body);
		if (!read.success) throw new Refusal(1009, { details: read.error.issues.map(({ message }) => message) });
		const { blocking, contacts } = read.data;
		const own = state.own(id, OnPremisesState);
		return answer(200, {
			contacts: contacts.map((input) => {
				const digits = input.replace(/\D/g, '');
				const before = own.contact(digits).state;
				const { state: after, waId } = own.check(digits);
				const status = before === 'unknown' && blocking === 'no_wait' ? 'processing' : after;
				return { input, status, wa_id: status === 'valid' ? waId : undefined };
			}),
		});
	},
});
