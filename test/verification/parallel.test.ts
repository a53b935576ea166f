import type { BeginOutcome } from '../../verification/begin';
import type { BeginRequest } from '../../verification/begin-attempt';
import type { CheckRequest } from '../../verification/check';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { policySchema } from '../../verification/policy';
import type { CheckResult } from '../../verification/state';
import { roundsOf } from '../support/rounds';
import { SecondProcess } from '../support/second-process';
import type { SecondProcessReport, SecondProcessSettings } from '../support/second-process-job';
import { stores } from './stores';
import { phoneNumber, secret, type Sent, wrongCodes } from './verifier';

const sendTo = (phone: number, about: Partial<BeginRequest> = {}): BeginRequest => ({
	recipient: { to: phoneNumber(phone) },
	namespace: 'default',
	purpose: 'authentication',
	provider: 'dialog360',
	policy: policySchema.parse({}),
	idempotencyKey: `execution ${phone}`,
	message: { template: 'verification_code' },
	...about,
});

/** How often each result was answered. */
function tally(reports: SecondProcessReport[]): Partial<Record<CheckResult, number>> {
	const counts: Partial<Record<CheckResult, number>> = {};
	for (const result of reports.flatMap(({ results }) => results)) counts[result] = (counts[result] ?? 0) + 1;
	return counts;
}

/** Whether both processes worked at the same time. If they never do, the test of a race shows nothing. */
function overlapped([a, b]: SecondProcessReport[]): boolean {
	return a !== undefined && b !== undefined && a.from < b.to && b.from < a.to;
}

