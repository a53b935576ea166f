import type { CheckRequest } from '../../verification/check';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { Peer } from '../support/second-process';
import { stores } from './stores';
import { phoneNumber, TestClock, Verifier, secret, wrongCodes } from './verifier';

const check = (verificationId: string, code: string): CheckRequest => {
	return { code, by: { verificationId }, namespace: 'default', purpose: 'authentication' };
};

describe.each(stores)('After kill -9 of a process, the store on $name', (store) => {
	let place: string;
	let peer: Peer;

	/** The store as the next process sees it. */
	const afterwards = () => {
		const opened = store.open(place);
		return new Verifier(new Engine(opened, new Keyring([secret])), new TestClock(), opened);
	};
	/** Sends of a process that has ended. */
	const sendMany = async (count: number) => {
		const before = afterwards();
		const sent = [];
		for (let i = 0; i < count; i += 1) sent.push(await before.send({ to: phoneNumber(i) }));
		await before.store.close();
		return sent;
	};

	beforeEach(async () => {
		place = await store.place();
		peer = await Peer.start({ store: store.name, place, secrets: [secret] });
	});
	afterEach(() => peer.stop());

	test.each([1, 7, 40])('keeps %i codes used that the process had just approved', async (killAfter) => {
		const sent = await sendMany(killAfter + 20);
		const checks = sent.map(({ ticket, code }) => check(ticket.verificationId, code));
		const told = await peer.killAfter(killAfter, { checks });
		expect(told.slice(0, killAfter)).toEqual(Array<string>(killAfter).fill('approved'));
		const after = afterwards();
		for (const each of sent.slice(0, told.length)) {
			expect(await after.results(each, each.code)).toEqual(['already_used']);
		}
		// One more code may have been approved without an answer. The other codes are still valid.
		for (const each of sent.slice(-5)) expect((await after.get(each))?.status).toMatch(/pending|approved/);
		await after.store.close();
	});

	test('keeps a code locked that the process had just locked', async () => {
		const [sent] = await sendMany(1);
		const checks = wrongCodes(sent!.code, 5).map((code) => check(sent!.ticket.verificationId, code));
		const told = await peer.killAfter(5, { checks });
		expect(told).toEqual([...Array<string>(4).fill('invalid_code'), 'locked']);
		const after = afterwards();
		expect(await after.results(sent!, sent!.code)).toEqual(['locked']);
		await after.store.close();
	});

	test('keeps the count of wrong codes that the process had just refused', async () => {
		const [sent] = await sendMany(1);
		const checks = wrongCodes(sent!.code, 3).map((code) => check(sent!.ticket.verificationId, code));
		await peer.killAfter(3, { checks });
		const after = afterwards();
		expect((await after.get(sent!))?.attemptsRemaining).toBe(2);
		expect(await after.results(sent!, sent!.code)).toEqual(['approved']);
		await after.store.close();
	});
});
