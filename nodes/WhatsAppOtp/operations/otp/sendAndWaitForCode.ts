import { NodeOperationError } from 'n8n-workflow';
import { z } from 'zod';
import { postedSchema, to } from '../../fields/otp';
import { waitOptions, waitOptionsSchema } from '../../fields/send-options';
import { languageSchema, messageTemplate, templateSchema } from '../../fields/template';
import { defineOperation, type OperationContext } from '../../operation';
import { sendFirstCode } from '../../sending/send-first-code';
import { addressNotice, pageProperty, waitPageSchema } from '../../waiting/page';
import { canAnswerByVerified, startWait } from '../../waiting/start';

export const sendAndWaitForCode = defineOperation({
	resource: 'otp',
	value: 'sendAndWaitForCode',
	name: 'Send and Wait for Code',
	action: 'Send and wait for code',
	description:
		'Send a code, and wait until the person enters it on a page. ' +
		'The page is at $execution.resumeUrl, so an earlier node must give this address to the person.',
	// The end of the wait and a disabled node leave by the first output.
	outputs: ['Not Verified', 'Verified'],
	notForAgents: "It waits for a person on a page. Choose 'Send' and 'Verify' for the agent's tools.",
	callsProvider: true,
	properties: [addressNotice, to, ...messageTemplate, pageProperty, waitOptions],
	parameters: z.object({
		to: postedSchema,
		template: templateSchema,
		language: languageSchema,
		page: waitPageSchema,
		options: waitOptionsSchema,
	}),
	async execute(context) {
		expectToWait(context);
		const { page, options, ...message } = context.parameters;
		const sent = await sendFirstCode(context, { ...message, options });
		const items = sent.items.map((item) => ({ ...item, verified: false }));
		if (sent.output === 'Sent') await startWait(context, sent.items[0], { ...message, page, options });
		return { output: 'Not Verified', items };
	},
});

/** @throws NodeOperationError before anything is sent */
function expectToWait({ host, itemIndex }: OperationContext<unknown>): void {
	if (!canAnswerByVerified()) {
		throw new NodeOperationError(host.getNode(), "'Send and Wait for Code' needs n8n 2.39 or later", {
			itemIndex,
			description: "Update n8n, or use the operations 'Send' and 'Verify'. No code was sent.",
		});
	}
	const { length } = host.getInputData();
	if (length > 1) {
		throw new NodeOperationError(host.getNode(), `'Send and Wait for Code' takes one item, but it got ${length}`, {
			itemIndex,
			description: 'An execution has one page. Put Loop Over Items before this node, or run it once per person.',
		});
	}
}
