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

/** Milliseconds until the next send is allowed, after each. */
const cooldowns = [30 * second, minute, 2 * minute];

/** Codes one after the other, each as soon as it may be; nothing was heard of any of them. */
async function sendAll(verifier: Verifier, ...sends: Send[]): Promise<Sent[]> {
	const sent: Sent[] = [];
	for (const [i, send] of sends.entries()) {
		if (i > 0) verifier.clock.advance(cooldowns[i - 1] ?? 0);
		sent.push(await verifier.send(send));
	}
	return sent;
}

const one = { customCode: '111111' };
const two = { customCode: '222222' };
const three = { customCode: '333333' };
const four = { customCode: '444444' };

describe.each(stores)('A resend that was not sent after all, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	const report = ({ ticket }: Sent, outcome: SendOutcome['outcome']) => verifier.engine.recordSend(ticket, { outcome });
	const cancel = ({ ticket }: Sent) => verifier.engine.cancel({ ...ticket, namespace: 'default' });

	test('leaves the code before it good, with all that it had', async () => {
		const [first, next] = await sendAll(
			verifier,
			{ to: '+5511987654321', metadata: { order: 7 } },
			{ to: '+551187654321', metadata: { order: 8 }, policy: { codeLength: 8 }, provider: 'oneMsg' },
		);
		const { to, metadata, expiresAt } = first!.verification;
		expect(await verifier.get(next!)).toMatchObject({ to: '+551187654321', metadata: { order: 8 } });
		const left = await report(next!, 'withdrawn');
		expect(left).toMatchObject({ status: 'pending', to, metadata, expiresAt, sendsRemaining: 3 });
		expect(await verifier.results(first!, next!.code, first!.code)).toEqual(['malformed', 'approved']);
	});

	test('leaves it good under the secret that it was signed with', async () => {
		const first = await verifier.send();
		verifier.clock.advance(30 * second);
		const rotated = verifier.withSecrets('a signing secret that is newer', secret);
		const next = await rotated.send();
		await rotated.engine.recordSend(next.ticket, { outcome: 'withdrawn' });
		expect(await rotated.results(first, first.code)).toEqual(['approved']);
	});

	test('takes no check back that was counted while it was under way', async () => {
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
	])('does not reopen what was %s meanwhile', async (end, result) => {
		const [first, next] = await sendAll(verifier, one, two);
		if (end === 'approved') await verifier.check(next!, next!.code);
		if (end === 'locked') await verifier.results(next!, ...wrongCodes(next!.code, 5));
		if (end === 'canceled') await cancel(next!);
		expect(await report(next!, 'withdrawn')).toMatchObject({ status: end });
		expect(await verifier.results(first!, first!.code, next!.code)).toEqual([result, result]);
	});

	test('leaves it expired where its time has passed meanwhile', async () => {
		const first = await verifier.send();
		verifier.clock.advance(5 * minute - second);
		const next = await verifier.send();
		verifier.clock.advance(second - 1);
		expect(await verifier.get(first)).toMatchObject({ status: 'pending' });
		verifier.clock.advance(1);
		const { expiresAt } = first.verification;
		expect(await report(next, 'withdrawn')).toMatchObject({ status: 'expired', expiresAt, sendsRemaining: 0 });
		expect(await verifier.results(first, first.code, next.code)).toEqual(['expired', 'expired']);
		expect(await verifier.send()).toMatchObject({ isResend: false });
	});

	test('that lived shorter and has expired brings nothing back: another verification may be live', async () => {
		const [first, next] = await sendAll(
			verifier,
			{ ...one, policy: { expiresIn: 600 } },
			{ policy: { expiresIn: 60 } },
		);
		verifier.clock.advance(minute);
		const anew = await verifier.send(three);
		expect(anew.isResend).toBe(false);
		expect(await report(next!, 'withdrawn')).toMatchObject({ status: 'expired' });
		expect(await verifier.results(first!, first!.code)).toEqual(['expired']);
		expect(await verifier.check('', anew.code, { to: '+12015550123' })).toMatchObject({ result: 'approved' });
	});

	test('is the first of several to be withdrawn, and the code that was got comes back with the last', async () => {
		const [first, second, third] = await sendAll(verifier, one, two, three);
		expect(await report(second!, 'withdrawn')).toMatchObject({
			deliveries: [{}, {}],
			expiresAt: third!.verification.expiresAt,
		});
		expect(await verifier.results(first!, one.customCode, two.customCode)).toEqual(['invalid_code', 'invalid_code']);
		await report(third!, 'withdrawn');
		expect(await verifier.results(first!, two.customCode, three.customCode, one.customCode)).toEqual([
			...['invalid_code', 'invalid_code', 'approved'],
		]);
	});

	test.each([
		['the newest first', [3, 2, 1]],
		['the oldest first', [1, 2, 3]],
		['in any order', [2, 3, 1]],
	])('one of three that are withdrawn, %s, leaves the first code good', async (_, order) => {
		const sent = await sendAll(verifier, one, two, three, four);
		for (const i of order) await report(sent[i]!, 'withdrawn');
		expect(await verifier.get(sent[0]!)).toMatchObject({ deliveries: [{ sendId: sent[0]!.ticket.sendId }] });
		expect(await verifier.results(sent[0]!, ...[four, three, two, one].map((each) => each.customCode))).toEqual([
			...['invalid_code', 'invalid_code', 'invalid_code', 'approved'],
		]);
	});

	test('brings no code back that nobody got: where the first was withdrawn too, nothing is left', async () => {
		const [first, next, last] = await sendAll(verifier, one, two, three);
		await report(first!, 'withdrawn');
		await report(last!, 'withdrawn');
		expect(await verifier.results(next!, one.customCode, three.customCode)).toEqual(['invalid_code', 'invalid_code']);
		expect(await report(next!, 'withdrawn')).toBeUndefined();
		expect(await verifier.results(first!, one.customCode)).toEqual(['not_found']);
	});

	test('changes nothing for a newer one that was sent', async () => {
		const [first, next, last] = await sendAll(verifier, one, two, three);
		await report(last!, 'accepted');
		await report(next!, 'withdrawn');
		expect(await report(last!, 'withdrawn')).toMatchObject({ deliveries: [{}, { status: 'accepted' }] });
		expect(await verifier.results(first!, one.customCode, three.customCode)).toEqual(['invalid_code', 'approved']);
	});

	test('leaves the others in their order, and the next to it the newest', async () => {
		const [first, next, last] = await sendAll(verifier, one, two, three);
		await report(next!, 'withdrawn');
		const after = await verifier.send(four);
		expect(after.verification.deliveries.map(({ sendId }) => sendId)).toEqual(
			[first, last, after].map((each) => each!.ticket.sendId),
		);
		await report(after, 'withdrawn');
		expect(await verifier.results(first!, one.customCode, three.customCode)).toEqual(['invalid_code', 'approved']);
	});

	test('was reported as something else before: then it may have been sent, and counts', async () => {
		const [first, next] = await sendAll(verifier, one, two);
		await report(next!, 'unknown');
		expect(await report(next!, 'withdrawn')).toMatchObject({
			sendsRemaining: 2,
			deliveries: [{}, { status: 'unknown' }],
		});
		expect(await verifier.results(first!, one.customCode, two.customCode)).toEqual(['invalid_code', 'approved']);
	});

	test('comes after all from one that a retry took for lost', async () => {
		const again = { ...two, idempotencyKey: 'execution 7, item 0' };
		const [first, next] = await sendAll(verifier, one, again);
		verifier.clock.advance(90 * second);
		expect(await verifier.begin(again)).toMatchObject({ outcome: 'replayed', delivery: { status: 'unknown' } });
		expect(await report(next!, 'withdrawn')).toMatchObject({ sendsRemaining: 3 });
		expect(await verifier.results(first!, two.customCode, one.customCode)).toEqual(['invalid_code', 'approved']);
	});
});

