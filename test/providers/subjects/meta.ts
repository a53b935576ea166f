import { anyString } from '../../support/matchers';
import { errorOf, forbidden, limited, messageOf, sent, stopped, uncertain, undeliverable, unsent } from './odd-answers';
import type { Advice, ErrorCodes, OddAnswer, SentCode, Subject } from './subject';

/** The parameters of a template: the code twice, and a `url` button. */
export const components = (code: string, index: string | number) => {
	const parameters = [{ type: 'text', text: code }];
	return [
		{ type: 'body', parameters },
		{ type: 'button', sub_type: 'url', index, parameters },
	];
};

/** The body of a send in Meta's cloud (docs/reference/providers.md 1.6, 3.5). */
function body({ to, code, template = 'verification_code', language = 'en_US' }: SentCode): object {
	return {
		messaging_product: 'whatsapp',
		recipient_type: 'individual',
		to,
		type: 'template',
		template: {
			name: template,
			language: { policy: 'deterministic', code: language },
			components: components(code, '0'),
		},
		biz_opaque_callback_data: anyString,
	};
}

/** The error codes of docs/reference/providers.md 1.7. Of the range 200 to 299 there are three. */
export const metaErrorCodes = {
	recipient: [192, 130403, 131021, 131026, 131043, 131049, 131062, 137000],
	throttle: [4, 17, 32, 341, 613, 80007, 80008, 130429, 131048, 131056, 131064, 133016],
	transient: [1, 2, 131000, 131016, 131057, 133000, 133004],
	template: [132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 132069, 200002],
	credential: [0, 190, 102, 3, 10, 200, 210, 299, 803, 2500, 131005],
	account: [368, 131030, 131031, 131037, 131042, 131044, 131045, 133005, 133006, 133008, 133009, 133010, 133015],
	permanent: [
		33, 100, 506, 2200, 130472, 130497, 131008, 131009, 131047, 131050, 131051, 131052, 131053, 131055, 131063, 134011,
		135000,
	],
} satisfies ErrorCodes;

const advice: Advice = {
	template: [132001, "Check 'Template' and 'Language'"],
	credential: [190, 'Put a new token into the credential'],
	account: [131042, 'Business Manager'],
	permanent: [131008, "Check 'Template'"],
};

const error = (code: number | string, more: object = {}) => ({ error: { message: `(#${code}) So`, code, ...more } });

const receipt = (status: string) => ({
	messaging_product: 'whatsapp',
	contacts: [{ input: '+5215512345678', wa_id: '525512345678' }],
	messages: [{ id: 'wamid.x', message_status: status }],
});

/** Answers of the Graph API (docs/reference/providers.md 1.6, 1.7). */
export const graphAnswers: readonly OddAnswer[] = [
	forbidden,
	sent(
		'a message that is held',
		200,
		receipt('held_for_quality_assessment'),
		messageOf('wamid.x', 'held_for_quality_assessment', '525512345678'),
	),
	sent('a message that is paused', 200, receipt('paused'), messageOf('wamid.x', 'paused', '525512345678')),
	sent('a message without a status', 200, { messages: [{ id: 'wamid.y' }] }, messageOf('wamid.y', 'accepted')),
	{ ...limited('the pair rate with 403', 403, error(131056), errorOf(131056, 'throttle')), requests: 4 },
	limited('the throughput with 403', 403, error(130429), errorOf(130429, 'throttle')),
	limited(
		'the limit of API calls with 429',
		429,
		error(4, { is_transient: true, error_subcode: 2446079 }),
		errorOf(4, 'throttle'),
	),
	unsent('a service that is down', 500, error(2, { is_transient: true }), errorOf(2, 'transient')),
	undeliverable('a refusal with 200', 200, error(131026), errorOf(131026, 'recipient')),
	undeliverable('an error code as a text', 400, error('131026'), errorOf('131026', 'recipient')),
	stopped('an expired token', 401, error(190, { error_subcode: 463 }), 'The access token has expired'),
	stopped('an unknown error code', 400, error(999_999), 'WhatsApp answered with error code 999999'),
	uncertain('an unknown error code with 500', 500, error(999_999), errorOf(999_999, 'transient')),
	stopped('an unknown error code with 200', 200, error(999_999), 'WhatsApp answered with error code 999999'),
	limited('an unknown error code with 429', 429, error(999_999), errorOf(999_999, 'throttle')),
	unsent(
		'an unknown error code that Meta calls transient',
		500,
		error(999_999, { is_transient: true }),
		errorOf(999_999, 'transient'),
	),
	stopped('an unknown error code of templates', 500, error(132_999), 'rejected the template or its parameters'),
	stopped('an unknown error code of calls', 400, error(138_021), 'an error for calls'),
	undeliverable('an unknown error code of identities', 400, error(137_009), errorOf(137_009, 'recipient')),
	stopped('an unknown subcode of tokens', 400, error(100, { error_subcode: 461 }), 'token is no longer valid'),
	stopped('an unknown subcode of sign-up', 400, error(100, { error_subcode: 2494100 }), 'is not set up completely'),
	stopped(
		'a demand for a proof',
		400,
		{ error: { message: 'API calls from the server require an appsecret_proof argument', code: 100 } },
		'demands a proof',
	),
];

/** What is the same for Meta and for 360dialog in Meta's cloud. */
export const metaCloudShape = {
	body,
	receipt: { id: /^wamid\./, status: 'accepted', tellsWaId: true },
	errorCodes: metaErrorCodes,
	typicalErrorCodes: { recipient: 131026, throttle: 130429, transient: 131016 },
	advice,
} satisfies Partial<Subject>;
