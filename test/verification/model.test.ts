import fc from 'fast-check';
import type { BeginOutcome } from '../../verification/begin';
import type { RecordedMessage } from '../../verification/deliveries';
import type { DeliveryStatus } from '../../verification/state';
import { PhoneModel, type ModelDelivery, type ModelSend, type ModelVerification } from './phone-model';
import { stores } from './stores';
import { hour, minute, openVerifier, second, type Send, type Verifier, wrong } from './verifier';

// About ten thousand calls, with HTTP for the store over REST.
jest.setTimeout(300_000);

const purpose = fc.constantFrom('a', 'b', 'c');
/** Picks one of the sends so far, newest first. */
const which = fc.nat({ max: 3 });
const send = {
	expiresIn: fc.constantFrom(60, 300, 300, 600),
	metadata: fc.constantFrom<Array<Record<string, number>>>({}, {}, { order: 7 }, { order: 8 }),
};
const act = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ act: fc.constant('begin' as const), purpose, ...send }) },
	{ weight: 5, arbitrary: fc.record({ act: fc.constant('resend' as const), purpose, ...send }) },
	{
		weight: 8,
		arbitrary: fc.record({
			act: fc.constant('check' as const),
			purpose,
			entries: fc.array(fc.constantFrom('right', 'wrong', 'wrong', 'wrong', 'old', 'malformed'), {
				minLength: 1,
				maxLength: 6,
			}),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ act: fc.constant('cancel' as const), purpose }) },
	{
		weight: 3,
		arbitrary: fc.record({
			act: fc.constant('report' as const),
			purpose,
			which,
			outcome: fc.constantFrom('accepted', 'unknown', 'failed', 'failed', 'withdrawn'),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({
			act: fc.constant('status' as const),
			purpose,
			which,
			status: fc.constantFrom<DeliveryStatus[]>('sent', 'delivered', 'read', 'failed', 'failed', 'dropped'),
		}),
	},
	{ weight: 3, arbitrary: fc.record({ act: fc.constant('claim' as const) }) },
	{ weight: 2, arbitrary: fc.record({ act: fc.constant('event' as const), event: fc.constantFrom('a', 'b') }) },
	{
		weight: 6,
		arbitrary: fc.record({
			act: fc.constant('wait' as const),
			milliseconds: fc.constantFrom(
				1,
				second,
				30 * second - 2,
				30 * second,
				minute,
				2 * minute,
				5 * minute - 2,
				5 * minute,
				75 * second,
				10 * minute,
				hour,
				24 * hour,
				7 * 24 * hour,
			),
		}),
	},
);
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

/**
 * Several codes under way at once, none of them answered yet, and then answers in any order: chance alone brings few.
 */
const underWay = fc
	.record({
		purpose,
		...send,
		waits: fc.array(fc.constantFrom(30 * second, minute, 2 * minute), { minLength: 1, maxLength: 3 }),
		wrongs: fc.constantFrom<Array<Array<'wrong'>>>([], [], ['wrong', 'wrong', 'wrong', 'wrong']),
		answers: fc.array(
			fc.record({
				which,
				outcome: fc.constantFrom('accepted', 'failed', 'failed', 'withdrawn', 'withdrawn', 'withdrawn'),
			}),
			{ minLength: 1, maxLength: 4 },
		),
	})
	.map(({ waits, answers, wrongs, ...begun }): Act[] => [
		{ act: 'begin', ...begun },
		...waits.flatMap((milliseconds): Act[] => [
			{ act: 'wait', milliseconds },
			{ act: 'resend', ...begun, metadata: {} },
		]),
		...answers.map((answer): Act => ({ act: 'report', purpose: begun.purpose, ...answer })),
		{ act: 'check', purpose: begun.purpose, entries: ['old', ...wrongs, 'right'] },
	]);

/** Answers that occur dozens of times in the runs. */
const common = [
	'approved',
	'invalid_code',
	'locked',
	'expired',
	'already_used',
	'undeliverable',
	'malformed',
	'not_found',
	'event: first',
	'event: known',
	'message: dropped',
	'code: restored',
	'send: begun',
	'send: cooldown',
	'send: rate_limited',
	'send: expired',
	'send: not_found',
];

describe.each(stores)('Any actions in any order, on $name', (store) => {
	let verifier: Verifier;
	let runs = 0;
	const seen = new Set<string>();

	beforeAll(async () => {
		verifier = await openVerifier(store);
	});
	afterAll(() => verifier.store.close());

	/** Performs the act on the engine and on the model, and compares their answers. */
	async function perform(namespace: string, model: PhoneModel, step: Act): Promise<void> {
		verifier.clock.advance(step.act === 'wait' ? step.milliseconds : 1);
		if (step.act === 'wait') return;
		if (step.act === 'claim') return compareDropped(namespace, model.claimDropped());
		if (step.act === 'event') {
			const isFirst = await verifier.engine.vault.firstTime(namespace, step.event);
			expect(isFirst).toBe(model.firstTime(step.event));
			return void seen.add(isFirst ? 'event: first' : 'event: known');
		}
		if (step.act === 'begin') {
			const expected = model.begin(step.purpose);
			const issued = await verifier.begin({ namespace, purpose: step.purpose, ...toRequest(step) });
			return compareSend(model, step, issued, expected);
		}
		const verification = model.newest(step.purpose);
		if (verification === undefined) return;
		const located = { namespace, verificationId: idOf(verification) };
		if (step.act === 'resend') {
			const expected = model.resend(verification);
			return compareSend(model, step, await verifier.begin({ ...located, ...toRequest(step) }), expected);
		}
		if (step.act === 'check') return checkAll(namespace, model, verification, step.entries);
		if (step.act === 'cancel') {
			model.cancel(verification);
			await verifier.engine.cancel(located);
			return;
		}
		const { deliveries } = verification;
		const delivery = deliveries.at(-1 - (step.which % deliveries.length));
		// A deleted verification has nothing to compare.
		if (delivery === undefined || model.isForgotten(verification)) return;
		if (step.act === 'report') {
			if (step.outcome === 'withdrawn') {
				if (model.withdraw(verification, delivery)) seen.add('code: restored');
			} else model.receiveStatus(verification, delivery, step.outcome);
			await verifier.engine.recordSend(delivery.sent.ticket, { outcome: step.outcome });
			return;
		}
		const news = model.receiveStatus(verification, delivery, step.status);
		const heard = await verifier.engine.recordDelivery({
			provider: 'dialog360',
			sendId: delivery.sent.ticket.sendId,
			status: step.status,
			messageId: `wamid.${delivery.sent.ticket.sendId}`,
			occurredAt: verifier.clock.now,
		});
		expect(heard?.isNew).toBe(news);
	}

	async function compareDropped(namespace: string, expected: ModelDelivery[]): Promise<void> {
		const told: string[] = [];
		let dropped: RecordedMessage[];
		do {
			dropped = await verifier.engine.claimDropped('dialog360');
			// Earlier runs may have left dropped messages.
			const own = dropped.filter(({ verification }) => verification.namespace === namespace);
			told.push(...own.map(({ delivery }) => delivery.sendId));
		} while (dropped.length > 0);
		expect(told.sort()).toEqual(expected.map(({ sent }) => sent.ticket.sendId).sort());
		if (told.length > 0) seen.add('message: dropped');
	}

	function compareSend(
		model: PhoneModel,
		step: ModelSend & { purpose: string },
		issued: BeginOutcome,
		expected: { refused: string } | { continues: ModelVerification | undefined },
	): void {
		const answered = issued.outcome === 'refused' ? issued.result : issued.outcome;
		expect(answered).toBe('refused' in expected ? expected.refused : 'begun');
		seen.add(`send: ${answered}`);
		if (issued.outcome !== 'begun' || 'refused' in expected) return;
		expect(issued.isResend).toBe(expected.continues !== undefined);
		if (expected.continues !== undefined) expect(issued.ticket.verificationId).toBe(idOf(expected.continues));
		model.sent(issued, step.purpose, expected.continues, step);
	}

	async function checkAll(
		namespace: string,
		model: PhoneModel,
		verification: ModelVerification,
		entries: string[],
	): Promise<void> {
		const { code: right } = verification.current.sent;
		const others = [...verification.withdrawn.toReversed(), ...verification.deliveries.map(({ sent }) => sent.code)];
		const written: Record<string, unknown> = {
			right,
			wrong: wrong(right),
			malformed: ['123456'],
			old: others.find((code) => code !== right) ?? wrong(right),
		};
		for (const entry of entries) {
			const expected = model.check(verification, entry === 'old' ? 'wrong' : kindOf(entry));
			const about = { namespace, purpose: verification.purpose };
			const { result } = await verifier.check(idOf(verification), written[entry], about);
			expect(result).toBe(expected);
			seen.add(result);
		}
	}

	/** Every verification is as in the model, and each purpose has at most one live verification. */
	async function compareAll(namespace: string, model: PhoneModel): Promise<void> {
		for (const verification of model.verifications) await compare(namespace, model, verification);
		for (const each of ['a', 'b', 'c']) {
			const live = model.verifications.filter((one) => one.purpose === each && model.stateOf(one) === 'pending');
			expect(live.length).toBeLessThanOrEqual(1);
		}
	}

	async function compare(namespace: string, model: PhoneModel, verification: ModelVerification) {
		const stored = await verifier.get(idOf(verification), namespace);
		if (model.isForgotten(verification)) return expect(stored).toBeUndefined();
		const status = model.stateOf(verification);
		const open = status === 'pending' || status === 'undeliverable';
		const { attempts, sends, deliveries, current } = verification;
		expect({ ...stored, deliveries: stored?.deliveries.map((each) => each.status) }).toMatchObject({
			status,
			attemptsRemaining: 5 - attempts,
			sendsRemaining: open ? 4 - sends : 0,
			expiresAt: new Date(verification.expires),
			to: '+12015550123',
			deliveries: deliveries.map((each) => each.status),
		});
		expect(stored?.metadata).toEqual(current.metadata);
	}

	test('give the answers of the rules, and change nothing else', async () => {
		const anyActs = fc.oneof({ weight: 16, arbitrary: act.map((each) => [each]) }, { weight: 1, arbitrary: underWay });
		const acts = fc.array(anyActs, { minLength: 20, maxLength: 60, size: 'max' });
		const holds = async (steps: Act[][]) => {
			const namespace = `run ${(runs += 1)}`;
			const model = new PhoneModel(verifier.clock);
			for (const step of steps.flat()) {
				await perform(namespace, model, step);
				await compareAll(namespace, model);
			}
		};
		await fc.assert(fc.asyncProperty(acts, holds), { numRuns: 40 });
		// Otherwise the runs did not try what they should.
		expect([...seen]).toEqual(expect.arrayContaining(common));
	});
});

function toRequest({ expiresIn, metadata }: ModelSend): Send {
	return { policy: { expiresIn }, metadata };
}

function idOf({ deliveries: [first] }: ModelVerification): string {
	return first?.sent.ticket.verificationId ?? '';
}

function kindOf(entry: string): 'right' | 'wrong' | 'malformed' {
	return entry === 'right' || entry === 'malformed' ? entry : 'wrong';
}
