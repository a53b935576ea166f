import { z } from 'zod';
import { accounts } from '../../../sandbox/accounts';
import { callerOf } from '../../support/sandbox-callers';
import { at, notNow, statusEvent } from './expected-events';
import { components } from './meta';
import {
	errorOf,
	forbidden,
	gatewayAnswers,
	limited,
	messageOf,
	sent,
	stopped,
	undeliverable,
	unsent,
} from './odd-answers';
import {
	accountNamed,
	credentialMistake,
	emptyNamespace,
	noServer,
	otherNamespace,
	unknownTemplate,
	type Advice,
	type ErrorCodes,
	type OddAnswer,
	type SentCode,
	type Subject,
	type WebhookPayload,
} from './subject';

/** The body of a send (docs/reference/providers.md 2.3), with a number as the button's index. */
const bodyFor =
	(namespace: string) =>
	({ to, code, template = 'verification_code', language = 'en_US' }: SentCode): object => ({
		to: to.replace('+', ''),
		type: 'template',
		template: {
			namespace,
			name: template,
			language: { policy: 'deterministic', code: language },
			components: components(code, 0),
		},
	});

/** The error codes of docs/reference/providers.md 2.4, without 1006, after which the node looks the number up. */
const errorCodes: ErrorCodes = {
	recipient: [408, 410, 1002, 1007, 1013, 1021, 1026],
	throttle: [429, 471, 1015],
	transient: [1011, 1016],
	uncertain: [500, 1000, 1014, 1023, 1025],
	template: [2000, 2001, 2002, 2003, 2012],
	credential: [1005, 1024],
	account: [402, 430, 432, 433, 1022],
	permanent: [102, 400, 470, 472, 1001, 1004, 1008, 1009, 1010],
};

export const serverAdvice: Advice = {
	template: [2001, "Check 'Template' and 'Language', and 'Namespace' in the credential"],
	credential: [1024, 'in the credential'],
	account: [402, 'Business Manager'],
	permanent: [1009, "Check 'Template'"],
};

/** Wrong settings that every server finds. */
export const serverMistakes = [
	emptyNamespace,
	otherNamespace('The server has no approved template'),
	unknownTemplate('The server has no approved template with this name in this language'),
];

const errors = (...list: object[]) => ({ errors: list, meta: { version: 'v2.45.1', api_status: 'stable' } });

/** docs/reference/providers.md 2.3, 2.4 */
export const serverAnswers: readonly OddAnswer[] = [
	forbidden,
	sent(
		'a message with its contact',
		200,
		{ contacts: [{ wa_id: '525512345678' }], messages: [{ id: 'gBEGx' }] },
		messageOf('gBEGx', 'accepted', '525512345678'),
	),
	undeliverable(
		'errors with 200',
		200,
		errors({ code: 1026, title: 'Receiver Incapable' }),
		errorOf(1026, 'recipient'),
	),
	undeliverable(
		'errors beside a message',
		200,
		{ ...errors({ code: 1013 }), messages: [{ id: 'gBEGy' }] },
		errorOf(1013, 'recipient'),
	),
	unsent('an empty list of messages with 200', 200, { messages: [] }, errorOf(200, 'transient')),
	limited('429 with only a title', 429, { errors: [{ title: 'Too many requests' }] }, errorOf(429, 'throttle')),
	stopped(
		'403 with a title and an error code',
		403,
		{ errors: [{ title: 'Error Sending', code: 102 }] },
		'rejected the message',
	),
	stopped('an unknown error code', 400, errors({ code: 9999, title: 'New' }), 'rejected the request'),
];

/** Of a server of the On-Premises API, also of one that 360dialog hosts. */
export const serverPayloads: readonly WebhookPayload[] = [
	{
		what: 'a status at the top level, without a recipient',
		body: { statuses: [{ id: 'gBGGabc', status: 'sent', timestamp: '1761560001' }] },
		events: [statusEvent('gBGGabc', 'sent', { occurredAt: at(1761560001) })],
	},
	{
		what: 'a phone that cannot receive, with the number inside `message`',
		body: {
			statuses: [
				{
					id: 'gBGGabc',
					status: 'failed',
					timestamp: '1761560001',
					type: 'message',
					message: { recipient_id: '+4915112345678' },
					errors: [{ code: 1026, href: '/docs/whatsapp/api/errors', title: 'Receiver Incapable' }],
				},
			],
		},
		events: [
			statusEvent('gBGGabc', 'failed', {
				occurredAt: at(1761560001),
				recipient: '4915112345678',
				error: {
					code: 1026,
					title: 'Receiver Incapable',
					class: 'recipient',
					hint: 'Send this person a code by SMS or e-mail',
				},
			}),
		],
	},
	{
		what: "an error code of Meta, other statuses, and a person's message",
		body: {
			contacts: [{ wa_id: '4915112345678' }],
			messages: [{ id: 'in', from: '4915112345678' }],
			statuses: [
				{ id: 'a', status: 'deleted', timestamp: '1761560001' },
				{ id: 'b', status: 'warning', timestamp: '1761560001' },
				{ id: 'c', status: 'failed', timestamp: '1761560001', errors: [{ code: 131049 }] },
			],
		},
		events: [
			statusEvent('c', 'failed', {
				occurredAt: at(1761560001),
				error: { code: 131049, title: 'Meta decided not to deliver this message', class: 'recipient', hint: notNow },
			}),
		],
	},
];

