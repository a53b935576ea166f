import { accounts } from '../../../sandbox/accounts';
import { at, statusEvent, undeliverable, undeliverableError } from './expected-events';
import { components } from './meta';
import {
	errorOf,
	gatewayAnswers,
	limited,
	messageOf,
	sent,
	stopped,
	uncertain,
	undeliverable as notOnWhatsApp,
} from './odd-answers';
import {
	accountNamed,
	credentialMistake,
	emptyNamespace,
	noServer,
	otherNamespace,
	unknownTemplate,
	type ErrorCodes,
	type OddAnswer,
	type SentCode,
	type Subject,
	type WebhookPayload,
} from './subject';

const { channelId, namespace, token } = accounts.oneMsg;
const authorization = `Bearer ${token}`;

/** The body of a send (docs/reference/providers.md 4.2). */
function body({ to, code, template = 'verification_code', language = 'en_US' }: SentCode): object {
	return {
		phone: to.replace('+', ''),
		template,
		namespace,
		language: { policy: 'deterministic', code: language },
		params: components(code, '0'),
	};
}

/** The sandbox's names for the cases of docs/reference/providers.md 4.3, and error codes of Meta in 1MSG's words. */
const errorCodes: ErrorCodes = {
	recipient: [130403, 131026, 131049],
	throttle: ['too_many_requests', 130429, 131048, 131056],
	transient: [131016, 131057],
	uncertain: ['internal', 'upstream'],
	template: ['unprocessable', 132000, 132001, 132015],
	credential: ['wrong_token'],
	account: ['blocked', 131042],
	permanent: ['bad_request', 'not_sent', 131009],
};

/** docs/reference/providers.md 4.2, 4.3 */
const oddAnswers: readonly OddAnswer[] = [
	stopped('plain text', 403, 'The trial period of this channel is over.', '1MSG has blocked the channel'),
	sent('an ID that is a number', 200, { sent: true, id: 12 }, messageOf('12', 'accepted')),
	sent('a queued message', 200, { sent: false, jobId: 'job-7', message: 'Queued' }, { message: { status: 'pending' } }),
	stopped('sent: false', 200, { sent: false, message: 'Message was not sent' }, '1MSG did not send the message'),
	stopped(
		'sent: "true"',
		200,
		{ sent: 'true', id: 'wamid.x', error: '(#131009) Parameter' },
		'A parameter of the message',
	),
	notOnWhatsApp(
		'sent: false because of the number',
		200,
		{ sent: false, description: 'Not on WhatsApp' },
		errorOf('sent:false', 'recipient'),
	),
	limited(
		'sent: false because of a rate limit',
		200,
		{ sent: false, message: 'Rate limit reached' },
		errorOf('sent:false', 'throttle'),
	),
	notOnWhatsApp(
		"sent: false with Meta's error code",
		200,
		{ sent: false, message: '(#131026) No' },
		errorOf(131026, 'recipient'),
	),
	{
		...limited("Meta's pair rate", 200, { sent: false, message: '(#131056) No' }, errorOf(131056, 'throttle')),
		requests: 4,
	},
	uncertain('an error from WhatsApp', 200, { response: { error: 'timeout' } }, errorOf('response.error', 'transient')),
	...[131030, 131062, 999_999].map((code) => {
		const refusal = { message: `(#${code}) x`, type: 'OAuthException', code };
		const answer = { response: { error: refusal } };
		const what = `Meta's refusal ${code} passed on`;
		return code === 131062
			? notOnWhatsApp(what, 200, answer, errorOf(code, 'recipient'))
			: stopped(what, 200, answer, code === 131030 ? "Meta's test number" : 'answered with error code 999999');
	}),
	stopped("Meta's refusal with 500", 500, { error: { code: 999_999 } }, 'answered with error code 999999'),
	stopped(
		'a sentence that quotes the token',
		401,
		{ error: 'Wrong token "sandbox-1msg-token" for channel "1".' },
		'does not know this token',
	),
	stopped('422', 422, { error: 'localizable_params' }, 'The namespace is missing or wrong'),
];

const unexplained = {
	code: 'unknown',
	title: 'The provider gave no reason',
	class: 'permanent',
	hint: 'Use another channel for this person, such as SMS',
};

