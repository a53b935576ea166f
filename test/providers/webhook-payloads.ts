/** A body as a provider posts it, in the shapes of docs/reference/providers.md but with values of our own, and what is news in it. */
export interface Payload {
	what: string;
	provider: 'dialog360' | 'metaCloud' | 'oneMsg' | 'onPremises';
	body: unknown;
	/** Without `raw`; nothing where the body holds no news. */
	news: object[];
}

const at = (seconds: number) => seconds * 1000;
const message = (messageId: string, status: string, more: object = {}) => ({
	...{ kind: 'status', messageId, status, givesBackCallbackData: true },
	...more,
});
/** Of a provider that gives nothing back. */
const bare = (...[messageId, status, more]: Parameters<typeof message>) =>
	message(messageId, status, { ...more, givesBackCallbackData: false });

const entry = (...changes: object[]) => ({
	object: 'whatsapp_business_account',
	entry: [{ id: '215589313241560883', time: 1761560000, changes }],
});
const number = { display_phone_number: '15550001234', phone_number_id: '27681414235104944' };
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
const sentNews = message(sent.id, 'sent', {
	...{ occurredAt: at(1761560001), recipient: '4915112345678', callbackData: 'send-7' },
});
const undeliverable = {
	code: 131026,
	title: 'Message undeliverable',
	message: 'Message undeliverable',
	error_data: { details: 'Message Undeliverable.' },
	href: '/documentation/business-messaging/whatsapp/support/error-codes',
};
const later = 'Use another channel for now; sending again at once does not help';

const template = (field: string, value: object) => ({
	field,
	value: {
		message_template_id: 1689556908129832,
		message_template_name: 'sign_in_code',
		message_template_language: 'pt-BR',
		...value,
	},
});
const templateNews = (change: string, more: object) => ({
	kind: 'template',
	change,
	occurredAt: at(1761560000),
	template: {
		...{ id: '1689556908129832', name: 'sign_in_code', language: 'pt_BR' },
		...{ status: null, category: null, reason: null, details: null, ...more },
	},
});

const meta: Array<Omit<Payload, 'provider'>> = [
	{ what: 'a message that was sent', body: entry(statuses(sent)), news: [sentNews] },
	{
		what: 'several entries, changes and statuses at once',
		body: {
			object: 'whatsapp_business_account',
			entry: [
				...entry(statuses(sent, { ...sent, status: 'delivered' }), statuses({ ...sent, id: 'b', status: 'read' }))
					.entry,
				...entry(statuses({ ...sent, id: 'c' })).entry,
			],
		},
		news: [
			sentNews,
			{ ...sentNews, status: 'delivered' },
			{ ...sentNews, messageId: 'b', status: 'read' },
			{ ...sentNews, messageId: 'c' },
		],
	},
	{
		what: 'a failure with every word about it',
		body: entry(
			statuses({
				id: 'a',
				status: 'failed',
				timestamp: '1761560002',
				recipient_id: '4915112345678',
				errors: [undeliverable],
			}),
		),
		news: [
			message('a', 'failed', {
				...{ occurredAt: at(1761560002), recipient: '4915112345678' },
				error: {
					...{ code: 131026, title: 'Message undeliverable', details: 'Message Undeliverable.', class: 'recipient' },
					hint: 'Send this person a code by SMS or e-mail',
				},
			}),
		],
	},
	{
		what: 'a failure with code and title alone',
		body: entry(
			statuses({ id: 'a', status: 'failed', timestamp: '1761560002', errors: [{ code: 131049, title: 'Held back' }] }),
		),
		news: [
			message('a', 'failed', {
				occurredAt: at(1761560002),
				error: { code: 131049, title: 'Held back', class: 'recipient', hint: later },
			}),
		],
	},
	{
		what: 'a time that is a number, a number with spaces, statuses that nobody knows',
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
		news: [sentNews],
	},
	{
		what: 'fields of 2026',
		body: entry(
			messages({
				contacts: [{ wa_id: '4915112345678', user_id: 'DE.1', parent_user_id: 'DE.2' }],
				statuses: [{ ...sent, recipient_user_id: 'DE.1', recipient_type: 'individual', template_id: 17 }],
			}),
		),
		news: [sentNews],
	},
	{
		what: 'an error without a message',
		body: entry(messages({ errors: [{ code: 130429, title: 'Rate limit hit' }] })),
		news: [],
	},
	{
		what: 'what somebody wrote',
		body: entry(
			messages({ messages: [{ from: '4915112345678', id: 'wamid.in', type: 'text', text: { body: '😀' } }] }),
		),
		news: [],
	},
	{ what: 'other fields', body: entry({ field: 'account_update', value: { event: 'DISABLED_UPDATE' } }), news: [] },
	{
		what: 'a template that was approved',
		body: entry(
			template('message_template_status_update', {
				...{ event: 'APPROVED', reason: 'NONE', message_template_category: 'AUTHENTICATION' },
			}),
		),
		news: [templateNews('status', { status: 'APPROVED', category: 'AUTHENTICATION' })],
	},
	{
		what: 'a template that was rejected, and why',
		body: entry(
			template('message_template_status_update', {
				...{ event: 'REJECTED', reason: 'INVALID_FORMAT', message_template_category: 'MARKETING' },
				rejection_info: { reason: 'Parameters touch.', recommendation: 'Put words between them.' },
			}),
		),
		news: [
			templateNews('status', {
				...{ status: 'REJECTED', category: 'MARKETING', reason: 'INVALID_FORMAT' },
				details: 'Parameters touch. Put words between them.',
			}),
		],
	},
	{
		what: 'a template that was paused, and how often before',
		body: entry(
			template('message_template_status_update', {
				...{ event: 'PAUSED', reason: null, message_template_language: 'en_US' },
				other_info: { title: 'FIRST_PAUSE', description: 'It is paused for three hours.' },
			}),
		),
		news: [
			{
				...templateNews('status', {}),
				template: {
					...{ id: '1689556908129832', name: 'sign_in_code', language: 'en_US', category: null },
					...{ status: 'PAUSED', reason: 'FIRST_PAUSE', details: 'It is paused for three hours.' },
				},
			},
		],
	},
	{
		what: "a template's quality",
		body: entry(
			template('message_template_quality_update', { previous_quality_score: 'GREEN', new_quality_score: 'YELLOW' }),
		),
		news: [templateNews('quality', { quality: 'YELLOW', previousQuality: 'GREEN' })],
	},
	{
		what: 'a category that is announced: the new one is the one it has',
		body: entry(
			template('template_category_update', {
				...{ new_category: 'UTILITY', correct_category: 'MARKETING', category_update_timestamp: 1761646400 },
			}),
		),
		news: [
			templateNews('category', {
				...{ category: 'UTILITY', previousCategory: null, comingCategory: 'MARKETING' },
				comingAt: '2025-10-28T10:13:20.000Z',
			}),
		],
	},
	{
		what: 'a category that has changed',
		body: entry(template('template_category_update', { previous_category: 'UTILITY', new_category: 'MARKETING' })),
		news: [
			templateNews('category', {
				...{ category: 'MARKETING', previousCategory: 'UTILITY', comingCategory: null, comingAt: null },
			}),
		],
	},
];

