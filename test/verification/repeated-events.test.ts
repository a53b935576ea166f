import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { stores } from './stores';
import { hour, openVerifier, secret, type Verifier } from './verifier';

const week = 7 * 24 * hour;

describe.each(stores)('A repeated event, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	test('is the first one once in seven days', async () => {
		const { engine, clock } = verifier;
		expect(await engine.vault.firstTime('dialog360', 'wamid.1', 'delivered')).toBe(true);
		clock.advance(week - 1);
		expect(await engine.vault.firstTime('dialog360', 'wamid.1', 'delivered')).toBe(false);
		clock.advance(1);
		expect(await engine.vault.firstTime('dialog360', 'wamid.1', 'delivered')).toBe(true);
		clock.advance(week - 1);
		expect(await engine.vault.firstTime('dialog360', 'wamid.1', 'delivered')).toBe(false);
	});

	test('is a different event if any part differs, also if the joined parts are equal', async () => {
		const { engine } = verifier;
		const events = [['a', 'b', 'c'], ['a', 'b'], ['ab', 'c'], ['a', 'bc'], ['a', 'b', 'd'], ['a","b', 'c'], []];
		for (const answer of [true, false]) {
			for (const parts of events) expect(await engine.vault.firstTime(...parts)).toBe(answer);
		}
	});

	test('is the first one for exactly one of many callers at the same time', async () => {
		const heard = await Promise.all(Array.from({ length: 50 }, () => verifier.engine.vault.firstTime('an event')));
		expect(heard.filter(Boolean)).toHaveLength(1);
	});

	test('is recognized during a change of the signing secret, in processes with old and new secrets', async () => {
		const newer = 'another signing secret of the tests';
		const rotated = new Engine(verifier.store, new Keyring([newer, secret]));
		const finished = new Engine(verifier.store, new Keyring([newer]));
		expect(await verifier.engine.vault.firstTime('before')).toBe(true);
		expect(await rotated.vault.firstTime('before')).toBe(false);
		expect(await rotated.vault.firstTime('meanwhile')).toBe(true);
		expect(await verifier.engine.vault.firstTime('meanwhile')).toBe(false);
		expect(await finished.vault.firstTime('meanwhile')).toBe(false);
	});

	test('is the first one once if the same secret is configured as the newest and as a previous one', async () => {
		const engine = new Engine(verifier.store, new Keyring([secret, secret]));
		expect(await engine.vault.firstTime('an event')).toBe(true);
		expect(await engine.vault.firstTime('an event')).toBe(false);
	});
});
