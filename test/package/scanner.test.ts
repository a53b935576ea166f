import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { packageFolder, unpackInto } from '../../dev/tarball';
import manifest from '../../package.json';

const root = resolve(__dirname, '../..');

/** What the scanner reads of a source checkout: its own SOURCE_FILE_PATTERNS. */
const sources = ['package.json', '{nodes,credentials}/**/*.{js,ts,json}'];

/**
 * The rules of n8n Cloud, which forbid node:sqlite and sockets. They are in no other rule set
 * (docs/reference/n8n-host.md, 'Lint and the official scanner').
 */
const cloudRules = ['@n8n/community-nodes/no-restricted-globals', '@n8n/community-nodes/no-restricted-imports'];

const verdictSchema = z.object({ passed: z.boolean(), message: z.string(), details: z.string() });

function scan(folder: string, patterns: string[]): z.infer<typeof verdictSchema> {
	// With jest's NODE_ENV 'test' the rules take every file for one of their own plugin's test cases.
	const env = { ...process.env, NODE_ENV: 'production' };
	const script = join(__dirname, 'scan.mjs');
	const output = execFileSync(process.execPath, [script, folder, ...patterns], { env, encoding: 'utf8' });
	return verdictSchema.parse(JSON.parse(output));
}

/** The last column of ESLint's report. */
function brokenRules(details: string): string[] {
	const rules = [...details.matchAll(/^ +\d+:\d+ +(?:error|warning) .* (\S+)$/gm)].map(([, rule]) => rule ?? '');
	return [...new Set(rules)].sort();
}

const clean = { passed: true, message: '', details: '' };

test('the official scanner has nothing to say about the sources', () => {
	expect(scan(root, sources)).toEqual(clean);
});

describe('on the packed package', () => {
	const folder = packageFolder();
	beforeAll(() => unpackInto(folder));
	afterAll(() => rmSync(folder, { recursive: true }));

	test('it has nothing to say about what n8n is told to load', () => {
		expect(scan(folder, ['package.json', 'dist/{nodes,credentials}/**/*.js'])).toEqual(clean);
	});

	test('it minds nothing in our code but what n8n Cloud forbids', () => {
		const { details } = scan(folder, ['dist/whatsapp-otp.js']);
		expect(cloudRules).toEqual(expect.arrayContaining(brokenRules(details)));
		expect(details).toContain("Require of 'node:sqlite' is not allowed");
	});

	test('it minds nothing in the packages loaded later but that and their warnings on the console', () => {
		const { details } = scan(folder, ['dist/lazy/*.js']);
		expect(['no-console', ...cloudRules]).toEqual(expect.arrayContaining(brokenRules(details)));
	});
});

describe('on a copy of the sources', () => {
	let copy: string;
	beforeEach(() => {
		copy = realpathSync(mkdtempSync(join(tmpdir(), 'whatsapp-otp-scan-')));
		for (const name of ['nodes', 'credentials', 'package.json']) {
			cpSync(join(root, name), join(copy, name), { recursive: true });
		}
	});
	afterEach(() => rmSync(copy, { recursive: true }));

	const parameter =
		"{ displayName: 'Loud', name: 'loud', type: 'boolean', default: false, description: 'If it is loud' }";
	const breakages = [
		[
			'a forbidden field',
			'no-overrides-field',
			'package.json',
			JSON.stringify({ ...manifest, overrides: { zod: '1' } }),
		],
		['a forbidden import', 'no-restricted-imports', 'nodes/Added/files.ts', "import 'node:fs';\n"],
		['a credential without a test', 'credential-test-required', 'credentials/AddedApi.credentials.ts', credential()],
		['wrong words', 'boolean-without-whether', 'nodes/Added/loud.ts', `export const properties = [${parameter}];\n`],
	] as const;

	test.each(breakages)('%s is refused by %s', (_what, rule, file, contents) => {
		mkdirSync(dirname(join(copy, file)), { recursive: true });
		writeFileSync(join(copy, file), contents);

		const { passed, details } = scan(copy, sources);
		expect(passed).toBe(false);
		expect(brokenRules(details)).toContainEqual(expect.stringMatching(new RegExp(`${rule}$`)));
	});
});

function credential(): string {
	return `import type { ICredentialType } from 'n8n-workflow';

export class AddedApi implements ICredentialType {
	name = 'addedApi';
	displayName = 'Added API';
	icon = 'file:added.svg' as const;
	documentationUrl = 'https://example.com';
	properties = [];
}
`;
}
