import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { PhoneState, VerificationRecord } from '../../verification/rules/phone-state';
import { isNewStatus } from '../../verification/state';
import type { CheckAttempt } from '../../verification/stores/store';
import { anyActs, commonAnswers, PhoneOfActs, wordOf, type Act, type Called } from './any-steps';
import { RulesStore } from './rules-store';
import { hour, minute, TestClock } from './verifier';

/** What a run of any acts did: each step with its time, each answer, and the state at the end. */
async function runOf(acts: Act[]) {
	const clock = new TestClock();
	const steps: Array<{ now: number; before: PhoneState; after: PhoneState; checked?: CheckAttempt }> = [];
	const store = new RulesStore(clock.read, (before, after, checked) =>
		steps.push({ now: clock.now, before, after: frozen(after), checked }),
	);
	const phone = new PhoneOfActs(clock, 1);
	const answers: Called[] = [];
	for (const act of acts) answers.push(...(await phone.perform(store, act)));
	return { acts, steps, answers };
}
type Run = Awaited<ReturnType<typeof runOf>>;

/** A rule that writes to a state fails. */
function frozen<Value>(value: Value): Value {
	if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const each of Object.values(value)) frozen(each);
	}
	return value;
}

/** Each verification before and after each step that kept it. */
function changes({ steps }: Run) {
	return steps.flatMap(({ now, before, after, checked }) =>
		after.verifications.flatMap((record) => {
			const earlier = before.verifications.find(({ verificationId }) => verificationId === record.verificationId);
			return earlier === undefined ? [] : [{ now, earlier, record, after, checked }];
		}),
	);
}

/** The values that occur more than once. */
const repeated = (values: unknown[]) => values.filter((value, at) => values.indexOf(value) !== at);

const isEnded = ({ state }: VerificationRecord) => state !== 'pending' && state !== 'undeliverable';

describe('The rules, for any steps in any order', () => {
	/** Every rule is checked on the same runs: to make a run takes longer than to check it. */
	let runs: Run[];

	beforeAll(async () => {
		runs = await Promise.all(fc.sample(anyActs, 600).map(runOf));
	});

	/** @param broken what breaks the rule in a run. A failure shows the first with its acts */
	function holds(broken: (run: Run) => unknown[]): void {
		const found = runs.flatMap((run) => broken(run).map((what) => ({ what, acts: run.acts })));
		expect(found.slice(0, 1)).toEqual([]);
	}

	it('try every answer often', () => {
		const seen = new Map<string, number>();
		for (const word of runs.flatMap(({ answers }) => answers.map(wordOf))) seen.set(word, (seen.get(word) ?? 0) + 1);
		expect(commonAnswers.filter((word) => (seen.get(word) ?? 0) < 10)).toEqual([]);
	});

	it('approve a verification at most once', () => {
		holds(({ answers }) =>
			repeated(
				answers.flatMap((called) =>
					(called.verb === 'check' || called.verb === 'checkPhone') &&
					'result' in called.answer &&
					called.answer.result === 'approved'
						? [called.answer.verification?.verificationId]
						: [],
				),
			),
		);
	});

	it('approve only the current code of a pending verification that has not expired', () => {
		holds((run) =>
			changes(run).filter(({ now, earlier, record, checked }) => {
				// A provider can approve, too (`end`). This is about the codes that the store compares.
				if (checked === undefined || record.state === earlier.state || record.state !== 'approved') return false;
				const isCurrent = checked.candidates.some(({ mac }) => mac === earlier.mac);
				return earlier.state !== 'pending' || earlier.expiresAt <= now || !isCurrent;
			}),
		);
	});

	it('count at most the attempts of the verification, and never take one back', () => {
		holds((run) =>
			changes(run).filter(
				({ earlier, record }) => record.attempts > record.maxAttempts || record.attempts < earlier.attempts,
			),
		);
	});

	it('keep no code of a verification that has ended, and never open it again', () => {
		holds((run) =>
			changes(run).filter(({ earlier, record, after }) => {
				if (isEnded(earlier) && record.state !== earlier.state) return true;
				if (!isEnded(record)) return false;
				const sends = after.deliveries.filter((each) => each.verificationId === record.verificationId);
				return record.mac !== '' || sends.some(({ replaced }) => replaced !== undefined);
			}),
		);
	});

	it('never move the deadline, and let no code outlive it', () => {
		holds((run) =>
			changes(run).filter(
				({ earlier, record }) => record.deadlineAt !== earlier.deadlineAt || record.expiresAt > record.deadlineAt,
			),
		);
	});

	it('never let the status of a send go back', () => {
		holds(({ steps }) =>
			steps.flatMap(({ before, after }) =>
				after.deliveries.filter((delivery) => {
					const earlier = before.deliveries.find(({ sendId }) => sendId === delivery.sendId);
					if (earlier === undefined || earlier.status === delivery.status) return false;
					return !isNewStatus(earlier.status, delivery.status);
				}),
			),
		);
	});

	it('report each message as dropped at most once', () => {
		holds(({ answers }) =>
			repeated(
				answers.flatMap((called) =>
					called.verb === 'claimDropped' ? called.answer.map(({ delivery }) => delivery.sendId) : [],
				),
			),
		);
	});

	it('send at most 4 codes in ten minutes, 6 in an hour and 12 in a day, without the withdrawn ones', () => {
		const windows = [
			[10 * minute, 4],
			[hour, 6],
			[24 * hour, 12],
		] as const;
		holds(({ steps }) =>
			steps.flatMap(({ now, after }) =>
				windows.filter(
					([window, limit]) => after.deliveries.filter(({ startedAt }) => startedAt > now - window).length > limit,
				),
			),
		);
	});

	it('change nothing if they refuse', () => {
		const refusals = new Set(['cooldown', 'rate_limited', 'ended', 'conflict', 'in_progress']);
		holds(({ steps, answers }) => {
			const changed = steps.filter(({ before, after }) => !isDeepStrictEqual(before, after));
			const refused = answers.filter(({ verb, answer }) =>
				verb === 'begin' && answer !== undefined && 'answer' in answer ? refusals.has(answer.answer) : false,
			);
			return changed.length <= steps.length - refused.length ? [] : [changed.length];
		});
	});
});
