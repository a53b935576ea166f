/** An answer to a send as the sandbox would not give it by itself, and what it comes to. */
export interface OddAnswer {
	what: string;
	answer: { status: number; body?: unknown; headers?: Record<string, string> };
	/** `thrown`: the builder has to mend something. */
	result: 'sent' | 'undeliverable' | 'rate_limited' | 'unknown' | 'thrown';
	/** How often the provider is asked. */
	asked: number;
	/** A part of the output item; of what is thrown, of its message. */
	tells: object | string;
}

const row =
	(result: OddAnswer['result'], asked: number) =>
	(what: string, status: number, body: unknown, tells: OddAnswer['tells'] = {}): OddAnswer => ({
		...{ what, answer: { status, body }, result, asked, tells },
	});

const sent = row('sent', 1);
const undeliverable = row('undeliverable', 1);
const limited = row('rate_limited', 3);
const thrown = row('thrown', 1);
/** Surely not sent, so that it is tried again. */
const unsent = row('unknown', 3);
/** Sent, perhaps: nothing is repeated. */
const lost = row('unknown', 1);

const error = (code: number | string, more: object = {}) => ({ error: { message: `(#${code}) So`, code, ...more } });
const coded = (code: number | string, errorClass: string) => ({ providerError: { code, class: errorClass } });
const taken = (id: string, status: string, waId: string | null = null) => ({ message: { id, status, waId } });

/** Whoever asks a gateway of another world gets these. */
const anywhere: OddAnswer[] = [
	limited('429 without a code', 429, {}, coded(429, 'throttle')),
	lost('a page of a broken gateway', 502, '<html>Bad Gateway</html>', coded(502, 'transient')),
	lost('500 with nothing', 500, {}, coded(500, 'transient')),
	lost('a success that is no JSON', 200, 'OK', coded(200, 'transient')),
	lost('a success that says nothing', 200, {}, coded(200, 'transient')),
	thrown('a page that is not found', 404, '<html>Not Found</html>', 'knows no such address'),
];

const notAllowed = thrown('plain text that forbids it', 403, 'bad json', 'The credential is not allowed to do this');

const receipt = (status: string) => ({
	messaging_product: 'whatsapp',
	contacts: [{ input: '+5215512345678', wa_id: '525512345678' }],
	messages: [{ id: 'wamid.x', message_status: status }],
});

/** docs/reference/providers.md 1.6 and 1.7. */
const graph: OddAnswer[] = [
	notAllowed,
	sent(
		'a message that is held',
		200,
		receipt('held_for_quality_assessment'),
		taken('wamid.x', 'held_for_quality_assessment', '525512345678'),
	),
	sent('a message that is paused', 200, receipt('paused'), taken('wamid.x', 'paused', '525512345678')),
	sent('a message without a status', 200, { messages: [{ id: 'wamid.y' }] }, taken('wamid.y', 'accepted')),
	{ ...limited('the pair rate under 403', 403, error(131056), coded(131056, 'throttle')), asked: 4 },
	limited('the throughput under 403', 403, error(130429), coded(130429, 'throttle')),
	limited(
		'the limit of calls under 429',
		429,
		error(4, { is_transient: true, error_subcode: 2446079 }),
		coded(4, 'throttle'),
	),
	unsent('a service that is down', 500, error(2, { is_transient: true }), coded(2, 'transient')),
	undeliverable('a refusal under 200', 200, error(131026), coded(131026, 'recipient')),
	undeliverable('a code that is text', 400, error('131026'), coded('131026', 'recipient')),
	thrown('a token that has run out', 401, error(190, { error_subcode: 463 }), 'The access token has expired'),
	thrown('a code that nobody knows', 400, error(999_999), 'WhatsApp answered with code 999999'),
	lost('a code that nobody knows under 500', 500, error(999_999), coded(999_999, 'transient')),
];

const meta = (developer_message: string) => ({ meta: { success: false, http_code: 400, developer_message } });
const camelCase = (httpCode: number, developerMessage: string) => ({
	meta: { httpCode, developerMessage, success: false },
});
const tooOften = 'You have exceeded the limit of 1 request every 2 seconds. Try again later.';

/** docs/reference/providers.md 3.6, in the order in which it is to be read. */
const gateway: OddAnswer[] = [
	thrown(
		'its own 401 with 404 inside',
		401,
		camelCase(404, 'Invalid api_key or token expired'),
		'does not know this API key',
	),
	thrown(
		'an address that it blocks',
		403,
		camelCase(403, 'This URL /x is blocked. More info: x'),
		'has blocked this address',
	),
	thrown('a channel that is disabled', 400, camelCase(400, 'This channel is disabled'), 'disabled at 360dialog'),
	limited('a limit under 400', 400, meta(tooOften), coded(400, 'throttle')),
	limited('an error that is a sentence', 429, { error: 'Too many requests' }, coded(429, 'throttle')),
	lost('an error inside', 500, camelCase(500, 'Internal server error'), coded(500, 'transient')),
];

const errors = (...list: object[]) => ({ errors: list, meta: { version: 'v2.45.1', api_status: 'stable' } });

