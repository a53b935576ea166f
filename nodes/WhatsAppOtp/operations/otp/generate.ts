import { randomUUID } from 'node:crypto';
import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { postedIdSchema, postedSchema, to, verificationId } from '../../fields/otp';
import { generateOptions, sendOptionsSchema } from '../../fields/send-options';
import { defineOperation } from '../../operation';
import { generateOutput, refusalDetails, refusalSubject } from '../../outputs';
import { policyOf, recipientOf } from '../../policy';

const identifyBy: INodeProperties = {
	displayName: 'Identify By',
	name: 'identifyBy',
	type: 'options',
	options: [
		{ name: 'Phone', value: 'phone', description: 'Begin a verification of a phone number' },
		{
			name: 'Verification ID',
			value: 'verificationId',
			description:
				'Continue a verification: the new code replaces its old one. The attempt count and the deadline stay.',
		},
	],
	default: 'phone',
};

const byPhone: INodeProperties = { ...to, displayOptions: { show: { identifyBy: ['phone'] } } };
const byId: INodeProperties = { ...verificationId, displayOptions: { show: { identifyBy: ['verificationId'] } } };

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
	notForAgents: "It returns the code, so the agent could show it to anyone. Choose 'Send' for the agent's tool.",
	callsProvider: false,
	properties: [identifyBy, byPhone, byId, generateOptions],
	parameters: z.object({
		identifyBy: z.enum(['phone', 'verificationId']).default('phone'),
		to: postedSchema,
		verificationId: postedIdSchema,
		options: sendOptionsSchema,
	}),
	async execute(context) {
		const { parameters } = context;
		const { identifyBy, to, verificationId, options } = parameters;
		const engine = await context.engine();
		const issued = await engine.begin({
			recipient: identifyBy === 'phone' ? recipientOf(to, options) : { verificationId },
			...policyOf(options),
			// The workflow sends this code, so there is no message that could be left out.
			testNumbers: undefined,
			namespace: options.namespace,
			purpose: options.purpose,
			provider: otherChannel,
			// Each run generates a new code: the store can't return the code of an earlier run.
			idempotencyKey: randomUUID(),
			message: {},
		});
		if (issued.outcome === 'refused') {
			const subject = refusalSubject(issued, options);
			const answer = generateOutput(issued.result, { isResend: false }, subject, issued.reason);
			return { output: 'Not Issued', items: [{ ...answer, ...refusalDetails(issued) }] };
		}
		if (issued.outcome === 'replayed') throw new Error('A random idempotency key was used twice');
		const recorded = await engine.recordSend(issued.ticket, { outcome: 'accepted' });
		const { code, isResend } = issued;
		return { output: 'Issued', items: [generateOutput('issued', { isResend, code }, recorded ?? issued.verification)] };
	},
});
