import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { findChromium } from '../../dev/chromium';
import { postgresRefusal } from './postgres-database';
import { scratchRoot } from './scratch-folder';

/** What some tests need beside Node. The n8n server is not listed: npm installs it. */
const toolNames = ['Redis', 'Chromium', 'PostgreSQL', 'ps', 'openssl'] as const;

export type Tool = (typeof toolNames)[number];

interface RequiredTool {
	/** Brings the tool on Debian. */
	install: string;
	/** @returns what is wrong, as a sentence without its full stop; undefined where the tool can be used */
	problem(): string | undefined;
}

const tools: Record<Tool, RequiredTool> = {
	// The tests start a server each, so a Redis that runs already is of no use to them.
	Redis: {
		install: 'apt-get install redis-server',
		problem: () => (runs('redis-server', '--version') ? undefined : 'There is no redis-server on the PATH'),
	},
	Chromium: {
		install: 'apt-get install chromium',
		problem: () => (findChromium() ? undefined : 'There is no Chromium (CHROMIUM_PATH can name one)'),
	},
	PostgreSQL: {
		install: 'apt-get install postgresql (without a password for local users: .ci/run shows how to start it)',
		problem: postgresRefusal,
	},
	ps: {
		install: 'apt-get install procps',
		problem: () => (runs('ps', '-A', '-o', 'pid=') ? undefined : 'There is no ps on the PATH'),
	},
	openssl: {
		install: 'apt-get install openssl',
		problem: () => (runs('openssl', 'version') ? undefined : 'There is no openssl on the PATH'),
	},
};

function runs(program: string, ...args: string[]): boolean {
	try {
		execFileSync(program, args, { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

const problems = new Map<Tool, string | undefined>();

/** Why the tool cannot be used here; undefined where it can. */
export function missing(tool: Tool): string | undefined {
	if (!problems.has(tool)) problems.set(tool, tools[tool].problem());
	return problems.get(tool);
}

/** What is wrong and what to do about it, as two sentences. */
function adviceFor(tool: Tool): string {
	return `${missing(tool)}. To run these tests: ${tools[tool].install}`;
}

const skippedSchema = z.object({
	tool: z.enum(toolNames),
	/** The test file, and the part of it that is skipped. */
	what: z.string(),
});
type Skipped = z.output<typeof skippedSchema>;

const recordFile = () => join(scratchRoot(), 'skipped-tests.jsonl');

/**
 * Decides whether tests can run here. Where a tool is missing, the tests are noted for the list at the end of the run.
 * @param part what is skipped of the test file; all of it unless given
 * @returns false where a tool is missing
 * @throws where a tool is missing and the variable CI is set: no test may be skipped there
 */
export function canUse(needed: readonly Tool[], part?: string): boolean {
	const lacking = needed.filter((tool) => missing(tool) !== undefined);
	if (lacking.length > 0 && process.env.CI) {
		throw new Error(`${lacking.map(adviceFor).join('. ')}. With CI=true no test may be skipped.`);
	}
	const file = relative(resolve(__dirname, '../..'), expect.getState().testPath ?? '');
	const what = part === undefined ? file : `${file}: ${part}`;
	for (const tool of lacking) {
		const skipped: Skipped = { tool, what };
		appendFileSync(recordFile(), `${JSON.stringify(skipped)}\n`);
	}
	return lacking.length === 0;
}

/**
 * The functions of jest for a test file that needs tools:
 * `const { describe, test } = testsThatNeed('Redis');`. Where one is missing, they skip their tests.
 */
export function testsThatNeed(...needed: Tool[]): { describe: jest.Describe; test: jest.It; it: jest.It } {
	if (canUse(needed)) return { describe, test, it };
	return { describe: describe.skip, test: test.skip, it: it.skip };
}

/** `describe` for a part of a test file that needs tools. */
export function describeWith(needed: readonly Tool[], name: string, tests: () => void): void {
	if (canUse(needed, name)) describe(name, tests);
	else describe.skip(name, tests);
}

/** `test` for one test that needs tools. */
export function testWith(needed: readonly Tool[], name: string, run: () => Promise<void>): void {
	if (canUse(needed, name)) test(name, run);
	else test.skip(name, run);
}

/** The tests that this run has skipped, by the tool that was missing; empty where there were none. */
export function skippedTests(): string {
	if (!existsSync(recordFile())) return '';
	const lines = readFileSync(recordFile(), 'utf8').trim().split('\n');
	const records = lines.map((line) => skippedSchema.parse(JSON.parse(line)));
	const paragraphs = [...new Set(records.map(({ tool }) => tool))].sort().map((tool) => {
		const whats = [...new Set(records.filter((each) => each.tool === tool).map(({ what }) => what))].sort();
		return [adviceFor(tool), ...whats.map((what) => `  ${what}`)].join('\n');
	});
	return ['\nSome tests were skipped, because this machine lacks what they need.', ...paragraphs].join('\n\n');
}
