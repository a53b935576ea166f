import { randomBytes } from 'node:crypto';
import type { Incoming } from '../../incoming';
import { omitUndefined } from '../../omit-undefined';
import type { Schedule, StatusChange } from '../../status-schedule';
import type { Template } from '../../templates';
import { metaWebhookError } from './error-codes';

/** The account's ids in Meta's webhooks (docs/reference/providers.md 1.10). */
export interface MetaAccount {
	businessAccountId: string;
	phoneNumberId: string;
	displayPhoneNumber: string;
}

/** What may differ from the documents. */
type Oddities = Pick<Schedule, 'unknownFields' | 'withoutNumber'>;

const day = 24 * 3600;
const seconds = (at: number) => Math.floor(at / 1000);

const userId = 'US.13491208655302741918';

/** Fields that Meta's documents do not have. */
const unknownFieldsOfStatus = {
	recipient_type: 'individual',
	recipient_user_id: userId,
	orbit: { planet: 'Mars', turns: 3 },
};

/** A status that is not of a message (docs/reference/providers.md 1.10). */
const paymentOf = ({ message, at }: StatusChange) => ({
	id: `${message.id.slice(0, -4)}AAA=`,
	status: 'failed',
	type: 'payment',
	from: message.to,
	timestamp: String(seconds(at)),
	payment: { reference_id: 'r1' },
});

/** One element of `statuses[]` (docs/reference/providers.md 1.10). */
function statusOf({ message, status, at }: StatusChange, { unknownFields, withoutNumber }: Oddities): unknown {
	const timestamp = seconds(at);
	const conversation = {
		id: randomBytes(16).toString('hex'),
		expiration_timestamp: String(timestamp + day),
		origin: { type: 'authentication' },
	};
	const pricing = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication' };
	const isPriced = status === 'sent' || status === 'delivered';
	return omitUndefined({
		id: message.id,
		status,
		timestamp: String(timestamp),
		recipient_id: withoutNumber ? undefined : message.to,
		recipient_user_id: withoutNumber ? userId : undefined,
		conversation: status === 'sent' ? conversation : undefined,
		pricing: isPriced ? pricing : undefined,
		errors: status === 'failed' && message.error ? [metaWebhookError(message.error)] : undefined,
		biz_opaque_callback_data: message.callbackData,
		...(unknownFields ? unknownFieldsOfStatus : {}),
	});
}

/** The body of a status webhook (docs/reference/providers.md 1.10). */
export function metaStatusEvent(account: MetaAccount, changes: StatusChange[], oddities: Oddities): object {
	const { unknownFields, withoutNumber } = oddities;
	const contacts = changes.map(({ message }) => ({
		...(withoutNumber ? { profile: { username: 'sam' } } : { wa_id: message.to }),
		user_id: userId,
	}));
	const payments = unknownFields ? changes.map(paymentOf) : [];
	const value = omitUndefined({
		messaging_product: 'whatsapp',
		metadata: { display_phone_number: account.displayPhoneNumber, phone_number_id: account.phoneNumberId },
		contacts: unknownFields || withoutNumber ? contacts : undefined,
		statuses: [...changes.map((change) => statusOf(change, oddities)), ...payments],
	});
	return {
		object: 'whatsapp_business_account',
		entry: [{ id: account.businessAccountId, changes: [{ value, field: 'messages' }] }],
	};
}

/** One element of `messages[]` (docs/reference/providers.md 1.13). */
function incomingOf({ displayPhoneNumber }: MetaAccount, { id, from, at, content }: Incoming): object {
	const sent = { from, id, timestamp: String(seconds(at)) };
	if ('text' in content) return { ...sent, type: 'text', text: { body: content.text } };
	return {
		context: { from: displayPhoneNumber, id: content.reported.id },
		...sent,
		type: 'button',
		button: { payload: 'DID_NOT_REQUEST_CODE', text: "I didn't request a code" },
	};
}

/** The body of a webhook about what a person sent (docs/reference/providers.md 1.13). */
export function metaIncomingEvent(account: MetaAccount, incoming: Incoming): object {
	const value = {
		messaging_product: 'whatsapp',
		metadata: { display_phone_number: account.displayPhoneNumber, phone_number_id: account.phoneNumberId },
		contacts: [{ profile: { name: 'Sam' }, wa_id: incoming.from }],
		messages: [incomingOf(account, incoming)],
	};
	return {
		object: 'whatsapp_business_account',
		entry: [{ id: account.businessAccountId, changes: [{ value, field: 'messages' }] }],
	};
}

/** The body of a template webhook (docs/reference/providers.md 1.11): the id is a number, the language has a hyphen. */
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
