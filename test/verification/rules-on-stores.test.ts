import fc from 'fast-check';
import type { Verifications } from '../../verification/stores/store';
import { anyActs, PhoneOfActs, type Called } from './any-steps';
import { RulesStore } from './rules-store';
import { stores } from './stores';
import { TestClock } from './verifier';

// About ten thousand calls, with HTTP for the store over REST.
jest.setTimeout(300_000);

/** Answers that occur dozens of times in the runs. */
const common = [
	'begin: begun',
	'begin: cooldown',
	'begin: rate_limited',
	'begin: replayed',
	'begin: in_progress',
	'begin: conflict',
	'begin: ended',
	'check: approved',
	'check: invalid_code',
	'check: locked',
	'check: rate_limited',
	'checkPhone: rate_limited',
	'check: already_used',
	'check: expired',
	'check: undeliverable',
	'check: malformed',
	'check: not_found',
	'check: key_missing',
	'checkPhone: approved',
	'checkPhone: invalid_code',
	'checkPhone: look',
	'checkPhone: malformed',
	'checkPhone: not_found',
	'checkPhone: already_used',
	'end: true',
	'end: false',
	'recordDelivery: true',
	'recordDelivery: false',
	'recordDelivery: key_missing',
	'claimDropped: some',
];

function wordOf(called: Called): string {
	const { verb, answer } = called;
	if (answer === undefined) return `${verb}: nothing`;
	if (verb === 'begin') return `${verb}: ${called.answer.answer}`;
	if (verb === 'check') return `${verb}: ${called.answer.result}`;
	if (verb === 'checkPhone') return `${verb}: ${'result' in called.answer ? called.answer.result : 'look'}`;
	if (verb === 'end') return `${verb}: ${called.answer?.ended}`;
	if (verb === 'claimDropped') return `${verb}: ${called.answer.length > 0 ? 'some' : 'none'}`;
	if (verb === 'recordDelivery') {
		return `${verb}: ${called.answer !== undefined && 'isNew' in called.answer ? called.answer.isNew : 'key_missing'}`;
	}
	return verb;
}

/** A claim has no order. */
function comparable(called: Called[]): Called[] {
	return called.map((each) =>
		each.verb === 'claimDropped'
			? { ...each, answer: each.answer.toSorted((a, b) => (a.delivery.sendId < b.delivery.sendId ? -1 : 1)) }
			: each,
	);
}

/**
 * A new code that could be requested at a moment in the past can be requested now: stores may forget which moment it
 * was.
 */
function withoutPast(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutPast);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).map(([key, inner]) => [key, withoutPast(inner)] as const);
	const plain = Object.fromEntries(entries);
	const { resendAt, now } = plain;
	return typeof resendAt === 'number' && typeof now === 'number'
		? { ...plain, resendAt: Math.max(resendAt, now) }
		: plain;
}

describe.each(stores)('The rules (verification/rules), on $name', (kind) => {
	const clock = new TestClock();
	const seen = new Set<string>();
	let runs = 0;

	test('give the same answers as the store to any steps in any order, and keep the same', async () => {
		const store = kind.open(await kind.place(), clock.read);
		const holds = async (acts: Parameters<PhoneOfActs['perform']>[1][]) => {
			runs += 1;
			const start = clock.now;
			const expected = new PhoneOfActs(clock, runs);
			const actual = new PhoneOfActs(
				{
					advance: () => undefined,
					get now() {
						return clock.now;
					},
				},
				runs,
			);
			const model = new RulesStore(clock.read);
			for (const act of acts) {
				const wanted = await expected.perform(model, act);
				const got = await actual.perform(store.verifications, act);
				expect({ act, at: clock.now - start, answers: withoutPast(comparable(got)) }).toEqual({
					act,
					at: clock.now - start,
					answers: withoutPast(comparable(wanted)),
				});
				for (const word of wanted.map(wordOf)) seen.add(word);
				expect(withoutPast(await allOf(store.verifications, expected))).toEqual(
					withoutPast(await allOf(model, expected)),
				);
			}
		};
		try {
			// To make a counterexample shorter takes minutes, in which the test would time out without showing it.
			await fc.assert(fc.asyncProperty(anyActs, holds), { numRuns: 50, endOnFailure: true });
		} finally {
			await store.close();
		}
		// Otherwise the runs did not try what they should.
		expect(common.filter((word) => !seen.has(word))).toEqual([]);
	});

	/** Every verification of the phone, by id, by purpose and by message. */
	async function allOf(store: Verifications, { sent, namespace, phoneKey }: PhoneOfActs): Promise<unknown[]> {
		const ids = [...new Set(sent.map(({ attempt }) => attempt.verificationId))];
		const byId = ids.map((verificationId) => store.get({ namespace, phoneKey, verificationId }));
		const byPurpose = ['a', 'b'].map((purpose) => store.get({ namespace, phoneKey, purpose }));
		const byMessage = sent.slice(-1).map(({ attempt }) => store.get({ messageKeys: [`message ${attempt.sendId}`] }));
		return await Promise.all([...byId, ...byPurpose, ...byMessage]);
	}
});
