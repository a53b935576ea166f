import { z } from 'zod';
import { VerificationNotFoundError } from '../../../../verification';
import { namespaceOptions, namespaceSchema } from '../../fields/options';
import { verificationId, verificationIdSchema } from '../../fields/otp';
import { defineOperation } from '../../operation';
import { verificationOutput } from '../../outputs';

export const cancel = defineOperation({
	resource: 'otp',
	value: 'cancel',
	name: 'Cancel',
	action: 'Cancel verification',
	description: 'End a pending verification, so that its code can no longer be used',
	outputs: ['main'],
	callsProvider: false,
	properties: [verificationId, namespaceOptions],
	parameters: z.object({ verificationId: verificationIdSchema, options: namespaceSchema }),
	async execute({ engine: open, parameters: { verificationId, options } }) {
		const engine = await open();
		const verification = await engine.cancel({ verificationId, namespace: options.namespace });
		if (verification === undefined) throw new VerificationNotFoundError();
		return { output: 'main', items: [verificationOutput(verification)] };
	},
});
