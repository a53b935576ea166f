import { randomBytes } from 'node:crypto';
import type { MetaAccount } from '../../accounts';
import type { StatusChange } from '../../status-schedule';
import type { Template } from '../../templates';
import { metaWebhookError } from './errors';

const day = 24 * 3600;
const seconds = (at: number) => Math.floor(at / 1000);

/** Looks like Meta's: base64 of a length-prefixed recipient and a random hex id (docs/reference/providers.md 1.6). */
export function newWamid(to: string): string {
	const id = randomBytes(9).toString('hex').toUpperCase();
	const bytes = [0x1c, 0x18, to.length, ...Buffer.from(to), 0x15, 0x02, 0x00, 0x11, 0x18, id.length];
	return `wamid.${Buffer.from([...bytes, ...Buffer.from(id), 0]).toString('base64')}`;
}

const strangeFields = {
	recipient_type: 'individual',
	recipient_user_id: 'US.13491208655302741918',
	orbit: { planet: 'Mars', turns: 3 },
};

/** One element of `statuses[]` (docs/reference/providers.md 1.10). */
function statusOf({ message, status, at }: StatusChange, unknownFields: boolean): unknown {
	const timestamp = seconds(at);
	const isPriced = status === 'sent' || status === 'delivered';
	return {
		id: message.id,
		status,
		timestamp: String(timestamp),
		recipient_id: message.to,
		...(status === 'sent' && {
			conversation: {
				id: randomBytes(16).toString('hex'),
				expiration_timestamp: String(timestamp + day),
				origin: { type: 'authentication' },
			},
		}),
		...(isPriced && {
			pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication' },
		}),
		...(status === 'failed' &&
			message.error && { errors: [metaWebhookError(message.error.code, message.error.details)] }),
		...(message.callbackData !== undefined && { biz_opaque_callback_data: message.callbackData }),
		...(unknownFields && strangeFields),
	};
}

/** The body of a status webhook (docs/reference/providers.md 1.10). */
export function metaStatusEvent(account: MetaAccount, changes: StatusChange[], unknownFields: boolean): unknown {
	const value = {
		messaging_product: 'whatsapp',
		metadata: { display_phone_number: account.displayPhoneNumber, phone_number_id: account.phoneNumberId },
		...(unknownFields && {
			contacts: changes.map(({ message }) => ({ wa_id: message.to, user_id: 'US.13491208655302741918' })),
		}),
		statuses: changes.map((change) => statusOf(change, unknownFields)),
	};
	return {
		object: 'whatsapp_business_account',
		entry: [{ id: account.businessAccountId, changes: [{ value, field: 'messages' }] }],
	};
}

/** The body of a template status webhook (docs/reference/providers.md 1.11): id a number, language with a hyphen. */
export function metaTemplateEvent(account: MetaAccount, template: Template): unknown {
	const value = {
		event: template.status,
		message_template_id: Number(template.id),
		message_template_name: template.name,
		message_template_language: template.language.replace('_', '-'),
		reason: template.rejectedReason,
		message_template_category: template.category,
	};
	return {
		object: 'whatsapp_business_account',
		entry: [
			{
				id: account.businessAccountId,
				time: seconds(template.modifiedAt),
				changes: [{ value, field: 'message_template_status_update' }],
			},
		],
	};
}
