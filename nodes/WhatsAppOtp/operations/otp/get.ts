import { z } from 'zod';

import { verificationAnswer } from '../../answers';
import { defineOperation } from '../../operation';
import { namespaceOptions, namespaceSchema, verificationId, verificationIdSchema } from '../../properties/verification';
import { VerificationNotFoundError } from '../../../../verification';

export const get = defineOperation({
	resource: 'otp',
	value: 'get',
	name: 'Get',
	action: 'Get a verification',
	description: 'Look up the state of a verification and of its messages',
	outputs: ['main'],
	callsProvider: false,
	properties: [verificationId, namespaceOptions],
	parameters: z.object({ verificationId: verificationIdSchema, options: namespaceSchema }),
	async execute({ engine, parameters: { verificationId, options } }) {
		const verification = await engine().get({ verificationId, namespace: options.namespace });
		if (verification === undefined) throw new VerificationNotFoundError();
		return { output: 'main', items: [verificationAnswer(verification)] };
	},
});
