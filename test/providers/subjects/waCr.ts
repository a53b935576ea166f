import { accounts } from '../../../sandbox/accounts';
import { anyString } from '../../support/matchers';
import { errorOf, forbidden, gatewayAnswers, limited, messageOf, sent, stopped, undeliverable } from './odd-answers';
import {
	accountNamed,
	credentialMistake,
	noServer,
	unknownTemplate,
	type ErrorCodes,
	type OddAnswer,
	type SentCode,
	type Subject,
} from './subject';

const { apiToken, readOnlyToken, sendOnlyToken } = accounts.waCr;
const authorization = `Bearer ${apiToken}`;

/** The body of a send (docs/reference/providers.md 5.1). */
function body({ to, code, template = 'verification_code', language = 'en_US', minutes = 5 }: SentCode): object {
	return {
		phone: to,
		template_name: template,
		language,
		code,
		expiry_minutes: minutes,
		purpose: 'authentication',
	};
}

/** The error codes of docs/reference/providers.md 5.2. */
const errorCodes: ErrorCodes = {
	recipient: ['CONTACT_OPTED_OUT'],
	throttle: ['RATE_LIMIT_EXCEEDED'],
	transient: ['MESSAGE_SEND_FAILED'],
	uncertain: ['INTERNAL_ERROR'],
	template: ['RESOURCE_NOT_FOUND'],
	credential: ['UNAUTHORIZED', 'INSUFFICIENT_SCOPE'],
	account: ['FEATURE_LIMIT_EXCEEDED', 'FEATURE_NOT_AVAILABLE', 'WHATSAPP_NOT_CONFIGURED'],
	permanent: ['NOT_FOUND', 'VALIDATION_ERROR'],
};

/** docs/reference/providers.md 5.1, 5.2. WA.cr does not publish the shape of its answers. */
const oddAnswers: readonly OddAnswer[] = [
	forbidden,
	sent('fields at the top level', 200, { message_id: 'wamid.z', status: 'queued' }, messageOf('wamid.z', 'queued')),
	sent('a message ID that is a number', 200, { success: true, data: { message_id: 77 } }, messageOf('77', 'sent')),
	undeliverable(
		'an error code beside the message',
		422,
		{ message: 'No', error_code: 'CONTACT_OPTED_OUT' },
		errorOf('CONTACT_OPTED_OUT', 'recipient'),
	),
	undeliverable(
		"Laravel's list with the number",
		422,
		{ message: 'Invalid', errors: { phone: ['Too short'] } },
		errorOf(422, 'recipient'),
	),
	stopped(
		"Laravel's list with the template",
		422,
		{ errors: { template_name: ['Unknown'] } },
		'rejected this template',
	),
	stopped(
		'an error code at the top level',
		403,
		{ code: 'FEATURE_NOT_AVAILABLE' },
		'does not include WhatsApp templates',
	),
	stopped(
		"Meta's refusal as a sentence",
		500,
		{ success: false, error: { code: 'MESSAGE_SEND_FAILED', message: '(#131030) Not in allowed list' } },
		"Meta's test number",
	),
	undeliverable(
		"Meta's error code in place of WA.cr's",
		422,
		{ success: false, error: { code: 131026, message: 'No' } },
		errorOf('131026', 'recipient'),
	),
	stopped('a refusal with 200', 200, { status: 'error', message: 'No' }, 'WA.cr rejected the request'),
	limited(
		'seconds to wait',
		429,
		{ message: 'Too many', retry_after: 45 },
		{ ...errorOf(429, 'throttle'), retryAfterSeconds: 45 },
	),
	limited(
		'a rate limit with 200',
		200,
		{ success: false, error: { code: 'RATE_LIMIT_EXCEEDED' } },
		errorOf('RATE_LIMIT_EXCEEDED', 'throttle'),
	),
];

/** docs/reference/providers.md 5 */
export const waCr: Subject = {
	name: 'WA.cr',
	id: 'waCr',
	provider: 'waCr',
	credential: 'whatsAppOtpWaCrApi',
	account: accountNamed('WA.cr account'),
	headers: async () => ({ Authorization: authorization }),
	secrets: [apiToken],
	authentication: [
		{ what: 'the API token', header: { name: 'authorization', value: authorization } },
		{
			what: 'a pasted API token',
			fields: { apiToken: `Bearer ${apiToken}\n` },
			header: { name: 'authorization', value: authorization },
		},
	],
	credentialTest: {
		accepted: [{ what: 'a pasted token', fields: { apiToken: ` "Bearer ${apiToken}"\n` } }],
		refused: [
			{ what: 'another token', fields: { apiToken: 'wrong' }, message: 'WA.cr does not accept the API token' },
			{
				what: 'a token without the scope',
				fields: { apiToken: sendOnlyToken },
				message: 'templates:read',
			},
			{
				what: 'another address of the server',
				fields: (url) => ({ baseUrl: `${url}/wa-cr/api/v1` }),
				message: "Check 'Base URL'",
			},
			noServer('ECONNREFUSED'),
		],
	},
	sendPath: '/wa-cr/api/v2/auth/send-otp',
	pathOfApi: '/auth/send-otp',
	body,
	receipt: { id: /^wamid\./, status: 'sent', tellsWaId: false },
	errorCodes,
	typicalErrorCodes: {
		recipient: 'CONTACT_OPTED_OUT',
		throttle: 'RATE_LIMIT_EXCEEDED',
		transient: 'MESSAGE_SEND_FAILED',
	},
	advice: {
		template: ['RESOURCE_NOT_FOUND', "'Template' and 'Language'"],
		credential: ['UNAUTHORIZED', "'API Token' in the credential"],
		account: ['FEATURE_LIMIT_EXCEEDED', 'a larger plan'],
		permanent: ['VALIDATION_ERROR', 'the fields of this node'],
	},
	mistakes: [
		credentialMistake(
			'another token',
			{ apiToken: 'wrong-token' },
			'WA.cr does not accept the API token',
			"'API Token'",
		),
		credentialMistake(
			'a token without the scope',
			{ apiToken: readOnlyToken },
			'The API token lacks a scope',
			'messages:send',
		),
		unknownTemplate('WA.cr has no approved authentication template'),
	],
	oddAnswers: [...gatewayAnswers, ...oddAnswers],
	// docs/reference/providers.md 5.3
	templates: {
		operations: ['get', 'getAll'],
		pageSize: 100,
		onlyTexts: { template_name: anyString, body_params_count: 1 },
	},
};
