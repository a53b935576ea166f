import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { limitsSchema, policySchema } from '../../../verification';
import { waitPageSchema } from './page';

const { maxSends, ...policy } = policySchema.shape;

/**
 * What the page needs while an execution waits, as it was when the code was sent. The number and the code are not in
 * it: the store has them.
 */
const keptSchema = z.object({
	provider: z.string(),
	verificationId: z.string(),
	template: z.string(),
	language: z.string(),
	page: waitPageSchema,
	messagesPerSecond: z.unknown(),
	options: z.object({
		...policy,
		namespace: z.string(),
		purpose: z.string(),
		limits: z.object({ maxSends, limits: limitsSchema }),
	}),
});

export type KeptWait = z.output<typeof keptSchema>;

const key = 'whatsAppOtpWait';

/** n8n saves the context of a node with the execution, so it survives a restart and reaches other processes. */
export function keepWait(host: IExecuteFunctions, wait: KeptWait): void {
	host.getContext('node')[key] = JSON.stringify(keptSchema.parse(wait));
}

/**
 * A webhook can read the context only by an expression.
 * @throws ZodError if the execution does not wait at this node
 */
export function readWait(host: IWebhookFunctions): KeptWait {
	const { name } = host.getNode();
	// A brace in the name would end the expression.
	const quoted = JSON.stringify(name).replace(/[{}]/g, (brace) => `\\u00${brace.charCodeAt(0).toString(16)}`);
	const text = z.string().parse(host.evaluateExpression(`{{ $node[${quoted}].context.${key} }}`));
	return keptSchema.parse(JSON.parse(text));
}
