import { z } from 'zod';
import type { CodeMessage, Receipt } from '../provider';

/**
 * The body of a send: components inside the template, the code twice, the button always `url` at index "0",
 * whatever the OTP type (docs/reference/providers.md 1.6, and 6 for what other documents say).
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

const sent = z.object({
	contacts: z
		.array(z.object({ wa_id: z.string().optional() }))
		.optional()
		.catch(undefined),
	messages: z.array(z.object({ id: z.string().min(1), message_status: z.string().optional().catch(undefined) })).min(1),
});

/** @returns undefined where the answer is no receipt, whatever its status */
export function readReceipt(body: unknown): Receipt | undefined {
	const answer = sent.safeParse(body);
	const message = answer.data?.messages[0];
	if (message === undefined) return undefined;
	const waId = answer.data?.contacts?.[0]?.wa_id;
	return {
		messageId: message.id,
		status: message.message_status ?? 'accepted',
		...(waId === undefined ? {} : { waId }),
	};
}
