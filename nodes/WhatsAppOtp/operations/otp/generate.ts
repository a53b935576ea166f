import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { generateOptions, postedSchema, sendOptionsSchema, to } from '../../fields/otp';
import { defineOperation } from '../../operation';
import { generateOutput, refusalDetails, refusalSubject } from '../../outputs';
import { policyOf, recipientOf } from '../../policy';

/** The provider of a delivery for which the workflow sends the code another way. */
const otherChannel = 'other';

export const generate = defineOperation({
	resource: 'otp',
	value: 'generate',
	name: 'Generate',
	action: 'Generate code for another channel',
	description:
		'Create a code that the workflow sends another way, such as SMS, email or a call. ' +
		'Verify checks it, and the limits count it like a code sent by Send.',
	outputs: ['Not Issued', 'Issued'],
	// An agent could show the code to the person whom it must verify.
	offeredToAgents: false,
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
			// Each run generates a new code: the store can't return the code of an earlier run.
			idempotencyKey: randomUUID(),
			message: {},
		});
		if (issued.outcome === 'refused') {
			const answer = generateOutput(issued.result, { isResend: false }, refusalSubject(issued, options));
			return { output: 'Not Issued', items: [{ ...answer, ...refusalDetails(issued) }] };
		}
		if (issued.outcome === 'replayed') throw new Error('A random idempotency key was used twice');
		const recorded = await engine.recordSend(issued.ticket, { outcome: 'accepted' });
		const { code, isResend } = issued;
		return { output: 'Issued', items: [generateOutput('issued', { isResend, code }, recorded ?? issued.verification)] };
	},
});
