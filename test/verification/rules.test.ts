import fc from 'fast-check';
import type { PhoneState, VerificationRecord } from '../../verification/rules/phone-state';
import { isNewStatus } from '../../verification/state';
import type { CheckAttempt } from '../../verification/stores/store';
import { anyActs, PhoneOfActs, type Called } from './any-steps';
import { RulesStore } from './rules-store';
import { hour, minute, TestClock } from './verifier';

/** What a run of any acts did: each step with its time, each answer, and the state at the end. */
async function runOf(acts: Parameters<PhoneOfActs['perform']>[1][]) {
	const clock = new TestClock();
	const steps: Array<{ now: number; before: PhoneState; after: PhoneState; checked?: CheckAttempt }> = [];
	const store = new RulesStore(clock.read, (before, after, checked) =>
		steps.push({ now: clock.now, before, after: frozen(after), checked }),
	);
	const phone = new PhoneOfActs(clock, 1);
	const answers: Called[] = [];
	for (const act of acts) answers.push(...(await phone.perform(store, act)));
	return { steps, answers, phone };
}

/** A rule that writes to a state fails. */
function frozen<Value>(value: Value): Value {
	if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const each of Object.values(value)) frozen(each);
	}
	return value;
}

const holds = (property: (run: Awaited<ReturnType<typeof runOf>>) => void) =>
	fc.assert(
		fc.asyncProperty(anyActs, async (acts) => property(await runOf(acts))),
		{ numRuns: 300 },
	);

/** Each verification before and after each step that kept it. */
function changes({ steps }: Awaited<ReturnType<typeof runOf>>) {
	return steps.flatMap(({ now, before, after, checked }) =>
		after.verifications.flatMap((record) => {
			const earlier = before.verifications.find(({ verificationId }) => verificationId === record.verificationId);
			return earlier === undefined ? [] : [{ now, earlier, record, after, checked }];
		}),
	);
}

const isEnded = ({ state }: VerificationRecord) => state !== 'pending' && state !== 'undeliverable';

describe('The rules, for any steps in any order', () => {
	it('approve a verification at most once', async () => {
		await holds(({ answers }) => {
			const approved = answers.flatMap((called) =>
				(called.verb === 'check' || called.verb === 'checkPhone') &&
				'result' in called.answer &&
				called.answer.result === 'approved'
					? [called.answer.verification?.verificationId]
					: [],
			);
			expect(new Set(approved).size).toBe(approved.length);
		});
	});

	it('approve only the current code of a pending verification that has not expired', async () => {
		await holds((run) => {
			for (const { now, earlier, record, checked } of changes(run)) {
				// A provider can approve, too (`end`). This is about the codes that the store compares.
				if (checked === undefined || record.state === earlier.state || record.state !== 'approved') continue;
				expect([earlier.state, earlier.expiresAt > now]).toEqual(['pending', true]);
				expect(checked.candidates.map(({ mac }) => mac)).toContain(earlier.mac);
			}
		});
	});

	it('count at most the attempts of the verification, and never take one back', async () => {
		await holds((run) => {
			for (const { earlier, record } of changes(run)) {
				expect(record.attempts).toBeLessThanOrEqual(record.maxAttempts);
				expect(record.attempts).toBeGreaterThanOrEqual(earlier.attempts);
			}
		});
	});

	it('keep no code of a verification that has ended, and never open it again', async () => {
		await holds((run) => {
			for (const { earlier, record, after } of changes(run)) {
				if (isEnded(earlier)) expect(record.state).toBe(earlier.state);
				if (!isEnded(record)) continue;
				const sends = after.deliveries.filter((each) => each.verificationId === record.verificationId);
				expect([record.mac, sends.map(({ replaced }) => replaced)]).toEqual(['', sends.map(() => undefined)]);
			}
		});
	});

	it('never move the deadline, and let no code outlive it', async () => {
		await holds((run) => {
			for (const { earlier, record } of changes(run)) {
				expect(record.deadlineAt).toBe(earlier.deadlineAt);
				expect(record.expiresAt).toBeLessThanOrEqual(record.deadlineAt);
			}
		});
	});

	it('never let the status of a send go back', async () => {
		await holds(({ steps }) => {
			for (const { before, after } of steps) {
				for (const delivery of after.deliveries) {
					const earlier = before.deliveries.find(({ sendId }) => sendId === delivery.sendId);
					if (earlier === undefined || earlier.status === delivery.status) continue;
					expect(isNewStatus(earlier.status, delivery.status)).toBe(true);
				}
			}
		});
	});

	it('report each message as dropped at most once', async () => {
		await holds(({ answers }) => {
			const dropped = answers.flatMap((called) =>
				called.verb === 'claimDropped' ? called.answer.map(({ delivery }) => delivery.sendId) : [],
			);
			expect(new Set(dropped).size).toBe(dropped.length);
		});
	});

	it('send at most 4 codes in ten minutes, 6 in an hour and 12 in a day, without the withdrawn ones', async () => {
		const windows = [
			[10 * minute, 4],
			[hour, 6],
			[24 * hour, 12],
		] as const;
		await holds(({ steps }) => {
			for (const { now, after } of steps) {
				for (const [window, limit] of windows) {
					const sends = after.deliveries.filter(({ startedAt }) => startedAt > now - window);
					expect(sends.length).toBeLessThanOrEqual(limit);
				}
			}
		});
	});

	it('change nothing if they refuse', async () => {
		const refusals = new Set(['cooldown', 'rate_limited', 'ended', 'conflict', 'in_progress']);
		await holds(({ steps, answers }) => {
			const changed = steps.filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
			const refused = answers.filter(({ verb, answer }) =>
				verb === 'begin' && answer !== undefined && 'answer' in answer ? refusals.has(answer.answer) : false,
			);
			expect(changed.length).toBeLessThanOrEqual(steps.length - refused.length);
		});
	});
});
