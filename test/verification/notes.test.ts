import { Keyring } from '../../verification/keys';
import { Notes } from '../../verification/notes';
import { stores } from './stores';
import { hour, openVerifier, secret, type Verifier } from './verifier';

const newer = 'a newer signing secret of the tests';

describe.each(stores)('A note, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	test('is found by its name until it is replaced or forgotten', async () => {
		const { notes } = verifier.engine;
		expect(await notes.kept('a')).toBeUndefined();
		await notes.keep('a', 'first', hour);
		await notes.keep('b', 'another', hour);
		expect([await notes.kept('a'), await notes.kept('b')]).toEqual(['first', 'another']);
		await notes.keep('a', 'second', hour);
		expect(await notes.kept('a')).toBe('second');
		await notes.forget('a');
		await notes.forget('nothing');
		expect([await notes.kept('a'), await notes.kept('b')]).toEqual([undefined, 'another']);
	});

	test('is kept across a change of the signing secret, and forgotten under both', async () => {
		const rotated = verifier.withSecrets(newer, secret).engine.notes;
		await verifier.engine.notes.keep('a', 'before', hour);
		expect(await rotated.kept('a')).toBe('before');
		await rotated.keep('a', 'after', hour);
		expect(await rotated.kept('a')).toBe('after');
		await rotated.forget('a');
		expect([await rotated.kept('a'), await verifier.engine.notes.kept('a')]).toEqual([undefined, undefined]);
	});

	test('is nothing to another installation in the same store', async () => {
		await verifier.engine.notes.keep('a', 'ours', hour);
		const other = verifier.withSecrets('the signing secret of somebody else').engine.notes;
		expect(await other.kept('a')).toBeUndefined();
		await other.keep('a', 'theirs', hour);
		await other.forget('a');
		expect(await verifier.engine.notes.kept('a')).toBe('ours');
	});

	test('is none once its time has passed', async () => {
		await verifier.engine.notes.keep('a', 'for a moment', 50);
		verifier.clock.advance(50);
		// Redis goes by a clock of its own.
		await new Promise((resolve) => setTimeout(resolve, 100));
		expect(await verifier.engine.notes.kept('a')).toBeUndefined();
	});
});

test('A note is neither read nor named in a store', async () => {
	const stored = new Map<string, string>();
	const notes = new Notes(
		{
			keep: async (key, note) => void stored.set(key, note),
			kept: async (key) => stored.get(key),
			forget: async (key) => void stored.delete(key),
		},
		new Keyring([secret]),
	);
	await notes.keep('https://n8n.example.test/a', 'their key', hour);
	await notes.keep('b', '', hour);
	const [[nameOfA = '', noteOfA = ''] = [], [nameOfB = ''] = []] = stored;
	for (const word of ['example', 'their key']) expect(`${nameOfA} ${noteOfA}`).not.toContain(word);
	// Nor can one be put in the place of another.
	stored.set(nameOfB, noteOfA);
	await expect(notes.kept('b')).rejects.toThrow('authenticate data');
});