const payloads: readonly WebhookPayload[] = [
	{
		what: 'hooks',
		body: {
			instanceId: 'SBX1',
			hooks: [
				{
					id: 'gBGGabc',
					type: 'message',
					status: 'delivered',
					timestamp: '1761560001',
					recipient_id: '4915112345678',
					pricing: { billable: true, category: 'authentication', pricing_model: 'CBP' },
					conversation: { id: '0f1e', origin: { type: 'authentication' }, expiration_timestamp: 1761646401 },
				},
				{ id: 'gBGGdef', status: 'undelivered', timestamp: 1761560002, errors: [undeliverableError] },
			],
		},
		events: [
			statusEvent('gBGGabc', 'delivered', { occurredAt: at(1761560001), recipient: '4915112345678' }),
			statusEvent('gBGGdef', 'failed', {
				occurredAt: at(1761560002),
				error: undeliverable,
			}),
		],
	},
	{
		what: 'acknowledgements without time and reason',
		body: {
			ack: [
				{ id: 'a', chatId: '4915112345678@c.us', status: 'viewed' },
				{ id: 'b', chatId: '4915112345678@c.us', status: 'undelivered' },
				{ id: 'c', chatId: '4915112345678@c.us', status: 'pending' },
			],
		},
		events: [
			statusEvent('a', 'read', { occurredAt: 'now', recipient: '4915112345678' }),
			statusEvent('b', 'failed', { occurredAt: 'now', recipient: '4915112345678', error: unexplained }),
		],
	},
	// Public report: with `rawHooks` a channel posts Meta's own form, and failures of our codes were lost.
	{
		what: "Meta's own form, of a channel with raw hooks",
		body: {
			instanceId: 'SBX1',
			object: 'whatsapp_business_account',
			entry: [
				{
					id: '1',
					changes: [
						{
							field: 'messages',
							value: {
								metadata: { phone_number_id: '7' },
								statuses: [
									{ id: 'a', status: 'sent', timestamp: '1761560001', biz_opaque_callback_data: 'theirs' },
									{
										id: 'b',
										status: 'failed',
										timestamp: '1761560002',
										recipient_id: '4915112345678',
										errors: [undeliverableError],
									},
								],
							},
						},
						{ field: 'message_template_status_update', value: { event: 'APPROVED', message_template_name: 'x' } },
					],
				},
			],
		},
		events: [
			statusEvent('a', 'sent', { occurredAt: at(1761560001) }),
			statusEvent('b', 'failed', {
				occurredAt: at(1761560002),
				recipient: '4915112345678',
				error: undeliverable,
			}),
		],
	},
	{
		what: 'chats of every kind, of which only some are numbers',
		body: {
			ack: [
				{ id: 'a', chatId: '4915112345678', status: 'sent' },
				{ id: 'b', chatId: '4915112345678@s.whatsapp.net', status: 'sent' },
				{ id: 'c', chatId: 4915112345678, status: 'Sent' },
				{ id: 'd', chatId: '184467440737095@lid', status: 'sent' },
				{ id: 'e', chatId: 'DE.13491208655302741918@lid', status: 'sent' },
				{ id: 'f', chatId: 'sam.k@username', status: 'sent' },
				{ id: 'g', chatId: '120363041234567890@g.us', status: 'sent' },
				{ id: 'h', chatId: 'DE.13491208655302741918', status: 'sent' },
				{ id: 'i', chatId: 'status@broadcast', status: 'sent' },
				{ id: 'j', chatId: null, status: 'sent' },
			],
		},
		events: [
			statusEvent('a', 'sent', { occurredAt: 'now', recipient: '4915112345678' }),
			statusEvent('b', 'sent', { occurredAt: 'now', recipient: '4915112345678' }),
			statusEvent('c', 'sent', { occurredAt: 'now', recipient: '4915112345678' }),
			statusEvent('d', 'sent', { occurredAt: 'now' }),
			statusEvent('e', 'sent', { occurredAt: 'now', recipientUserId: 'DE.13491208655302741918' }),
			statusEvent('f', 'sent', { occurredAt: 'now', recipientUsername: 'sam.k' }),
			statusEvent('g', 'sent', { occurredAt: 'now' }),
			statusEvent('h', 'sent', { occurredAt: 'now', recipientUserId: 'DE.13491208655302741918' }),
			statusEvent('i', 'sent', { occurredAt: 'now' }),
			statusEvent('j', 'sent', { occurredAt: 'now' }),
		],
	},
	{
		what: 'a message from a person',
		body: { messages: [{ id: 'in', body: 'hello', chatId: '4915112345678@c.us' }] },
		events: [],
	},
];

