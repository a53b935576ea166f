import type { HttpResponse } from '../../providers';
import { toProviderError as dialog360 } from '../../providers/dialog360/request';
import { toProviderError as metaCloud } from '../../providers/metaCloud/request';
import { toProviderError as oneMsg } from '../../providers/oneMsg/request';
import { toProviderError as onPremises } from '../../providers/onPremises/request';
import { toProviderError as waCr } from '../../providers/waCr/request';

/* What every provider's answers have in common, also if a proxy or a firewall wrote them. */

const readers = Object.entries({ dialog360, metaCloud, onPremises, oneMsg, waCr });

const answer = (fields: Partial<HttpResponse>): HttpResponse => ({
	status: 429,
	headers: {},
	body: {},
	host: 'api.example.com',
	...fields,
});

describe.each(readers)('An answer of %s', (_name, toProviderError) => {
	const read = (fields: Partial<HttpResponse>) => toProviderError(answer(fields)).refused;

	/** From public reports: a date was ignored. */
	describe('with a retry-after header', () => {
		const waits = (value: string, headers: Record<string, string> = {}) =>
			read({ headers: { ...headers, 'retry-after': value } }).retryAfterSeconds;

		it.each([
			['7', 7],
			[' 120 ', 120],
			['1.2', 2],
		])('waits for the seconds in %p', (value, seconds) => expect(waits(value)).toBe(seconds));

		it('waits until a date, on the clock of the answer if it has one', () => {
			const date = 'Fri, 27 Nov 2026 18:00:00 GMT';
			expect(waits('Fri, 27 Nov 2026 18:01:30 GMT', { date })).toBe(90);
			expect(waits('Friday, 27-Nov-26 18:01:30 GMT', { date })).toBe(90);
			const soon = waits(new Date(Date.now() + 45_000).toUTCString()) ?? 0;
			expect(soon).toBeGreaterThan(40);
			expect(soon).toBeLessThanOrEqual(45);
		});

		it.each(['', '0', '-5', 'soon', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 01 Jan 2100 00:00:00 GMT', '999999999'])(
			'does not use %p',
			(value) => expect(waits(value)).toBeUndefined(),
		);
	});

	/** From public reports: the page was quoted whole. */
	it.each([404, 403, 502, 200])(
		'that is an HTML page with %d is named by host and status, and not quoted',
		(status) => {
			const page = '\ufeff\n<!DOCTYPE html><html><body>Some long page</body></html>';
			const { what, title, details, fix } = read({ status, body: page });
			expect(what).toContain(`api.example.com answered with an HTML page and HTTP status ${status}`);
			expect(JSON.stringify([what, title, details, fix])).not.toMatch(/DOCTYPE|Some long page/);
		},
	);

	it('never speaks of a message that may have been sent: only a send knows that', () => {
		for (const status of [200, 400, 404, 500, 502]) {
			const { what, fix } = read({ status });
			expect(`${what} ${fix}`).not.toContain('may have been sent');
		}
	});
});

describe("Meta's answer to a change that it did not make", () => {
	it('is named', () => {
		expect(metaCloud(answer({ status: 200, body: { success: false } })).refused).toMatchObject({
			class: 'transient',
			what: 'Meta did not carry out the request and gave no reason',
		});
	});
});
