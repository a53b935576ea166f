import { at, notNow, statusEvent, undeliverable, undeliverableError } from './expected-events';
import type { WebhookPayload } from './subject';

const number = { display_phone_number: '15550001234', phone_number_id: '27681414235104944' };

const event = (messageId: string, status: string, more: object = {}) =>
	statusEvent(messageId, status, { senderId: number.phone_number_id, ...more, givesBackCallbackData: true });

const entry = (...changes: object[]) => ({
	object: 'whatsapp_business_account',
	entry: [{ id: '215589313241560883', time: 1761560000, changes }],
});
const messages = (value: object) => ({
	field: 'messages',
	value: { messaging_product: 'whatsapp', metadata: number, ...value },
});
const statuses = (...list: unknown[]) => messages({ statuses: list });

const sent = {
	id: 'wamid.HBgLNDkxNTExMjM0NTY3FQIAERgSRjM5NUZBQTEwMjAzMDQwNTA2AA==',
	status: 'sent',
	timestamp: '1761560001',
	recipient_id: '4915112345678',
	conversation: { id: '0f1e2d3c', expiration_timestamp: 1761646401, origin: { type: 'authentication' } },
	pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication-international' },
	biz_opaque_callback_data: 'send-7',
	recipient_identity_key_hash: 'aGFzaA==',
};
const sentEvent = event(sent.id, 'sent', {
	occurredAt: at(1761560001),
	recipient: '4915112345678',
	callbackData: 'send-7',
});
const hidden = { ...sent, recipient_id: undefined };
const hiddenEvent = { ...sentEvent, recipient: undefined };
const template = (field: string, value: object) => ({
	field,
	value: {
		message_template_id: 1689556908129832,
		message_template_name: 'sign_in_code',
		message_template_language: 'pt-BR',
		...value,
	},
});
const templateEvent = (change: string, more: object) => ({
	kind: 'template',
	change,
	occurredAt: at(1761560000),
	template: {
		id: '1689556908129832',
		name: 'sign_in_code',
		language: 'pt_BR',
		status: null,
		category: null,
		reason: null,
		details: null,
		...more,
	},
});

