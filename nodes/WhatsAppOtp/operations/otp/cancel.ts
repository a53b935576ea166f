import { z } from 'zod';
import { VerificationNotFoundError } from '../../../../verification';
import { verificationAnswer } from '../../outputs';
import { defineOperation } from '../../operation';
import { namespaceOptions, namespaceSchema, verificationId, verificationIdSchema } from '../../fields/otp';

export const cancel = defineOperation({
	resource: 'otp',
	value: 'cancel',
	name: 'Cancel',
	action: 'Cancel a verification',
	description: 'End a pending verification, so that its code stops working',
	outputs: ['main'],
	callsProvider: false,
	properties: [verificationId, namespaceOptions],
	parameters: z.object({ verificationId: verificationIdSchema, options: namespaceSchema }),
	async execute({ engine: open, parameters: { verificationId, options } }) {
		const engine = await open();
		const verification = await engine.cancel({ verificationId, namespace: options.namespace });
		if (verification === undefined) throw new VerificationNotFoundError();
		return { output: 'main', items: [verificationAnswer(verification)] };
	},
});
