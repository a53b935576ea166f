import fc from 'fast-check';
import { providers, type WebhookEvent } from '../../providers';
import { payloads } from './webhook-payloads';

/** By the provider's id; `body` is sent as JSON unless it is bytes. */
function parse(provider: string, body: unknown): WebhookEvent[] {
	const webhook = providers.find(({ id }) => id === provider)?.webhook;
	if (webhook === undefined) throw new Error(`${provider} has no webhook`);
	const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
	return webhook.parse({ headers: {}, query: {}, body: bytes });
}

const now = Date.parse('2026-02-03T04:05:06Z');
beforeAll(() => {
	jest.useFakeTimers({ now, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
});
afterAll(() => {
	jest.useRealTimers();
});

const withNow = (news: object[]) =>
	news.map((one) => ('occurredAt' in one && one.occurredAt === 'now' ? { ...one, occurredAt: now } : one));
const withoutRaw = (events: WebhookEvent[]) => events.map((event) => ({ ...event, raw: undefined }));

test.each(payloads)('$provider: $what', ({ provider, body, news }) => {
	expect(withoutRaw(parse(provider, body))).toEqual(withNow(news));
});

test('a template id that JavaScript can not count to stays what it is', () => {
	const body = Buffer.from(
		`{"entry":[{"changes":[{"field":"message_template_status_update","value":{"event":"APPROVED","message_template_id" : 90071992547409931234,"message_template_name":"x"}}]}]}`,
	);
	expect(parse('metaCloud', body)).toMatchObject([{ template: { id: '90071992547409931234' } }]);
});

test('a word of the provider that is too long is cut, and one that is too long for an id is none', () => {
	const long = 'x'.repeat(5000);
	const status = (more: object) => ({ statuses: [{ id: 'a', status: 'failed', timestamp: '1', ...more }] });
	expect(parse('onPremises', status({ errors: [{ code: 1, title: long, details: long }] }))).toMatchObject([
		{ error: { title: long.slice(0, 500), details: long.slice(0, 500) } },
	]);
	expect(parse('onPremises', status({ id: long }))).toEqual([]);
	expect(parse('onPremises', status({ recipient_id: long }))).toEqual([
		expect.not.objectContaining({ recipient: long }),
	]);
});

describe('what is absurd is bounded', () => {
	const status = { id: 'a', status: 'sent', timestamp: '1' };

	it.each([
		['a body of 5 MB', { statuses: [status], padding: 'x'.repeat(5 * 1024 * 1024) }, 0],
		[
			'a hundred thousand statuses',
			{ statuses: Array.from({ length: 100_000 }, () => ({ id: 'a', status: 'sent' })) },
			10_000,
		],
	])('%s', (_what, body, count) => {
		expect(parse('onPremises', body)).toHaveLength(count);
	});

	it('nesting a million levels deep', () => {
		const deep = `{"statuses":[{"id":"a","status":"sent","x":${'['.repeat(1e6)}${']'.repeat(1e6)}}]}`;
		expect(parse('onPremises', Buffer.from(deep)).length).toBeLessThanOrEqual(1);
	});

	it('lists in lists', () => {
		const changes = Array.from({ length: 300 }, () => ({
			value: { statuses: Array.from({ length: 100 }, () => status) },
		}));
		expect(parse('metaCloud', { entry: Array.from({ length: 3 }, () => ({ changes })) })).toHaveLength(10_000);
	});
});

const json = fc.jsonValue({ maxDepth: 5 });
const webhookSenders = fc.constantFrom('metaCloud', 'dialog360', 'oneMsg', 'onPremises');

test('no JSON and no bytes make a parser throw', () => {
	fc.assert(
		fc.property(
			webhookSenders,
			fc.oneof(
				json,
				fc.uint8Array().map((bytes) => Buffer.from(bytes)),
			),
			(provider, body) => {
				expect(Array.isArray(parse(provider, body))).toBe(true);
			},
		),
		{ numRuns: 500 },
	);
});