const channelState = (code: string, message: string) => ({
	what: `a channel that is ${code}`,
	fault: { call: 'getAccount' as const, effect: { error: { code } } },
	message,
});

/** docs/reference/providers.md 4 */
export const oneMsg: Subject = {
	name: '1MSG',
	id: 'oneMsg',
	provider: 'oneMsg',
	credential: 'whatsAppOtp1MsgApi',
	account: accountNamed('1MSG account'),
	headers: async () => ({ Authorization: authorization }),
	secrets: [token],
	authentication: [
		{ what: 'the token in a header', header: { name: 'authorization', value: authorization } },
		{ what: 'the token in the query', fields: { tokenIn: 'query' }, query: { token } },
		{
			what: 'a pasted token and channel',
			fields: { token: `Bearer ${token}\n`, channelId: `instance${channelId} ` },
			header: { name: 'authorization', value: authorization },
		},
	],
	credentialTest: {
		accepted: [
			{ what: 'the token in the query', fields: { tokenIn: 'query' } },
			{
				what: 'a pasted token and channel',
				fields: { token: `Bearer ${token}\n`, channelId: `instance${channelId} ` },
			},
		],
		refused: [
			{
				what: 'another token',
				fields: { token: 'wrong' },
				message: '1MSG does not know this token for this channel',
			},
			{
				what: 'another token in the query',
				fields: { token: 'wrong', tokenIn: 'query' },
				message: '1MSG does not know this token for this channel',
			},
			{
				what: 'another channel',
				fields: { channelId: 'OTHER' },
				message: "Check 'Channel ID', 'Token' and 'Token In'",
			},
			noServer('ECONNREFUSED'),
		],
		faults: [
			channelState('connecting', 'still connecting'),
			channelState('disconnected', 'is disconnected'),
			channelState('uninitialized', 'not set up'),
			channelState('unregistered', 'not registered'),
			channelState('blocked', 'has blocked the channel'),
			channelState('internal', '1MSG does not know'),
			{
				what: 'a refusal of Meta',
				fault: { call: 'getAccount', effect: { answer: { status: 400, body: { error: { code: 133010 } } } } },
				message: 'not registered for the Cloud API',
			},
		],
	},
	sendPath: `/1msg/${channelId}/sendTemplate`,
	pathOfApi: `/${channelId}/status`,
	body,
	receipt: { id: /^wamid\./, status: 'accepted', tellsWaId: false },
	errorCodes,
	typicalErrorCodes: { recipient: 131026, throttle: 'too_many_requests', transient: 131016 },
	advice: {
		template: ['unprocessable', "'Namespace' in the credential"],
		credential: ['wrong_token', "'Channel ID', 'Token' and 'Token In' in the credential"],
		account: ['blocked', "the channel's trial or subscription"],
		permanent: ['bad_request', 'the fields of this node'],
	},
	mistakes: [
		credentialMistake(
			'another token',
			{ token: 'wrong-token' },
			'1MSG does not know this token',
			"'Channel ID', 'Token'",
		),
		credentialMistake(
			'another channel',
			{ channelId: 'SBX1' },
			'1MSG does not know this token for this channel',
			"'Channel ID'",
		),
		emptyNamespace,
		{ ...otherNamespace('The namespace is missing or wrong'), fix: "Check 'Namespace' in the credential" },
		unknownTemplate('There is no approved template with this name in this language'),
	],
	oddAnswers: [...gatewayAnswers, ...oddAnswers],
	// 1MSG does not publish an ID (docs/reference/providers.md 4.4).
	templates: {
		operations: ['create', 'delete', 'get', 'getAll'],
		takesLegacyAppFields: true,
		pageSize: 100,
		withoutId: true,
	},
	webhook: { secretIn: 'address', payloads },
};
