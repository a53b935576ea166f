import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { providers } from '../../providers';

const root = resolve(__dirname, '../..');

/** Every file of the nodes with its path, because a file name can contain a provider's name, too. */
const files = globSync('nodes/**/*.{ts,json}', { cwd: root }).sort();

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const whole = (text: string, flags = '') => new RegExp(`(?<!\\w)${escaped(text)}(?!\\w)`, flags);

/** What people call the providers and their interfaces, besides the names in the provider objects. */
const brands = ['Meta', 'Facebook', 'Graph API', '360dialog', 'D360', '1MSG', 'WA.cr', 'On-Premises'];

/** Codes that mean nothing without their provider. Short numbers and plain words have other meanings, too. */
function isDistinctive(code: number | string): boolean {
	return typeof code === 'number' ? code > 9999 : /^[A-Z]+(_[A-Z]+)*$/.test(code);
}

const errorCodes = providers
	.flatMap(({ errors }) => errors.flatMap(({ errorCodes: codes }) => codes))
	.filter(isDistinctive);

const knowledge: Array<[string, RegExp]> = [
	...providers.flatMap(({ id, name, credential }) =>
		[id, name, credential].map((word): [string, RegExp] => [word, new RegExp(escaped(word), 'i')]),
	),
	...brands.map((word): [string, RegExp] => [word, whole(word, 'i')]),
	...[...new Set(errorCodes.map(String))].map((code): [string, RegExp] => [code, whole(code)]),
];

const isCodex = (file: string) => file.endsWith('.node.json');
const codexSchema = z.object({ alias: z.array(z.string()) }).passthrough();
const codexOf = (file: string) => codexSchema.parse(JSON.parse(readFileSync(join(root, file), 'utf8')));

/** The text of a file. The search words of a node are left out, because people also search for their provider. */
function textOf(file: string): string {
	if (!isCodex(file)) return readFileSync(join(root, file), 'utf8');
	return JSON.stringify({ ...codexOf(file), alias: [] });
}

/** The words of providers in a file; digits are compared without separators (131_056). */
function wordsIn(file: string): string[] {
	const text = `${file}\n${textOf(file)}`.replace(/(?<=\d)_(?=\d)/g, '');
	return knowledge.flatMap(([word, pattern]) => (pattern.test(text) ? [`${file}: ${word}`] : []));
}

describe('the nodes', () => {
	test('contain no id, name, credential or error code of a provider', () => {
		expect(files.length).toBeGreaterThan(50);
		expect(files.flatMap(wordsIn)).toEqual([]);
	});

	test('have the name of each provider among their search words', () => {
		for (const file of files.filter(isCodex)) {
			const { alias } = codexOf(file);
			for (const { name } of providers) expect(alias).toContain(name.toLowerCase());
		}
	});

	test('are searched for what each provider is known by', () => {
		const words = new Set(knowledge.map(([word]) => word));
		for (const { id, name, credential } of providers) {
			for (const word of [id, name, credential]) expect(words).toContain(word);
		}
		for (const word of ['131056', '2388024', 'INSUFFICIENT_SCOPE']) expect(words).toContain(word);
	});
});