/** Of the Cloud API, also through 360dialog. */
export const metaPayloads: readonly WebhookPayload[] = [
	{ what: 'a message that was sent', body: entry(statuses(sent)), events: [sentEvent] },
	{
		what: 'several entries, changes and statuses',
		body: {
			object: 'whatsapp_business_account',
			entry: [
				...entry(statuses(sent, { ...sent, status: 'delivered' }), statuses({ ...sent, id: 'b', status: 'read' }))
					.entry,
				...entry(statuses({ ...sent, id: 'c' })).entry,
			],
		},
		events: [
			sentEvent,
			{ ...sentEvent, status: 'delivered' },
			{ ...sentEvent, messageId: 'b', status: 'read' },
			{ ...sentEvent, messageId: 'c' },
		],
	},
	{
		what: 'a failure with all fields',
		body: entry(
			statuses({
				id: 'a',
				status: 'failed',
				timestamp: '1761560002',
				recipient_id: '4915112345678',
				errors: [undeliverableError],
			}),
		),
		events: [
			event('a', 'failed', {
				occurredAt: at(1761560002),
				recipient: '4915112345678',
				error: undeliverable,
			}),
		],
	},
	{
		what: 'a failure with only code and title',
		body: entry(
			statuses({ id: 'a', status: 'failed', timestamp: '1761560002', errors: [{ code: 131049, title: 'Held back' }] }),
		),
		events: [
			event('a', 'failed', {
				occurredAt: at(1761560002),
				error: { code: 131049, title: 'Held back', class: 'recipient', hint: notNow },
			}),
		],
	},
	{
		what: 'a time as a number, a phone number with spaces, and unknown statuses',
		body: entry(
			messages({
				metadata: { ...number, display_phone_number: '+250 788 123 200' },
				statuses: [
					{ ...sent, timestamp: 1761560001, type: 'message' },
					{ ...sent, status: 'in_orbit' },
					{ ...sent, status: 'played' },
					{ ...sent, status: 'deleted' },
					{ ...sent, status: 'warning' },
				],
			}),
		),
		events: [sentEvent],
	},
	{
		what: 'fields that are new in 2026',
		body: entry(
			messages({
				contacts: [{ wa_id: '4915112345678', user_id: 'DE.1', parent_user_id: 'DE.ENT.2' }],
				statuses: [{ ...sent, recipient_user_id: 'DE.1', recipient_type: 'individual', template_id: 17 }],
			}),
		),
		events: [{ ...sentEvent, recipientUserId: 'DE.1', recipientParentUserId: 'DE.ENT.2' }],
	},
	{
		what: 'a person who hides the number',
		body: entry(
			messages({
				contacts: [
					{ user_id: 'DE.2', profile: { username: 'kim' } },
					{ user_id: 'DE.1', profile: { username: 'sam' } },
				],
				statuses: [{ ...hidden, recipient_user_id: 'DE.1', recipient_parent_user_id: 'DE.ENT.1' }],
			}),
		),
		events: [
			{
				...hiddenEvent,
				recipientUserId: 'DE.1',
				recipientParentUserId: 'DE.ENT.1',
				recipientUsername: 'sam',
			},
		],
	},
	{
		what: 'a user ID in place of the number, which is not taken for one',
		body: entry(
			statuses(
				{ ...hidden, recipient_id: 'DE.13491208655302741918' },
				{ ...hidden, recipient_id: 'DE.ENT.9q8w' },
				{ ...hidden, recipient_id: 'sam' },
				{ ...hidden, recipient_id: '120363041234567890@g.us' },
			),
		),
		events: [
			{ ...hiddenEvent, recipientUserId: 'DE.13491208655302741918' },
			{ ...hiddenEvent, recipientParentUserId: 'DE.ENT.9q8w' },
			hiddenEvent,
			hiddenEvent,
		],
	},
	{
		what: 'a number with a plus and spaces, or as a JSON number',
		body: entry(statuses({ ...sent, recipient_id: '+49 151 12345678' }, { ...sent, recipient_id: 4915112345678 })),
		events: [sentEvent, sentEvent],
	},
	{
		what: 'a payment, a call and something new, which have statuses, too',
		body: entry(
			statuses(
				{ ...sent, status: 'failed', type: 'payment', payment: { reference_id: 'r1' } },
				{ ...sent, type: 'call' },
				{ ...sent, type: 'something_new' },
				{ ...sent, type: 'message' },
				{ ...sent, type: null },
			),
		),
		events: [sentEvent, sentEvent],
	},
	{
		what: 'an error without a message',
		body: entry(messages({ errors: [{ code: 130429, title: 'Rate limit hit' }] })),
		events: [],
	},
	{
		what: 'a message from a person',
		body: entry(
			messages({ messages: [{ from: '4915112345678', id: 'wamid.in', type: 'text', text: { body: '😀' } }] }),
		),
		events: [],
	},
	{ what: 'other fields', body: entry({ field: 'account_update', value: { event: 'DISABLED_UPDATE' } }), events: [] },
	{
		what: 'a template that was approved',
		body: entry(
			template('message_template_status_update', {
				event: 'APPROVED',
				reason: 'NONE',
				message_template_category: 'AUTHENTICATION',
			}),
		),
		events: [templateEvent('status', { status: 'APPROVED', category: 'AUTHENTICATION' })],
	},
	{
		what: 'a template that was rejected, with the reason',
		body: entry(
			template('message_template_status_update', {
				event: 'REJECTED',
				reason: 'INVALID_FORMAT',
				message_template_category: 'MARKETING',
				rejection_info: { reason: 'Parameters touch.', recommendation: 'Put words between them.' },
			}),
		),
		events: [
			templateEvent('status', {
				status: 'REJECTED',
				category: 'MARKETING',
				reason: 'INVALID_FORMAT',
				details: 'Parameters touch. Put words between them.',
			}),
		],
	},
	{
		what: 'a template that was paused, with the number of pauses',
		body: entry(
			template('message_template_status_update', {
				event: 'PAUSED',
				reason: null,
				message_template_language: 'en_US',
				other_info: { title: 'FIRST_PAUSE', description: 'It is paused for three hours.' },
			}),
		),
		events: [
			{
				...templateEvent('status', {}),
				template: {
					id: '1689556908129832',
					name: 'sign_in_code',
					language: 'en_US',
					category: null,
					status: 'PAUSED',
					reason: 'FIRST_PAUSE',
					details: 'It is paused for three hours.',
				},
			},
		],
	},
	...['ARCHIVED', 'UNARCHIVED', 'SOMETHING_NEW'].map((word) => ({
		what: `a template with the status ${word}`,
		body: entry(template('message_template_status_update', { event: word, reason: null })),
		events: [templateEvent('status', { status: word })],
	})),
	{
		what: 'a change of a template without a time',
		body: {
			entry: [
				{ id: '1', changes: [template('message_template_status_update', { event: 'APPROVED', reason: 'NONE' })] },
			],
		},
		events: [{ ...templateEvent('status', { status: 'APPROVED' }), occurredAt: undefined }],
	},
	{
		what: "a change of a template's quality",
		body: entry(
			template('message_template_quality_update', { previous_quality_score: 'GREEN', new_quality_score: 'YELLOW' }),
		),
		events: [templateEvent('quality', { quality: 'YELLOW', previousQuality: 'GREEN' })],
	},
	{
		what: 'an announced category, where `new_category` is the present one',
		body: entry(
			template('template_category_update', {
				new_category: 'UTILITY',
				correct_category: 'MARKETING',
				category_update_timestamp: 1761646400,
			}),
		),
		events: [
			templateEvent('category', {
				category: 'UTILITY',
				previousCategory: null,
				comingCategory: 'MARKETING',
				comingAt: '2025-10-28T10:13:20.000Z',
			}),
		],
	},
	{
		what: 'a category that has changed',
		body: entry(template('template_category_update', { previous_category: 'UTILITY', new_category: 'MARKETING' })),
		events: [
			templateEvent('category', {
				category: 'MARKETING',
				previousCategory: 'UTILITY',
				comingCategory: null,
				comingAt: null,
			}),
		],
	},
];
