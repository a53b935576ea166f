import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Verifications } from '../../verification/stores/store';
import { roundsOf } from '../support/rounds';
import { anyActs, PhoneOfActs, type Act, type Called } from './any-steps';
import { RulesStore } from './rules-store';
import { stores } from './stores';
import { minute, TestClock } from './verifier';

/** The cool-down of 'a' is over when its send is withdrawn. SQLite still keeps the cool-down of 'b'. */
const withdrawnLate: Act[] = [
	{ act: 'begin', purpose: 'a', expiresIn: 600 },
	{ act: 'wait', milliseconds: minute },
	{ act: 'begin', purpose: 'a', expiresIn: 600 },
	{ act: 'wait', milliseconds: 10 * minute },
	{ act: 'begin', purpose: 'b', expiresIn: 600 },
	{ act: 'report', which: 2, outcome: 'withdrawn' },
	{ act: 'begin', purpose: 'a', expiresIn: 600 },
	{ act: 'status', which: 1, status: 'failed', knowsKey: true },
	{ act: 'repeat', which: 2, isOther: false },
];

/** A claim has no order. */
function comparable(called: Called[]): Called[] {
	return called.map((each) =>
		each.verb === 'claimDropped'
			? { ...each, answer: each.answer.toSorted((a, b) => (a.delivery.sendId < b.delivery.sendId ? -1 : 1)) }
			: each,
	);
}

/** As `toEqual`, which alone takes a third of the time of all runs. */
function expectEqual(actual: unknown, expected: unknown): void {
	const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
	if (!isDeepStrictEqual(plain(actual), plain(expected))) expect(actual).toEqual(expected);
}

describe.each(stores)('The rules (verification/rules), on $name', (kind) => {
	const clock = new TestClock();
	let runs = 0;

	test('give the same answers as the store to any steps in any order, and keep the same', async () => {
		const store = kind.open(await kind.place(), clock.read);
		const holds = async (acts: Act[]) => {
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
				const step = { act, at: clock.now - start };
				expectEqual({ ...step, answers: comparable(got) }, { ...step, answers: comparable(wanted) });
				// Ten reads after each step take most of the time over REST, which reads as Redis does.
				if (kind.share < 1 && act !== acts.at(-1)) continue;
				expectEqual(await allOf(store.verifications, expected), await allOf(model, expected));
			}
		};
		try {
			// To make a counterexample shorter takes minutes, in which the test would time out without showing it.
			await fc.assert(fc.asyncProperty(anyActs, holds), {
				numRuns: roundsOf(50 * kind.share),
				examples: [[withdrawnLate]],
				endOnFailure: true,
			});
		} finally {
			await store.close();
		}
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
