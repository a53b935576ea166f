import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';

const root = resolve(__dirname, '../..');
const exampleSchema = z.object({
	name: z.string(),
	nodes: z.array(z.object({ name: z.string(), type: z.string(), parameters: z.record(z.unknown()) })),
});
const files = globSync('examples/*.json', { cwd: root }).sort();
const examples = files.map((file) => ({
	file: basename(file, '.json'),
	...exampleSchema.parse(JSON.parse(readFileSync(join(root, file), 'utf8'))),
}));

/** Notes on the canvas begin with a heading and number their steps. */
const firstSteps = /^## Before you start\n1\. .+\n2\. .+/;

describe.each(examples)('the example $file', ({ file, name, nodes }) => {
	it('has one name in its file, in n8n and in the README', () => {
		expect(name.toLowerCase().replaceAll(' ', '-')).toBe(file);
		expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`[${name}](examples/${file}.json)`);
	});

	it('says what to do before the start', () => {
		const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(notes.map(({ parameters }) => String(parameters.content))).toContainEqual(expect.stringMatching(firstSteps));
	});
});
