import fc from 'fast-check';
import type { WebhookEvent } from '../../../providers';
import type { WebhookSubject } from '../subjects/subject';
import { webhookOf } from './direct';

/** The events in a body. @param body sent as JSON unless it is bytes */
export function parse(provider: string, body: unknown): WebhookEvent[] {
	const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
	return webhookOf(provider).parse({ headers: {}, query: {}, body: bytes });
}

/** Reading and authenticating webhooks. The installation has stopped the clock. */
export function webhookEvents(provider: string, { payloads, secretIn }: WebhookSubject): void {
	const withoutRaw = (events: WebhookEvent[]) => events.map((event) => ({ ...event, raw: undefined }));
	const withTime = (events: readonly object[]) =>
		events.map((event) =>
			'occurredAt' in event && event.occurredAt === 'now' ? { ...event, occurredAt: Date.now() } : event,
		);

	it.each(payloads)('are read from $what', ({ body, events }) => {
		expect(withoutRaw(parse(provider, body))).toEqual(withTime(events));
	});

	it('are a list for any JSON and any bytes', () => {
		const bytes = fc.uint8Array().map((array) => Buffer.from(array));
		const anything = fc.oneof(fc.jsonValue({ maxDepth: 5 }), bytes);
		fc.assert(
			fc.property(anything, (body) => {
				expect(Array.isArray(parse(provider, body))).toBe(true);
			}),
			{ numRuns: 200 },
		);
	});

	if (secretIn === 'address') secretInAddress(provider);
}

function secretInAddress(provider: string): void {
	const isAuthentic = (query: Record<string, unknown>, secret = 'the-secret') =>
		webhookOf(provider).authenticate({ headers: {}, query, body: Buffer.alloc(0) }, secret);

	it('are accepted only with the secret of the registered address', () => {
		const target = { url: 'https://n8n.example.test/webhook/1/webhook', secret: 'the-secret', verifyToken: 'x' };
		const { searchParams } = new URL(webhookOf(provider).address(target));
		expect(isAuthentic(Object.fromEntries(searchParams))).toBe(true);
		for (const secret of [undefined, '', 'the-secre', 'the-secret ', ['the-secret'], { 0: 'the-secret' }, 7, true]) {
			expect(isAuthentic({ secret })).toBe(false);
		}
		expect(isAuthentic({})).toBe(false);
	});

	it('are rejected if there is no secret to compare with', () => {
		expect(isAuthentic({ secret: '' }, '')).toBe(false);
	});
}