describe.each(stores)('Two processes at the same time, on $name', (store) => {
	let place: string;
	let peers: [SecondProcess, SecondProcess];
	let engine: Engine;
	let close: () => Promise<void>;
	let phone = 0;
	let overlaps = 0;

	beforeAll(async () => {
		place = await store.place();
		const settings: SecondProcessSettings = { store: store.name, place, secrets: [secret] };
		peers = await Promise.all([SecondProcess.start(settings), SecondProcess.start(settings)]);
		const opened = store.open(place);
		engine = new Engine(opened, new Keyring([secret]));
		close = () => opened.close();
	});
	afterAll(async () => {
		await close();
		await Promise.all(peers.map((peer) => peer.stop()));
	});
	beforeEach(() => {
		overlaps = 0;
	});

	/**
	 * A race goes on until both processes were at work at once often enough, however busy the machine is.
	 * @param rounds how often the race is repeated at least (docs/reference/verification-rules.md 7.2)
	 */
	const goOn = (round: number, rounds = roundsOf(40 * store.share)) => round < rounds || overlaps <= rounds / 10;

	const send = async (): Promise<Sent> => {
		const issued = await engine.begin(sendTo((phone += 1)));
		if (issued.outcome !== 'begun') throw new Error(`Not sent: ${JSON.stringify(issued)}`);
		return issued;
	};

	/** Every second entry goes to the other process. All are checked at the same time. */
	const checkAll = async ({ ticket: { verificationId } }: Sent, codes: string[]) => {
		const checks = codes.map((code): CheckRequest => {
			return { code, by: { verificationId }, namespace: 'default', purpose: 'authentication' };
		});
		const reports = await SecondProcess.together([
			[peers[0], { checks: checks.filter((_, i) => i % 2 === 0) }],
			[peers[1], { checks: checks.filter((_, i) => i % 2 === 1) }],
		]);
		if (overlapped(reports)) overlaps += 1;
		return tally(reports);
	};

	test.each([50, 200])('evaluate exactly five of %i wrong codes, and lock', async (count) => {
		for (let round = 0; goOn(round, roundsOf(100 * store.share)); round += 1) {
			const sent = await send();
			const results = await checkAll(sent, wrongCodes(sent.code, count));
			expect(results).toEqual({ invalid_code: 4, locked: count - 4 });
			const { verificationId } = sent.ticket;
			const after = await engine.get({ verificationId, namespace: 'default' });
			expect([after?.status, after?.attemptsRemaining]).toEqual(['locked', 0]);
		}
	});

	test('approve exactly one of 50 right codes', async () => {
		for (let round = 0; goOn(round, roundsOf(100)); round += 1) {
			const sent = await send();
			const results = await checkAll(sent, Array<string>(50).fill(sent.code));
			expect(results).toEqual({ approved: 1, already_used: 49 });
		}
	});

	test('approve at most one of 49 wrong codes and a right one, and evaluate at most five', async () => {
		// Fewer might have one result only.
		const rounds = Math.max(25, roundsOf(100 * store.share));
		let approvals = 0;
		let played = 0;
		for (let round = 0; goOn(round, rounds); round += 1) {
			const sent = await send();
			const codes = wrongCodes(sent.code, 49);
			codes.splice(round % 8, 0, sent.code);
			const results = await checkAll(sent, codes);
			const { approved = 0, invalid_code: invalid = 0, already_used: used = 0, locked = 0 } = results;
			expect(approved + invalid + used + locked).toBe(50);
			expect(approved).toBeLessThanOrEqual(1);
			expect([approved === 1 ? locked : used, invalid <= 4]).toEqual([0, true]);
			approvals += approved;
			played += 1;
		}
		// Both results of the race must occur, or the test shows nothing.
		expect(approvals).toBeGreaterThan(0);
		expect(approvals).toBeLessThan(played);
	});

	/** Both processes send at the same time. @returns a word for the outcome of each send */
	const sendAll = async (begins: (peer: string) => BeginRequest[], word: (issued: BeginOutcome) => string) => {
		const [a, b] = peers;
		const reports = await SecondProcess.together([
			[a, { begins: begins('a') }],
			[b, { begins: begins('b') }],
		]);
		if (overlapped(reports)) overlaps += 1;
		return reports.flatMap(({ issued }) => issued.map(word)).sort();
	};
	const result = (issued: BeginOutcome) => (issued.outcome === 'refused' ? issued.result : issued.outcome);
	const limit = (issued: BeginOutcome) => (issued.outcome === 'refused' ? (issued.limit ?? '') : issued.outcome);
	const ten = (make: (i: number) => BeginRequest) => Array.from({ length: 10 }, (_, i) => make(i));

	test('make exactly one of 20 sends with one idempotency key', async () => {
		for (let round = 0; goOn(round); round += 1) {
			const number = (phone += 1);
			const words = await sendAll(() => ten(() => sendTo(number)), result);
			expect(words).toEqual(['begun', ...Array<string>(19).fill('in_progress')]);
		}
	});

	test('make exactly one of 20 sends to one phone, and refuse the others with a wait', async () => {
		for (let round = 0; goOn(round); round += 1) {
			const number = (phone += 1);
			const begins = (peer: string) => ten((i) => sendTo(number, { idempotencyKey: `execution ${peer}${i}` }));
			expect(await sendAll(begins, result)).toEqual(['begun', ...Array<string>(19).fill('cooldown')]);
		}
	});

	test('can both open a new store at the same moment', async () => {
		for (let round = 0; goOn(round); round += 1) {
			const fresh = await store.place();
			const job = (peer: string) => ({ place: fresh, begins: [sendTo(1, { purpose: peer })] });
			const reports = await SecondProcess.together([
				[peers[0], job('a')],
				[peers[1], job('b')],
			]);
			if (overlapped(reports)) overlaps += 1;
			expect(reports.flatMap(({ issued }) => issued.map(result))).toEqual(['begun', 'begun']);
		}
	});

	test('make four of 20 sends to one phone for 20 purposes, which is the limit of a phone', async () => {
		for (let round = 0; goOn(round); round += 1) {
			const number = (phone += 1);
			const words = await sendAll((peer) => ten((i) => sendTo(number, { purpose: `${peer}${i}` })), limit);
			expect(words).toEqual([
				...Array<string>(4).fill('begun'),
				...Array<string>(16).fill('sends per phone in 10 minutes'),
			]);
		}
	});

	test('report one event 40 times, and one of them is the first', async () => {
		for (let round = 0; goOn(round); round += 1) {
			const events = Array.from({ length: 20 }, () => ['an event', `${round}`]);
			const reports = await SecondProcess.together([
				[peers[0], { events }],
				[peers[1], { events }],
			]);
			if (overlapped(reports)) overlaps += 1;
			expect(reports.flatMap(({ firstTimes }) => firstTimes).filter(Boolean)).toHaveLength(1);
		}
	});

	test('claim each of 12 due messages once, and keep one delivered that arrives meanwhile', async () => {
		for (let round = 0; goOn(round); round += 1) {
			const provider = `provider ${round % 3}`;
			// Due immediately.
			const numbers = Array.from({ length: 12 }, () => (phone += 1));
			const issued = await Promise.all(
				numbers.map((number) => engine.begin(sendTo(number, { provider, messageTtl: -15 }))),
			);
			const sends = issued.flatMap((each) => (each.outcome === 'begun' ? [each.ticket] : []));
			expect(sends).toHaveLength(12);
			const { sendId, verificationId } = sends[0]!;
			await engine.recordSend(sends[0]!, { outcome: 'accepted', messageId: sendId });
			const delivered = { provider, messageId: sendId, status: 'delivered' as const, occurredAt: Date.now() };
			const claims = Array<string>(4).fill(provider);
			// In every second round the delivery comes first. Which process wins depends on the machine.
			const others = round % 2 === 0 ? claims : [];
			const reports = await SecondProcess.together([
				[peers[0], { claims }],
				[peers[1], { claims: others, news: [delivered] }],
			]);
			if (overlapped(reports)) overlaps += 1;
			const told = reports.flatMap(({ claimed }) => claimed).sort();
			const lost = sends.map((send) => send.sendId).filter((id) => id !== sendId || told.includes(id));
			expect(told).toEqual(lost.sort());
			const { deliveries: [delivery] = [] } = (await engine.get({ verificationId, namespace: 'default' })) ?? {};
			expect(delivery?.status).toBe('delivered');
			expect(await engine.claimDropped(provider)).toEqual([]);
		}
	});
});
