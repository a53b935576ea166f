import fc from 'fast-check';
import type { DeliveryStatus } from '../../verification/state';
import type {
	BeginAttempt,
	CheckAttempt,
	DeliveryUpdate,
	PhoneCheckAttempt,
	SendReport,
	Verifications,
} from '../../verification/stores/store';
import { hour, minute, second } from './verifier';

const purpose = fc.constantFrom('a', 'b');
/** Picks one of the sends so far, newest first. */
const which = fc.nat({ max: 3 });
const act = <Name extends string>(name: Name) => fc.constant(name);

const begin = fc.record({ act: act('begin'), purpose, expiresIn: fc.constantFrom(60, 300, 300, 600) });
const resend = fc.record({ act: act('resend'), which, expiresIn: fc.constantFrom(60, 300, 600) });
const repeat = fc.record({ act: act('repeat'), which, isOther: fc.constantFrom(false, false, true) });
const check = fc.record({
	act: act('check'),
	which,
	entry: fc.constantFrom('right', 'wrong', 'wrong', 'wrong', 'old', 'malformed', 'other key', 'other purpose'),
	times: fc.constantFrom(1, 2, 2, 5),
});
const checkPhone = fc.record({
	act: act('checkPhone'),
	purpose,
	which,
	entry: fc.constantFrom('right', 'right', 'wrong', 'wrong', 'malformed', 'other key'),
	/** Verifications that the caller does not know of yet. */
	unknown: fc.constantFrom(0, 0, 0, 0, 1, 9),
});
const end = fc.record({ act: act('end'), which, state: fc.constantFrom('canceled', 'canceled', 'approved', 'locked') });
const report = fc.record({
	act: act('report'),
	which,
	outcome: fc.constantFrom<Array<SendReport['outcome']>>('accepted', 'unknown', 'failed', 'withdrawn', 'withdrawn'),
});
const status = fc.record({
	act: act('status'),
	which,
	status: fc.constantFrom<DeliveryStatus[]>('sent', 'delivered', 'read', 'failed', 'failed', 'dropped'),
	knowsKey: fc.constantFrom(true, true, true, false),
});
const claim = fc.record({ act: act('claim') });
const wait = fc.record({
	act: act('wait'),
	milliseconds: fc.constantFrom(
		...[1, 5 * second, 30 * second - 2, 30 * second, minute, 75 * second, 2 * minute, 5 * minute - 2, 5 * minute],
		...[10 * minute, 15 * minute, hour, 24 * hour],
	),
});

const anyAct = fc.oneof(
	{ weight: 5, arbitrary: begin },
	{ weight: 4, arbitrary: resend },
	{ weight: 2, arbitrary: repeat },
	{ weight: 8, arbitrary: check },
	{ weight: 4, arbitrary: checkPhone },
	{ weight: 1, arbitrary: end },
	{ weight: 4, arbitrary: report },
	{ weight: 3, arbitrary: status },
	{ weight: 2, arbitrary: claim },
	{ weight: 7, arbitrary: wait },
);
/** One step of a history of one phone. */
export type Act = typeof anyAct extends fc.Arbitrary<infer Value> ? Value : never;

/** Several codes under way at once, none of them answered yet, and then answers in any order: chance brings few. */
const underWay = fc
	.record({
		begin,
		waits: fc.array(fc.constantFrom(30 * second, minute, 2 * minute), { minLength: 1, maxLength: 3 }),
		reports: fc.array(report, { minLength: 1, maxLength: 4 }),
	})
	.map(({ waits, reports, ...begun }): Act[] => [
		begun.begin,
		...waits.flatMap((milliseconds): Act[] => [
			{ act: 'wait', milliseconds },
			{ act: 'resend', which: 0, expiresIn: begun.begin.expiresIn },
		]),
		...reports,
		{ act: 'check', which: 0, entry: 'old', times: 1 },
		{ act: 'check', which: 0, entry: 'right', times: 1 },
	]);

/** A code that is entered soon, by id and by phone. */
const entered = fc
	.record({
		begin,
		pause: fc.constantFrom(2 * minute, 10 * minute, hour),
		checks: fc.array(fc.oneof(check, checkPhone), { minLength: 1, maxLength: 4 }),
	})
	.map(({ pause, checks, ...begun }): Act[] => [
		{ act: 'wait', milliseconds: pause },
		begun.begin,
		...checks.map((each) => ({ ...each, which: 0, purpose: begun.begin.purpose })),
	]);

