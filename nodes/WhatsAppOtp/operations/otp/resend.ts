import { z } from 'zod';
import { approvedTemplate } from '../../sending/approved-languages';
import { deliver } from '../../sending/send-code';
import { defineOperation } from '../../operation';
import { verifyWith, verifyWithSchema } from '../../provider-verification';
import { policyOf } from '../../policy';
import { languageSchema, messageTemplate, templateSchema } from '../../fields/template';
import { postedIdSchema, resendOptions, sendOptionsSchema, verificationId } from '../../fields/otp';

export const resend = defineOperation({
	resource: 'otp',
	value: 'resend',
	name: 'Resend',
	action: 'Resend a code',
	description: 'Send a new code for the same verification; the old one stops working, attempts and deadline stay',
	outputs: ['Sent', 'Not Sent'],
	callsProvider: true,
	properties: [verifyWith, verificationId, ...messageTemplate, resendOptions],
	parameters: z.object({
		verifyWith: verifyWithSchema,
		verificationId: postedIdSchema,
		template: templateSchema,
		language: languageSchema,
		options: sendOptionsSchema,
	}),
	async execute(context) {
		const { connect, pace, parameters, provider, runKey, itemIndex } = context;
		const { verificationId, options } = parameters;
		const engine = await context.engine();
		// Nothing begins before the credential is known to be there.
		const approved = await approvedTemplate(await connect(), parameters.template, parameters.language);
		await pace();
		const issued = await engine.begin({
			recipient: { verificationId },
			namespace: options.namespace,
			purpose: options.purpose,
			...policyOf(options),
			provider: provider.id,
			...approved,
			idempotencyKey: options.idempotencyKey ?? `${runKey()} ${itemIndex}`,
			message: { template: parameters.template, language: parameters.language },
		});
		const { ownVerification } = provider;
		const template = { name: parameters.template, language: parameters.language };
		const requested = { metadata: options.metadata ?? {} };
		if (parameters.verifyWith === 'node' || ownVerification === undefined) {
			return await deliver(context, issued, template, requested);
		}
		// The provider's resend makes a code that we never see, so it serves only where the provider checks, too.
		return await deliver(context, issued, template, requested, ({ connection }, message) =>
			ownVerification.resend(connection, message),
		);
	},
});