describe.each(stores)('Of a code that a resend replaced, on $name', (store) => {
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

	/** What the store keeps of a code that is the newest. */
	async function tracesOf({ ticket, code, verification }: Sent): Promise<string[]> {
		const { verificationId, phoneKey } = ticket;
		const { namespace, purpose } = verification;
		const stored = await verifier.store.verifications.get({ namespace, phoneKey, verificationId });
		const mac = keyring.mac(keyring.newest, { namespace, verificationId, phoneKey, purpose, code });
		return [mac, stored?.sealedPhone ?? '', stored?.sealedMetadata ?? ''];
	}

	/** Codes with what the store keeps of each. */
	async function sendTraced(...sends: Send[]): Promise<Array<{ sent: Sent; traces: string[] }>> {
		const traced: Array<{ sent: Sent; traces: string[] }> = [];
		for (const [i, send] of sends.entries()) {
			if (i > 0) clock.advance(cooldowns[i - 1] ?? 0);
			const sent = await verifier.send({ ...send, metadata: { send: i } });
			traced.push({ sent, traces: await tracesOf(sent) });
		}
		return traced;
	}

	/** How many of them are in what a thief gets, once whatever the store keeps for a while was written down. */
	async function left(traces: string[]): Promise<number> {
		await verifier.store.close();
		const stolen = await store.dump(place);
		open();
		return traces.filter((trace) => stolen.includes(trace)).length;
	}

	const report = ({ ticket }: Sent, outcome: SendOutcome['outcome']) => verifier.engine.recordSend(ticket, { outcome });
	const hear = ({ ticket: { sendId } }: Sent, status: 'sent' | 'delivered' | 'failed') =>
		verifier.engine.recordDelivery({
			...{ provider: 'dialog360', messageId: `wamid.${sendId}`, sendId, status, occurredAt: clock.now },
		});

	test('all is kept while the resend may still be withdrawn', async () => {
		const [first] = await sendTraced(one, two);
		expect(await left(first!.traces)).toBe(3);
		await verifier.check(first!.sent, '000000');
		expect(await left(first!.traces)).toBe(3);
	});

	test.each<[string, (resent: Sent) => Promise<unknown>]>([
		['was accepted', (resent) => report(resent, 'accepted')],
		['failed', (resent) => report(resent, 'failed')],
		['got no answer', (resent) => report(resent, 'unknown')],
		['was sent, as a webhook tells', (resent) => hear(resent, 'sent')],
		['was delivered, as a webhook tells', (resent) => hear(resent, 'delivered')],
		['failed, as a webhook tells', (resent) => hear(resent, 'failed')],
		['counts as dropped', () => (clock.advance(135 * second), verifier.engine.claimDropped('dialog360'))],
		['was approved', (resent) => verifier.check(resent, resent.code)],
		['was locked', (resent) => verifier.results(resent, ...wrongCodes(resent.code, 5))],
		['was canceled', ({ ticket }) => verifier.engine.cancel({ ...ticket, namespace: 'default' })],
		['was approved elsewhere', ({ ticket }) => verifier.engine.end({ ...ticket, namespace: 'default' }, 'approved')],
	])('nothing is kept once the resend %s', async (_, end) => {
		const [first, next] = await sendTraced(one, two);
		await end(next!.sent);
		expect(await left(first!.traces)).toBe(0);
	});

	test('nothing is kept of any before one that was sent', async () => {
		const [first, second, third, last] = await sendTraced(one, two, three, four);
		await report(third!.sent, 'accepted');
		expect(await left([...first!.traces, ...second!.traces])).toBe(0);
		// The newest may still be withdrawn.
		expect(await left(third!.traces)).toBe(3);
		await report(last!.sent, 'accepted');
		expect(await left(third!.traces)).toBe(0);
	});

	test('nothing is kept of the resend itself once it was withdrawn', async () => {
		const [first, second, third] = await sendTraced(one, two, three);
		await report(second!.sent, 'withdrawn');
		expect(await left(second!.traces)).toBe(0);
		await report(third!.sent, 'withdrawn');
		expect(await left(third!.traces)).toBe(0);
		expect(await left(first!.traces)).toBe(3);
	});

	test('no answer of the store holds a MAC', async () => {
		const [first, second] = await sendTraced(one, two);
		const { ticket, verification } = second!.sent;
		const answers = [
			await verifier.store.verifications.get({ namespace: verification.namespace, ...ticket }),
			await verifier.store.verifications.recordSend({ ...ticket, outcome: 'withdrawn' }),
		];
		const macs = [first!, second!].map(({ traces: [mac] }) => mac);
		expect(answers).toMatchObject([{ sends: 2 }, { sends: 1 }]);
		expect(macs.filter((mac = '') => JSON.stringify(answers).includes(mac))).toEqual([]);
	});
});