/** A list of acts on one phone, in any order. */
export const anyActs = fc
	.array(
		fc.oneof(
			{ weight: 16, arbitrary: anyAct.map((each) => [each]) },
			{ weight: 1, arbitrary: underWay },
			{ weight: 2, arbitrary: entered },
		),
		{
			minLength: 20,
			maxLength: 60,
			size: 'max',
		},
	)
	.map((acts) => acts.flat());

const keyId = 'a1b2c3d4';

/** A send that began. Its code is the MAC of its attempt. */
export interface Sent {
	attempt: BeginAttempt;
}

export type Answers = { [Verb in keyof Verifications]: Awaited<ReturnType<Verifications[Verb]>> };
/** A call of a verb, with its answer. */
export type Called = { [Verb in keyof Verifications]: { verb: Verb; answer: Answers[Verb] } }[keyof Verifications];

/** Performs acts on one phone as calls of the store's verbs. The same acts make the same calls. */
export class PhoneOfActs {
	readonly sent: Sent[] = [];
	private count = 0;
	readonly phoneKey: string;
	readonly namespace: string;
	readonly provider: string;

	/** @param run tells the phones of several runs apart */
	constructor(
		private readonly clock: { advance: (milliseconds: number) => void; now: number },
		private readonly run: number,
	) {
		this.phoneKey = run.toString(16).padStart(16, '0');
		this.namespace = `run ${run}`;
		this.provider = `provider ${run}`;
	}

	async perform(store: Verifications, step: Act): Promise<Called[]> {
		this.clock.advance(step.act === 'wait' ? step.milliseconds : 1);
		const sent = 'which' in step ? this.sent.at(-1 - (step.which % Math.max(1, this.sent.length))) : undefined;
		switch (step.act) {
			case 'wait':
				return [];
			case 'claim':
				return [{ verb: 'claimDropped', answer: await store.claimDropped({ provider: this.provider, limit: 100 }) }];
			case 'begin':
				return [await this.begin(store, this.attempt({ purpose: step.purpose, lifetimeMs: step.expiresIn * 1000 }))];
		}
		if (sent === undefined) return [];
		const { attempt } = sent;
		const { verificationId, phoneKey, purpose, sendId } = attempt;
		switch (step.act) {
			case 'resend': {
				const named = { verificationId, purpose, continues: true };
				return [await this.begin(store, this.attempt({ ...named, lifetimeMs: step.expiresIn * 1000 }))];
			}
			case 'repeat': {
				const fingerprint = step.isOther ? 'another request' : attempt.idempotency.fingerprint;
				const anew = this.attempt({ purpose: attempt.purpose, lifetimeMs: attempt.lifetimeMs });
				const again = attempt.continues ? { ...anew, verificationId, continues: true } : anew;
				return [await this.begin(store, { ...again, idempotency: { ...attempt.idempotency, fingerprint } })];
			}
			case 'check': {
				const called: Called[] = [];
				for (let i = 0; i < step.times; i += 1) {
					called.push({ verb: 'check', answer: await store.check(this.entry(attempt, step.entry)) });
				}
				return called;
			}
			case 'checkPhone':
				return [{ verb: 'checkPhone', answer: await store.checkPhone(this.phoneEntry(step, attempt)) }];
			case 'end': {
				const ending = { namespace: this.namespace, phoneKey, verificationId, tombstoneMs: 24 * hour };
				return [{ verb: 'end', answer: await store.end({ ...ending, state: step.state }) }];
			}
			case 'report': {
				const counters = attempt.windows.map(({ counter }) => counter);
				const message = { key: `message ${sendId}`, sealed: 'sealed' };
				const said = step.outcome === 'accepted' ? { message, waId: 'sealed' } : { error: 'sealed' };
				const withdrawnCooldownMs = 5 * second;
				const send = {
					verificationId,
					phoneKey,
					purpose,
					sendId,
					withdrawnCooldownMs,
					counters: [...new Set(counters)],
				};
				return [{ verb: 'recordSend', answer: await store.recordSend({ ...send, outcome: step.outcome, ...said }) }];
			}
			case 'status':
				return [{ verb: 'recordDelivery', answer: await store.recordDelivery(this.update(attempt, step)) }];
		}
	}

	private async begin(store: Verifications, attempt: BeginAttempt): Promise<Called> {
		const answer = await store.begin(attempt);
		if (answer.answer === 'begun') this.sent.push({ attempt });
		return { verb: 'begin', answer };
	}

