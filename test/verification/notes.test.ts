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

	test('is found by its name until it is replaced or deleted', async () => {
		const { notes } = verifier.engine;
		expect(await notes.get('a')).toBeUndefined();
		await notes.set('a', 'first', hour);
		await notes.set('b', 'another', hour);
		expect([await notes.get('a'), await notes.get('b')]).toEqual(['first', 'another']);
		await notes.set('a', 'second', hour);
		expect(await notes.get('a')).toBe('second');
		await notes.delete('a');
		await notes.delete('nothing');
		expect([await notes.get('a'), await notes.get('b')]).toEqual([undefined, 'another']);
	});

	test('is found after a change of the signing secret, and deleted under both secrets', async () => {
		const rotated = verifier.withSecrets(newer, secret).engine.notes;
		await verifier.engine.notes.set('a', 'before', hour);
		expect(await rotated.get('a')).toBe('before');
		await rotated.set('a', 'after', hour);
		expect(await rotated.get('a')).toBe('after');
		await rotated.delete('a');
		expect([await rotated.get('a'), await verifier.engine.notes.get('a')]).toEqual([undefined, undefined]);
	});

	test('is separate from a note of another installation in the same store', async () => {
		await verifier.engine.notes.set('a', 'ours', hour);
		const other = verifier.withSecrets('the signing secret of another installation').engine.notes;
		expect(await other.get('a')).toBeUndefined();
		await other.set('a', 'theirs', hour);
		await other.delete('a');
		expect(await verifier.engine.notes.get('a')).toBe('ours');
	});

	test('is gone after its lifetime', async () => {
		await verifier.engine.notes.set('a', 'for a moment', 50);
		verifier.clock.advance(50);
		// Redis uses its own clock here.
		await new Promise((resolve) => setTimeout(resolve, 100));
		expect(await verifier.engine.notes.get('a')).toBeUndefined();
	});
});

test('A note shows neither its text nor its name in a store', async () => {
	const stored = new Map<string, string>();
	const notes = new Notes(
		{
			set: async (key, note) => void stored.set(key, note),
			get: async (key) => stored.get(key),
			delete: async (key) => void stored.delete(key),
		},
		new Keyring([secret]),
	);
	await notes.set('https://n8n.example.test/a', 'their key', hour);
	await notes.set('b', '', hour);
	const [[nameOfA = '', noteOfA = ''] = [], [nameOfB = ''] = []] = stored;
	for (const word of ['example', 'their key']) expect(`${nameOfA} ${noteOfA}`).not.toContain(word);
	// One note can not be moved to the name of another.
	stored.set(nameOfB, noteOfA);
	await expect(notes.get('b')).rejects.toThrow('authenticate data');
});