/** What is the same for all servers of the On-Premises API. */
export const serverShape = (namespace: string) =>
	({
		body: bodyFor(namespace),
		receipt: { id: /^gBEG/, status: 'accepted', tellsWaId: false },
		errorCodes,
		typicalErrorCodes: { recipient: 1013, throttle: 1015, transient: 1011 },
	}) satisfies Partial<Subject>;

const { namespace, password, username } = accounts.onPremises;

const session = z.object({ users: z.tuple([z.object({ token: z.string() })]) });

/** Logs in (docs/reference/providers.md 2.1). */
async function sessionHeaders(url: string): Promise<Record<string, string>> {
	const basic = { Authorization: `Basic ${btoa(`${username}:${password}`)}` };
	const { data } = await callerOf(`${url}/on-premises`, basic).post('/v1/users/login', {});
	return { Authorization: `Bearer ${session.parse(data).users[0].token}` };
}

const health = (value: unknown) => ({
	call: 'getHealth' as const,
	effect: { answer: { status: 200, body: { health: value } } },
});

/** docs/reference/providers.md 2 */
export const onPremises: Subject = {
	...serverShape(namespace),
	name: 'On-Premises API',
	id: 'onPremises',
	provider: 'onPremises',
	credential: 'whatsAppOtpOnPremisesApi',
	account: accountNamed('On-Premises account'),
	headers: sessionHeaders,
	secrets: [password],
	authentication: [{ what: 'the token of the login', header: { name: 'authorization', value: /^Bearer eyJ/ } }],
	credentialTest: {
		refused: [
			{
				what: 'another password',
				fields: { password: 'wrong' },
				message: 'The server rejected the login (Access denied: Invalid credentials). Check',
			},
			noServer("127.0.0.1:9 refused the connection. Check 'Base URL'"),
		],
		faults: [
			{
				what: 'a server that is not registered with WhatsApp',
				fault: {
					call: 'getHealth',
					effect: { answer: { status: 200, body: { health: { gateway_status: 'unregistered' } } } },
				},
				message: "has the status 'unregistered'",
			},
			{
				what: 'several nodes that are all disconnected',
				fault: health({ 'a:1': { gateway_status: 'disconnected' }, 'b:2': { gateway_status: 'disconnected' } }),
				message: "has the status 'disconnected'",
			},
			{
				what: 'several nodes with several statuses',
				fault: health({ 'a:1': { gateway_status: 'disconnected' }, 'b:2': { gateway_status: 'uninitialized' } }),
				message: "has the statuses 'disconnected', 'uninitialized'",
			},
			{ what: 'a status as a bare text', fault: health('disconnected'), message: "has the status 'disconnected'" },
			{ what: 'a status that is new', fault: health({ gateway_status: 'asleep' }), message: "has the status 'asleep'" },
			{ what: 'no health', fault: health({}), message: 'did not tell its health' },
			{
				what: 'an HTML page',
				fault: { call: 'getHealth', effect: { answer: { status: 200, body: '<html>' } } },
				message: 'The provider gave an unexpected answer',
			},
		],
	},
	sendPath: '/on-premises/v1/messages',
	pathOfApi: '/v1/health',
	advice: serverAdvice,
	mistakes: [
		credentialMistake(
			'another password',
			{ password: 'Wrong-Password-1' },
			'The server rejected the login',
			"'Username' and 'Password'",
		),
		...serverMistakes,
	],
	oddAnswers: [...gatewayAnswers, ...serverAnswers],
	templates: { operations: [] },
	webhook: { secretIn: 'address', payloads: serverPayloads },
	logsIn: true,
};
