import { z } from 'zod';
import { postedIdSchema, verificationId } from '../../fields/otp';
import { resendOptions, sendOptionsSchema } from '../../fields/send-options';
import { languageSchema, messageTemplate, templateSchema } from '../../fields/template';
import { defineOperation } from '../../operation';
import { policyOf } from '../../policy';
import { verifyWith, verifyWithSchema } from '../../provider-verification';
import { approvedTemplate } from '../../sending/approved-languages';
import { sendIssuedCode } from '../../sending/send-code';
import { untilDelivered } from '../../sending/wait-for-delivery';

export const resend = defineOperation({
	resource: 'otp',
	value: 'resend',
	name: 'Resend',
	action: 'Resend code',
	description:
		'Send a new code for the same verification. It replaces the old code. ' +
		'The attempt count, the deadline and the metadata stay.',
	outputs: ['Not Sent', 'Sent'],
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
		const { connect, parameters, provider, runKey, itemIndex } = context;
		const { verificationId, options } = parameters;
		const engine = await context.engine();
		// Reads the credential before a verification begins.
		const target = await connect();
		const request = {
			recipient: { verificationId },
			namespace: options.namespace,
			purpose: options.purpose,
			...policyOf(options),
		};
		const isTest = await engine.isForTestNumber(request);
		const approved = isTest ? {} : await approvedTemplate(target, parameters.template, parameters.language);
		const issued = await engine.begin({
			...request,
			provider: provider.id,
			...approved,
			idempotencyKey: options.idempotencyKey ?? `${runKey()} ${itemIndex}`,
			message: { template: parameters.template, language: parameters.language },
		});
		const { ownVerification } = provider;
		const template = { name: parameters.template, language: parameters.language };
		if (parameters.verifyWith === 'node' || ownVerification === undefined) {
			return untilDelivered(context, await sendIssuedCode(context, issued, template, {}));
		}
		// The provider resends with a code that it does not return. So it must check the code, too.
		const resent = await sendIssuedCode(context, issued, template, {}, ({ connection }, message) =>
			ownVerification.resend(connection, message),
		);
		return untilDelivered(context, resent);
	},
});