	private attempt(about: Partial<BeginAttempt>): BeginAttempt {
		const number = (this.count += 1);
		const { phoneKey, namespace, provider, run } = this;
		const counter = `sends ${phoneKey}`;
		return {
			verificationId: `verification-${run}-${number}`,
			continues: false,
			purpose: 'a',
			lifetimeMs: 300 * second,
			namespace,
			phoneKey,
			provider,
			keyId,
			// Codes of test numbers and others in turn.
			shape: number % 2 === 0 ? 'd6' : 't6',
			dropAfterMs: 135 * second,
			deadlineMs: 10 * minute,
			tombstoneMs: 24 * hour,
			...{
				maxAttempts: 5,
				maxSends: 4,
				cooldown: { stepsMs: [30 * second, minute, 2 * minute], windowMs: 10 * minute },
			},
			windows: [
				{ counter, name: 'ten minutes', limit: 4, windowMs: 10 * minute },
				{ counter, name: 'hour', limit: 6, windowMs: hour },
				{ counter, name: 'day', limit: 12, windowMs: 24 * hour },
			],
			failures: this.failures(),
			...about,
			sendId: `send-${run}-${number}`,
			mac: `mac-${number}`,
			sealedPhone: `phone.${number}`,
			sealedMetadata: `metadata.${number}`,
			idempotency: { key: `key-${run}-${number}`, fingerprint: `request ${number}`, inFlightMs: 90 * second },
		};
	}

	private callers() {
		const [name, windowMs] = ['failed checks of the caller', hour];
		return [
			{ counter: `caller ${this.run}`, name, limit: 7, windowMs },
			{ counter: `network ${this.run}`, name, limit: 9, windowMs },
		];
	}

	private failures() {
		const rests = { every: 2, restMs: 15 * minute, maxRestMs: 24 * hour };
		return { counter: `failed ${this.phoneKey}`, limit: 5, windowMs: 24 * hour, ...rests };
	}

	private entry(attempt: BeginAttempt, entry: string): CheckAttempt {
		const { verificationId, phoneKey, namespace } = attempt;
		const purpose = entry === 'other purpose' ? 'other' : attempt.purpose;
		const ofVerification = this.sent.filter((each) => each.attempt.verificationId === verificationId);
		const macs: Record<string, string | undefined> = {
			right: ofVerification.at(-1)?.attempt.mac,
			old: ofVerification[0]?.attempt.mac,
		};
		const candidate = {
			keyId: entry === 'other key' ? 'e5f6a7b8' : keyId,
			mac: macs[entry] ?? 'mac-0',
			shapes: ['d6' as const, 't6' as const],
		};
		const candidates = entry === 'malformed' ? [] : [candidate];
		const binding = { namespace, purpose, verificationId, phoneKey, callers: this.callers() };
		return { ...binding, candidates, failures: this.failures(), tombstoneMs: 24 * hour };
	}

	/** An entry for every verification of the purpose, with the code of one of them. */
	private phoneEntry(
		{ purpose, entry, unknown }: { purpose: string; entry: string; unknown: number },
		attempt: BeginAttempt,
	): PhoneCheckAttempt {
		const ids = [...new Set(this.sent.map((each) => each.attempt.verificationId))].toReversed().slice(unknown);
		const entered = ids.map((verificationId) => {
			const code = entry === 'right' && verificationId !== attempt.verificationId ? 'wrong' : entry;
			return { verificationId, candidates: this.entry({ ...attempt, verificationId }, code).candidates };
		});
		const { phoneKey, namespace } = this;
		return {
			namespace,
			purpose,
			phoneKey,
			entered,
			callers: this.callers(),
			failures: this.failures(),
			tombstoneMs: 24 * hour,
		};
	}

	private update(
		{ sendId, phoneKey, provider }: BeginAttempt,
		{ status, knowsKey }: { status: DeliveryStatus; knowsKey: boolean },
	): DeliveryUpdate {
		const key = `message ${sendId}`;
		return {
			provider,
			sendId,
			status,
			phoneKeys: [phoneKey],
			messageKeys: [key],
			occurredAt: this.clock.now,
			keyIds: knowsKey ? [keyId] : ['e5f6a7b8'],
			message: { key, sealed: 'sealed' },
			error: status === 'failed' ? 'sealed' : undefined,
		};
	}
}

/** Answers that any steps bring again and again. */
export const commonAnswers = [
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

/** The verb of a call, with a word for its answer. */
export function wordOf(called: Called): string {
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
