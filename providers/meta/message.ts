import { z } from 'zod';
import type { CodeMessage, Receipt } from '../provider';
import { phoneDigitsOf } from '../webhook';

/**
 * The body of a send (docs/reference/providers.md 1.6): the components are inside the template, the code appears twice,
 * and the button is `url` with the index "0" for every OTP type. Other documents differ
 * in details (docs/reference/providers.md 6).
 */
export function messageBody({ to, code, template, callbackData }: CodeMessage) {
	const parameters = [{ type: 'text', text: code }];
	return {
		messaging_product: 'whatsapp',
		recipient_type: 'individual',
		to,
		type: 'template',
		template: {
			name: template.name,
			language: { policy: 'deterministic', code: template.language },
			components: [
				{ type: 'body', parameters },
				{ type: 'button', sub_type: 'url', index: '0', parameters },
			],
		},
		biz_opaque_callback_data: callbackData,
	};
}

const answer = z.object({
	contacts: z
		.array(z.object({ wa_id: z.unknown().transform(phoneDigitsOf) }))
		.optional()
		.catch(undefined),
	messages: z.array(z.object({ id: z.string().min(1), message_status: z.string().optional().catch(undefined) })).min(1),
});

/** Accepted, but not sent yet (docs/reference/providers.md 1.6). */
const notes = new Map([
	[
		'held_for_quality_assessment',
		'Meta holds the message back while it checks the quality of the template. It may come late or not at all',
	],
	['paused', 'Meta has paused the sending of this template. The message may come late or not at all'],
]);

/** @returns undefined if the body names no message */
export function readReceipt(body: unknown): Receipt | undefined {
	const { messages, contacts } = answer.safeParse(body).data ?? {};
	const message = messages?.[0];
	if (message === undefined) return undefined;
	const { id: messageId, message_status: status = 'accepted' } = message;
	return { messageId, status, waId: contacts?.[0]?.wa_id, note: notes.get(status) };
}
