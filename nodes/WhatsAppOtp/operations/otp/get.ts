import { z } from 'zod';
import { VerificationNotFoundError } from '../../../../verification';
import { namespaceOptions, namespaceSchema } from '../../fields/options';
import { verificationId, verificationIdSchema } from '../../fields/otp';
import { defineOperation } from '../../operation';
import { verificationOutput } from '../../outputs';
import { statusAtProvider, verifyWith, verifyWithSchema } from '../../provider-verification';

export const get = defineOperation({
	resource: 'otp',
	value: 'get',
	name: 'Get',
	action: 'Get verification',
	description: 'Get the status of a verification and of its messages',
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
			parameters.verifyWith === 'provider' && !verification.isTest
				? await statusAtProvider(context, verification)
				: verificationOutput(verification);
		return { output: 'main', items: [item] };
	},
});