const server: Array<Omit<Payload, 'provider'>> = [
	{
		what: 'a status at the top level, without a recipient',
		body: { statuses: [{ id: 'gBGGabc', status: 'sent', timestamp: '1761560001' }] },
		news: [bare('gBGGabc', 'sent', { occurredAt: at(1761560001) })],
	},
	{
		what: 'a phone that can not receive, whose number stands inside',
		body: {
			statuses: [
				{
					...{ id: 'gBGGabc', status: 'failed', timestamp: '1761560001', type: 'message' },
					message: { recipient_id: '+4915112345678' },
					errors: [{ code: 1026, href: '/docs/whatsapp/api/errors', title: 'Receiver Incapable' }],
				},
			],
		},
		news: [
			bare('gBGGabc', 'failed', {
				...{ occurredAt: at(1761560001), recipient: '4915112345678' },
				error: {
					...{ code: 1026, title: 'Receiver Incapable', class: 'recipient' },
					hint: 'Send this person a code by SMS or e-mail',
				},
			}),
		],
	},
	{
		what: 'a code that Meta alone has, statuses that do not concern us, and what somebody wrote',
		body: {
			contacts: [{ wa_id: '4915112345678' }],
			messages: [{ id: 'in', from: '4915112345678' }],
			statuses: [
				{ id: 'a', status: 'deleted', timestamp: '1761560001' },
				{ id: 'b', status: 'warning', timestamp: '1761560001' },
				{ id: 'c', status: 'failed', timestamp: '1761560001', errors: [{ code: 131049 }] },
			],
		},
		news: [
			bare('c', 'failed', {
				occurredAt: at(1761560001),
				error: { code: 131049, title: 'Meta chose not to deliver this message', class: 'recipient', hint: later },
			}),
		],
	},
];

const unexplained = {
	...{ code: 'unknown', title: 'The provider gave no reason', class: 'permanent' },
	hint: 'Use another channel for this person, such as SMS',
};

const channel: Array<Omit<Payload, 'provider'>> = [
	{
		what: 'hooks',
		body: {
			instanceId: 'SBX1',
			hooks: [
				{
					...{ id: 'gBGGabc', type: 'message', status: 'delivered', timestamp: '1761560001' },
					recipient_id: '4915112345678',
					pricing: { billable: true, category: 'authentication', pricing_model: 'CBP' },
					conversation: { id: '0f1e', origin: { type: 'authentication' }, expiration_timestamp: 1761646401 },
				},
				{ id: 'gBGGdef', status: 'undelivered', timestamp: 1761560002, errors: [undeliverable] },
			],
		},
		news: [
			bare('gBGGabc', 'delivered', { occurredAt: at(1761560001), recipient: '4915112345678' }),
			bare('gBGGdef', 'failed', {
				occurredAt: at(1761560002),
				error: {
					...{ code: 131026, title: 'Message undeliverable', details: 'Message Undeliverable.', class: 'recipient' },
					hint: 'Send this person a code by SMS or e-mail',
				},
			}),
		],
	},
	{
		what: 'acknowledgements, which name neither time nor reason',
		body: {
			ack: [
				{ id: 'a', chatId: '4915112345678@c.us', status: 'viewed' },
				{ id: 'b', chatId: '4915112345678@c.us', status: 'undelivered' },
				{ id: 'c', chatId: '4915112345678@c.us', status: 'pending' },
			],
		},
		news: [
			bare('a', 'read', { occurredAt: 'now', recipient: '4915112345678' }),
			bare('b', 'failed', { occurredAt: 'now', recipient: '4915112345678', error: unexplained }),
		],
	},
	{
		what: 'what somebody wrote',
		body: { messages: [{ id: 'in', body: 'hello', chatId: '4915112345678@c.us' }] },
		news: [],
	},
];

const by = (provider: Payload['provider'], list: Array<Omit<Payload, 'provider'>>) =>
	list.map((payload): Payload => ({ provider, ...payload }));

export const payloads: Payload[] = [
	...by('metaCloud', meta),
	...by('dialog360', meta),
	...by('dialog360', server),
	...by('onPremises', server),
	...by('oneMsg', channel),
];