/** docs/reference/providers.md 2.3 and 2.4. */
const server: OddAnswer[] = [
	notAllowed,
	sent(
		...([
			'a message with its contact',
			200,
			{ contacts: [{ wa_id: '525512345678' }], messages: [{ id: 'gBEGx' }] },
		] as const),
		taken('gBEGx', 'accepted', '525512345678'),
	),
	undeliverable('errors under 200', 200, errors({ code: 1026, title: 'Receiver Incapable' }), coded(1026, 'recipient')),
	undeliverable(
		'errors beside a message',
		200,
		{ ...errors({ code: 1013 }), messages: [{ id: 'gBEGy' }] },
		coded(1013, 'recipient'),
	),
	unsent('no message under 200', 200, { messages: [] }, coded(200, 'transient')),
	limited('429 with a title alone', 429, { errors: [{ title: 'Too many requests' }] }, coded(429, 'throttle')),
	thrown(
		'403 with a title and a code',
		403,
		{ errors: [{ title: 'Error Sending', code: 102 }] },
		'refused the message',
	),
	thrown('a code that nobody knows', 400, errors({ code: 9999, title: 'New' }), 'refused'),
];

/** docs/reference/providers.md 4.2 and 4.3. */
const oneMsg: OddAnswer[] = [
	thrown('plain text', 403, 'The trial period of this channel is over.', '1MSG has blocked the channel'),
	sent('an id that is a number', 200, { sent: true, id: 12 }, taken('12', 'accepted')),
	sent(
		'a job',
		200,
		{ sent: false, jobId: 'job-7', message: 'Queued' },
		{ message: { id: null, status: 'pending', waId: null } },
	),
	thrown('sent: false', 200, { sent: false, message: 'Message was not sent' }, '1MSG did not send the message'),
	thrown(
		'sent: "true"',
		200,
		{ sent: 'true', id: 'wamid.x', error: '(#131009) Parameter' },
		'A parameter of the message',
	),
	undeliverable(
		'sent: false for the number',
		200,
		{ sent: false, description: 'Not on WhatsApp' },
		coded('sent:false', 'recipient'),
	),
	limited(
		'sent: false for the pace',
		200,
		{ sent: false, message: 'Rate limit reached' },
		coded('sent:false', 'throttle'),
	),
	undeliverable(
		"sent: false with Meta's code",
		200,
		{ sent: false, message: '(#131026) No' },
		coded(131026, 'recipient'),
	),
	{
		...limited("Meta's pair rate", 200, { sent: false, message: '(#131056) No' }, coded(131056, 'throttle')),
		asked: 4,
	},
	lost('an error from upstream', 200, { response: { error: 'timeout' } }, coded('response.error', 'transient')),
	thrown(
		'a token that it quotes',
		401,
		{ error: 'Wrong token "sandbox-1msg-token" for channel "1".' },
		'does not know this token',
	),
	thrown('422', 422, { error: 'localizable_params' }, 'The namespace is missing or wrong'),
];

/** docs/reference/providers.md 5.1 and 5.2; nothing of the envelope is published. */
const waCr: OddAnswer[] = [
	notAllowed,
	sent('its fields at the top', 200, { message_id: 'wamid.z', status: 'queued' }, taken('wamid.z', 'queued')),
	sent('a message id that is a number', 200, { success: true, data: { message_id: 77 } }, taken('77', 'sent')),
	undeliverable(
		'a code beside the message',
		422,
		{ message: 'No', error_code: 'CONTACT_OPTED_OUT' },
		coded('CONTACT_OPTED_OUT', 'recipient'),
	),
	undeliverable(
		"Laravel's list for the number",
		422,
		{ message: 'Invalid', errors: { phone: ['Too short'] } },
		coded(422, 'recipient'),
	),
	thrown(
		"Laravel's list for the template",
		422,
		{ errors: { template_name: ['Unknown'] } },
		'does not take this template',
	),
	thrown('a code at the top', 403, { code: 'FEATURE_NOT_AVAILABLE' }, 'has no WhatsApp templates'),
	thrown('a success that is none', 200, { status: 'error', message: 'No' }, 'WA.cr refused the request'),
	limited(
		'seconds to wait',
		429,
		{ message: 'Too many', retry_after: 45 },
		{ ...coded(429, 'throttle'), retryAfterSeconds: 45 },
	),
	limited(
		'a limit under 200',
		200,
		{ success: false, error: { code: 'RATE_LIMIT_EXCEEDED' } },
		coded('RATE_LIMIT_EXCEEDED', 'throttle'),
	),
];

export const oddAnswers = {
	dialog360: [...anywhere, ...graph, ...gateway, unsent('no message', 200, { messages: [] }, coded(200, 'transient'))],
	dialog360OnPremises: [...anywhere, ...server, ...gateway],
	metaCloud: [...anywhere, ...graph, lost('no message', 200, { messages: [] }, coded(200, 'transient'))],
	onPremises: [...anywhere, ...server],
	oneMsg: [...anywhere, ...oneMsg],
	waCr: [...anywhere, ...waCr],
};
