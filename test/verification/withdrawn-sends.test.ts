import type { SendOutcome } from '../../verification/deliveries';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { stores } from './stores';
import {
	minute,
	openVerifier,
	second,
	secret,
	TestClock,
	Verifier,
	wrongCodes,
	type Send,
	type Sent,
} from './verifier';

/** Milliseconds until the next send is allowed, after each send. */
const cooldowns = [30 * second, minute, 2 * minute];

/** A send and its resends, each as soon as the cool-down allows. None of them is answered. */
async function sendAll(verifier: Verifier, ...sends: Send[]): Promise<Sent[]> {
	const sent: Sent[] = [];
	for (const [i, send] of sends.entries()) {
		if (i > 0) verifier.clock.advance(cooldowns[i - 1] ?? 0);
		const [first] = sent;
		sent.push(await (first === undefined ? verifier.send(send) : verifier.resend(first, send)));
	}
	return sent;
}

const one = { customCode: '111111' };
const two = { customCode: '222222' };
const three = { customCode: '333333' };
const four = { customCode: '444444' };

describe.each(stores)('A withdrawn resend, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	const report = ({ ticket }: Sent, outcome: SendOutcome['outcome']) => verifier.engine.recordSend(ticket, { outcome });
	const cancel = ({ ticket }: Sent) => verifier.engine.cancel({ ...ticket, namespace: 'default' });

	test('makes the code before it valid again, with its phone, metadata and expiry', async () => {
		const [first, next] = await sendAll(
			verifier,
			{ to: '+5511987654321', metadata: { order: 7 } },
			{ policy: { codeLength: 8, expiresIn: 600 }, provider: 'oneMsg' },
		);
		const { to, metadata, expiresAt } = first!.verification;
		expect(next!.verification.expiresAt).not.toEqual(expiresAt);
		const left = await report(next!, 'withdrawn');
		expect(left).toMatchObject({ status: 'pending', to, metadata, expiresAt, sendsRemaining: 3 });
		expect(await verifier.results(first!, next!.code, first!.code)).toEqual(['malformed', 'approved']);
	});

	test('makes the code before it valid again under the secret that signed it', async () => {
		const first = await verifier.send();
		verifier.clock.advance(30 * second);
		const rotated = verifier.withSecrets('a signing secret that is newer', secret);
		const next = await rotated.resend(first);
		await rotated.engine.recordSend(next.ticket, { outcome: 'withdrawn' });
		expect(await rotated.results(first, first.code)).toEqual(['approved']);
	});

	test('keeps the checks that were counted while it was running', async () => {
		const [first, next] = await sendAll(verifier, one, two);
		expect(await verifier.results(first!, first!.code, '000000')).toEqual(['invalid_code', 'invalid_code']);
		await report(next!, 'withdrawn');
		expect(await verifier.check(first!, first!.code)).toMatchObject({
			result: 'approved',
			verification: { attemptsRemaining: 2 },
		});
	});

	test.each([
		['approved', 'already_used'],
		['locked', 'locked'],
		['canceled', 'canceled'],
	])('does not reopen a verification that was %s meanwhile', async (end, result) => {
		const [first, next] = await sendAll(verifier, one, two);
		if (end === 'approved') await verifier.check(next!, next!.code);
		if (end === 'locked') await verifier.results(next!, ...wrongCodes(next!.code, 5));
		if (end === 'canceled') await cancel(next!);
		expect(await report(next!, 'withdrawn')).toMatchObject({ status: end });
		expect(await verifier.results(first!, first!.code, next!.code)).toEqual([result, result]);
	});

	test('leaves the verification expired if the lifetime of the code before it is over', async () => {
		const first = await verifier.send();
		verifier.clock.advance(5 * minute - second);
		const next = await verifier.resend(first);
		verifier.clock.advance(second - 1);
		expect(await verifier.get(first)).toMatchObject({ status: 'pending' });
		verifier.clock.advance(1);
		const { expiresAt } = first.verification;
		expect(await report(next, 'withdrawn')).toMatchObject({ status: 'expired', expiresAt, sendsRemaining: 0 });
		expect(await verifier.results(first, first.code, next.code)).toEqual(['expired', 'expired']);
	});

	test('restores nothing if it has expired first', async () => {
		const [first, next] = await sendAll(
			verifier,
			{ ...one, policy: { expiresIn: 600 } },
			{ policy: { expiresIn: 60 } },
		);
		verifier.clock.advance(minute);
		expect(await report(next!, 'withdrawn')).toMatchObject({ status: 'expired' });
		expect(await verifier.results(first!, first!.code)).toEqual(['expired']);
	});

	test('restores the code that arrived only when the later resends are withdrawn, too', async () => {
		const [first, second, third] = await sendAll(verifier, one, two, three);
		expect(await report(second!, 'withdrawn')).toMatchObject({
			deliveries: [{}, {}],
			expiresAt: third!.verification.expiresAt,
		});
		expect(await verifier.results(first!, one.customCode, two.customCode)).toEqual(['invalid_code', 'invalid_code']);
		await report(third!, 'withdrawn');
		expect(await verifier.results(first!, two.customCode, three.customCode, one.customCode)).toEqual([
			'invalid_code',
			'invalid_code',
			'approved',
		]);
	});

	test.each([
		['the newest first', [3, 2, 1]],
		['the oldest first', [1, 2, 3]],
		['in any order', [2, 3, 1]],
	])('makes the first code valid again if all three resends are withdrawn, %s', async (_, order) => {
		const sent = await sendAll(verifier, one, two, three, four);
		for (const i of order) await report(sent[i]!, 'withdrawn');
		expect(await verifier.get(sent[0]!)).toMatchObject({ deliveries: [{ sendId: sent[0]!.ticket.sendId }] });
		expect(await verifier.results(sent[0]!, ...[four, three, two, one].map((each) => each.customCode))).toEqual([
			'invalid_code',
			'invalid_code',
			'invalid_code',
			'approved',
		]);
	});

	test('restores no code that was withdrawn itself, and leaves nothing if all were', async () => {
		const [first, next, last] = await sendAll(verifier, one, two, three);
		await report(first!, 'withdrawn');
		await report(last!, 'withdrawn');
		expect(await verifier.results(next!, one.customCode, three.customCode)).toEqual(['invalid_code', 'invalid_code']);
		expect(await report(next!, 'withdrawn')).toBeUndefined();
		expect(await verifier.results(first!, one.customCode)).toEqual(['not_found']);
	});

	test('does not change a newer send that was accepted', async () => {
		const [first, next, last] = await sendAll(verifier, one, two, three);
		await report(last!, 'accepted');
		await report(next!, 'withdrawn');
		expect(await report(last!, 'withdrawn')).toMatchObject({ deliveries: [{}, { status: 'accepted' }] });
		expect(await verifier.results(first!, one.customCode, three.customCode)).toEqual(['invalid_code', 'approved']);
	});

	test('keeps the order of the other sends', async () => {
		const [first, next, last] = await sendAll(verifier, one, two, three);
		await report(next!, 'withdrawn');
		verifier.clock.advance(2 * minute);
		const after = await verifier.resend(first!, four);
		expect(after.verification.deliveries.map(({ sendId }) => sendId)).toEqual(
			[first, last, after].map((each) => each!.ticket.sendId),
		);
		await report(after, 'withdrawn');
		expect(await verifier.results(first!, one.customCode, three.customCode)).toEqual(['invalid_code', 'approved']);
	});

	test('counts if it was reported with another outcome before, because it may have been sent', async () => {
		const [first, next] = await sendAll(verifier, one, two);
		await report(next!, 'unknown');
		expect(await report(next!, 'withdrawn')).toMatchObject({
			sendsRemaining: 2,
			deliveries: [{}, { status: 'unknown' }],
		});
		expect(await verifier.results(first!, one.customCode, two.customCode)).toEqual(['invalid_code', 'approved']);
	});

	test('arrives late after a retry marked it as unknown', async () => {
		const again = { ...two, idempotencyKey: 'execution 7, item 0' };
		const [first, next] = await sendAll(verifier, one, again);
		verifier.clock.advance(90 * second);
		const repeated = { ...again, verificationId: first!.ticket.verificationId };
		expect(await verifier.begin(repeated)).toMatchObject({ outcome: 'replayed', delivery: { status: 'unknown' } });
		expect(await report(next!, 'withdrawn')).toMatchObject({ sendsRemaining: 3 });
		expect(await verifier.results(first!, two.customCode, one.customCode)).toEqual(['invalid_code', 'approved']);
	});
});

