import type { OddAnswer } from './subject';

const row =
	(result: OddAnswer['result'], requests: number) =>
	(what: string, status: number, body: unknown, expected: OddAnswer['expected'] = {}): OddAnswer => ({
		what,
		answer: { status, body },
		result,
		requests,
		expected,
	});

export const sent = row('sent', 1);
export const undeliverable = row('undeliverable', 1);
export const limited = row('rate_limited', 3);
export const stopped = row('error', 1);
/** Surely not sent, so that the node tries again. */
export const unsent = row('unknown', 3);
/** Possibly sent, so that the node does not try again. */
export const uncertain = row('unknown', 1);

/** The error in an output item. */
export const errorOf = (code: number | string, errorClass: string) => ({
	providerError: { code, class: errorClass },
});

/** The message in an output item. */
export const messageOf = (id: string, status: string, waId?: string) => ({
	message: waId === undefined ? { id, status } : { id, status, waId },
});

/** Answers that any gateway in front of a provider can give. */
export const gatewayAnswers: readonly OddAnswer[] = [
	limited('429 without an error code', 429, {}, errorOf(429, 'throttle')),
	uncertain('an HTML page with 502', 502, '<html>Bad Gateway</html>', errorOf(502, 'transient')),
	uncertain('500 with an empty object', 500, {}, errorOf(500, 'transient')),
	uncertain('a success that is not JSON', 200, 'OK', errorOf(200, 'transient')),
	uncertain('a success with an empty object', 200, {}, errorOf(200, 'transient')),
	stopped('an HTML page with 404', 404, '<html>Not Found</html>', 'does not know this address'),
];

/** For providers that do not give 403 a meaning. */
export const forbidden = stopped(
	'plain text with 403',
	403,
	'bad json',
	'The credential does not have permission to do this',
);
