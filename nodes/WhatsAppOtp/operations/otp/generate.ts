import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { issueAnswer, refusalDetails, refusalSubject } from '../../outputs';
import { defineOperation } from '../../operation';
import { policyOf, recipientOf } from '../../policy';
import { generateOptions, postedSchema, sendOptionsSchema, to } from '../../fields/otp';

/** Stands among the deliveries for whatever the workflow sends the code by. */
const otherChannel = 'other';

export const generate = defineOperation({
	resource: 'otp',
	value: 'generate',
	name: 'Generate',
	action: 'Generate a code for another channel',
	description:
		'Issue a code for the workflow to send by SMS, e-mail or a call; it is checked by Verify and shares its limits with codes that Send has sent',
	outputs: ['Issued', 'Not Issued'],
	callsProvider: false,
	properties: [to, generateOptions],
	parameters: z.object({ to: postedSchema, options: sendOptionsSchema }),
	async execute(context) {
		const { parameters } = context;
		const { to, options } = parameters;
		const engine = await context.engine();
		const issued = await engine.begin({
			recipient: recipientOf(to, options),
			...policyOf(options),
			namespace: options.namespace,
			purpose: options.purpose,
			provider: otherChannel,
			// A code is told once: one that was issued before can't be read from the store to be told again.
			idempotencyKey: randomUUID(),
			message: {},
		});
		if (issued.outcome === 'refused') {
			const answer = issueAnswer(issued.result, { isResend: false }, refusalSubject(issued, options));
			return { output: 'Not Issued', items: [{ ...answer, ...refusalDetails(issued) }] };
		}
		if (issued.outcome === 'replayed') throw new Error('A random key was used before');
		const recorded = await engine.recordSend(issued.ticket, { outcome: 'accepted' });
		const { code, isResend } = issued;
		return { output: 'Issued', items: [issueAnswer('issued', { isResend, code }, recorded ?? issued.verification)] };
	},
});