describe.each(stores)('A code that a resend replaced, on $name', (store) => {
	const keyring = new Keyring([secret]);
	const clock = new TestClock();
	let place: string;
	let verifier: Verifier;

	beforeEach(async () => {
		place = await store.place();
		open();
	});
	afterEach(() => verifier.store.close());

	function open(): void {
		const opened = store.open(place, clock.read);
		verifier = new Verifier(new Engine(opened, keyring), clock, opened);
	}

	/** What the store keeps about the newest code. */
	async function tracesOf({ ticket, code, verification }: Sent): Promise<string[]> {
		const { verificationId, phoneKey } = ticket;
		const { namespace, purpose } = verification;
		const stored = await verifier.store.verifications.get({ namespace, phoneKey, verificationId });
		const mac = keyring.mac(keyring.newest, { namespace, verificationId, phoneKey, purpose, code });
		return [mac, stored?.sealedPhone ?? '', stored?.sealedMetadata ?? ''];
	}

	/** Sends, with what the store keeps about each. */
	async function sendTraced(...sends: Send[]): Promise<Array<{ sent: Sent; traces: string[] }>> {
		const traced: Array<{ sent: Sent; traces: string[] }> = [];
		for (const [i, send] of sends.entries()) {
			if (i > 0) clock.advance(cooldowns[i - 1] ?? 0);
			const request = { ...send, metadata: { send: 'of the tests' } };
			const [first] = traced;
			const sent = await (first === undefined ? verifier.send(request) : verifier.resend(first.sent, request));
			traced.push({ sent, traces: await tracesOf(sent) });
		}
		return traced;
	}

	/** How many of them a thief of the store finds, after the store has written everything to disk. */
	async function left(traces: string[]): Promise<number> {
		await verifier.store.close();
		const stolen = await store.dump(place);
		open();
		return traces.filter((trace) => stolen.includes(trace)).length;
	}

	const report = ({ ticket }: Sent, outcome: SendOutcome['outcome']) => verifier.engine.recordSend(ticket, { outcome });
	const hear = ({ ticket: { sendId } }: Sent, status: 'sent' | 'delivered' | 'failed') =>
		verifier.engine.recordDelivery({
			provider: 'dialog360',
			messageId: `wamid.${sendId}`,
			sendId,
			status,
			occurredAt: clock.now,
		});

	test('is stored while the resend can still be withdrawn', async () => {
		const [first] = await sendTraced(one, two);
		expect(await left(first!.traces)).toBe(3);
		await verifier.check(first!.sent, '000000');
		expect(await left(first!.traces)).toBe(3);
	});

	test.each<[string, (resent: Sent) => Promise<unknown>]>([
		['was accepted', (resent) => report(resent, 'accepted')],
		['failed', (resent) => report(resent, 'failed')],
		['got no answer', (resent) => report(resent, 'unknown')],
		['was sent, reported by a webhook', (resent) => hear(resent, 'sent')],
		['was delivered, reported by a webhook', (resent) => hear(resent, 'delivered')],
		['failed, reported by a webhook', (resent) => hear(resent, 'failed')],
		['counts as dropped', () => (clock.advance(135 * second), verifier.engine.claimDropped('dialog360'))],
		['was approved', (resent) => verifier.check(resent, resent.code)],
		['was locked', (resent) => verifier.results(resent, ...wrongCodes(resent.code, 5))],
		['was canceled', ({ ticket }) => verifier.engine.cancel({ ...ticket, namespace: 'default' })],
		[
			'was approved by the provider',
			({ ticket }) => verifier.engine.end({ ...ticket, namespace: 'default' }, 'approved'),
		],
	])('is deleted once the resend %s', async (_, end) => {
		const [first, next] = await sendTraced(one, two);
		await end(next!.sent);
		expect(await left(first!.traces)).toBe(0);
	});

	test('is deleted, with all codes before it, once a later resend was accepted', async () => {
		const [first, second, third, last] = await sendTraced(one, two, three, four);
		await report(third!.sent, 'accepted');
		expect(await left([...first!.traces, ...second!.traces])).toBe(0);
		// The newest resend can still be withdrawn.
		expect(await left(third!.traces)).toBe(3);
		await report(last!.sent, 'accepted');
		expect(await left(third!.traces)).toBe(0);
	});

	test('is stored after a withdrawal, but the withdrawn code is deleted', async () => {
		const [first, second, third] = await sendTraced(one, two, three);
		await report(second!.sent, 'withdrawn');
		expect(await left(second!.traces)).toBe(0);
		await report(third!.sent, 'withdrawn');
		expect(await left(third!.traces)).toBe(0);
		expect(await left(first!.traces)).toBe(3);
	});

	test('has no MAC in any answer of the store', async () => {
		const [first, second] = await sendTraced(one, two);
		const { ticket, verification } = second!.sent;
		const answers = [
			await verifier.store.verifications.get({ namespace: verification.namespace, ...ticket }),
			await verifier.store.verifications.recordSend({ ...ticket, outcome: 'withdrawn', withdrawnCooldownMs: 5000 }),
		];
		const macs = [first!, second!].map(({ traces: [mac] }) => mac);
		expect(answers).toMatchObject([{ sends: 2 }, { sends: 1 }]);
		expect(macs.filter((mac = '') => JSON.stringify(answers).includes(mac))).toEqual([]);
	});
});
