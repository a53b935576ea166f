import { accounts } from '../../../sandbox/accounts';
import { graphAnswers, metaCloudShape } from './meta';
import { metaPayloads } from './meta-webhooks';
import { errorOf, gatewayAnswers, limited, stopped, uncertain, unsent } from './odd-answers';
import { serverAdvice, serverAnswers, serverMistakes, serverPayloads, serverShape } from './onPremises';
import {
	accountNamed,
	credentialMistake,
	noServer,
	unknownTemplate,
	type OddAnswer,
	type Subject,
	type WebhookSubject,
} from './subject';

const snakeCase = (developer_message: string) => ({ meta: { success: false, http_code: 400, developer_message } });
const camelCase = (httpCode: number, developerMessage: string) => ({
	meta: { httpCode, developerMessage, success: false },
});
const tooMany = 'You have exceeded the limit of 1 request every 2 seconds. Try again later.';

/** Answers of 360dialog's gateway (docs/reference/providers.md 3.6). */
const dialog360Answers: readonly OddAnswer[] = [
	stopped('401 with 404 inside', 401, camelCase(404, 'Invalid api_key or token expired'), 'does not know this API key'),
	stopped(
		'an address that it blocks',
		403,
		camelCase(403, 'This URL /x is blocked. More info: x'),
		'has blocked this address',
	),
	stopped('a channel that is disabled', 400, camelCase(400, 'This channel is disabled'), 'disabled at 360dialog'),
	limited('a rate limit with 400', 400, snakeCase(tooMany), errorOf(400, 'throttle')),
	limited(
		'a rate limit of the endpoint',
		400,
		camelCase(400, 'You have exceeded the endpoint rate limit.'),
		errorOf(400, 'throttle'),
	),
	...[snakeCase, (words: string) => camelCase(400, words)].flatMap((envelope, index) => [
		stopped(
			`an API that is disabled, in spelling ${index + 1}`,
			400,
			envelope('Your WhatsApp for Business API has been disabled.'),
			'disabled at 360dialog',
		),
		stopped(
			`a payment that is missing, in spelling ${index + 1}`,
			400,
			envelope('Could not send message due to lack of payment. Overdue invoices: 2'),
			'waits for a payment',
		),
		stopped(
			`a refusal of Meta as a sentence, in spelling ${index + 1}`,
			400,
			envelope('(#131030) Recipient phone number not in allowed list'),
			"not in the list of recipients of Meta's test number",
		),
	]),
	limited('an error that is a sentence', 429, { error: 'Too many requests' }, errorOf(429, 'throttle')),
	uncertain('an internal error', 500, camelCase(500, 'Internal server error'), errorOf(500, 'transient')),
];

const otherKey = credentialMistake(
	'another API key',
	{ apiKey: 'd360-wrong-key' },
	'360dialog does not know this API key',
	"'API Key'",
);

const webhook: WebhookSubject = { secretIn: 'header', payloads: [...metaPayloads, ...serverPayloads] };

const shared = {
	provider: 'dialog360',
	credential: 'whatsAppOtp360DialogApi',
	templates: { operations: ['create', 'delete', 'get', 'getAll'], takesLegacyAppFields: true, pageSize: 1000 },
	webhook,
} satisfies Partial<Subject>;

const keyOf = (apiKey: string) =>
	({
		headers: async () => ({ 'D360-API-KEY': apiKey }),
		secrets: [apiKey],
		authentication: [
			{ what: 'the API key', header: { name: 'd360-api-key', value: apiKey } },
			{
				what: 'a pasted API key',
				fields: { apiKey: `D360-API-KEY: ${apiKey}\n` },
				header: { name: 'd360-api-key', value: apiKey },
			},
		],
	}) satisfies Partial<Subject>;

const refused = [
	{ what: 'another key', fields: { apiKey: 'wrong' }, message: "know this API key. Check 'API Key'" },
	noServer('ECONNREFUSED'),
];

/** Orders a refusal of the gateway for the request that the Test button makes. */
const refusedTest = (code: string, message: string) => ({
	what: `the gateway's refusal ${code}`,
	fault: { call: 'listTemplates' as const, effect: { error: { code } } },
	message,
});

const faults = [
	refusedTest('disabled', 'The channel is disabled at 360dialog. Enable the phone number'),
	refusedTest('unpaid', '360dialog waits for a payment'),
	refusedTest('endpoint_limit', 'Too many requests to 360dialog'),
	refusedTest('unavailable', "Check 'API Key', 'Hosting' and 'Base URL'"),
	{
		what: 'an HTML page',
		fault: { call: 'listTemplates' as const, effect: { answer: { status: 200, body: '<html>' } } },
		message: 'did not return the templates',
	},
];

const { dialog360, dialog360OnPremises } = accounts;

/** A number in Meta's cloud (docs/reference/providers.md 3). */
export const dialog360Cloud: Subject = {
	...metaCloudShape,
	...shared,
	...keyOf(dialog360.apiKey),
	name: '360dialog (Cloud)',
	id: 'dialog360',
	account: accountNamed('360dialog account'),
	credentialTest: {
		accepted: [
			{ what: 'the other hosting, because the base URL is set', fields: { hosting: 'onPremises' } },
			{ what: 'a pasted key', fields: { apiKey: ` Bearer ${dialog360.apiKey}\n` } },
		],
		refused,
		faults,
	},
	sendPath: '/360dialog/messages',
	pathOfApi: '/messages',
	mistakes: [otherKey, unknownTemplate('There is no approved template with this name in this language')],
	oddAnswers: [
		...gatewayAnswers,
		...graphAnswers,
		...dialog360Answers,
		unsent('an empty list of messages', 200, { messages: [] }, errorOf(200, 'transient')),
	],
};

/** A number on a server that 360dialog hosts (docs/reference/providers.md 3). */
export const dialog360Hosted: Subject = {
	...serverShape(dialog360OnPremises.namespace),
	...shared,
	...keyOf(dialog360OnPremises.apiKey),
	name: '360dialog (On-Premises)',
	id: 'dialog360OnPremises',
	account: accountNamed('360dialog On-Premises account'),
	credentialTest: { refused, faults },
	sendPath: '/360dialog-on-premises/v1/messages',
	pathOfApi: '/v1',
	// Behind 360dialog there is no login.
	advice: { ...serverAdvice, credential: [1005, "'API Key' in the credential"] },
	mistakes: [otherKey, ...serverMistakes],
	oddAnswers: [...gatewayAnswers, ...serverAnswers, ...dialog360Answers],
};
