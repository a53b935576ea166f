import { z } from 'zod';
import { VerificationNotFoundError } from '../../../../verification';
import { verificationAnswer } from '../../outputs';
import { defineOperation } from '../../operation';
import { statusThere, verifyWith, verifyWithSchema } from '../../provider-verification';
import { namespaceOptions, namespaceSchema, verificationId, verificationIdSchema } from '../../fields/otp';

export const get = defineOperation({
	resource: 'otp',
	value: 'get',
	name: 'Get',
	action: 'Get a verification',
	description: 'Look up the state of a verification and of its messages',
	outputs: ['main'],
	callsProvider: false,
	asksVerifier: true,
	properties: [verifyWith, verificationId, namespaceOptions],
	parameters: z.object({
		verifyWith: verifyWithSchema,
		verificationId: verificationIdSchema,
		options: namespaceSchema,
	}),
	async execute(context) {
		const { parameters } = context;
		const engine = await context.engine();
		const { verificationId, options } = parameters;
		const verification = await engine.get({ verificationId, namespace: options.namespace });
		if (verification === undefined) throw new VerificationNotFoundError();
		const item =
			parameters.verifyWith === 'provider'
				? await statusThere(context, verification)
				: verificationAnswer(verification);
		return { output: 'main', items: [item] };
	},
});
