import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { holds, resultOf, type Figure, type Result } from './support/figure';
import { figures } from './support/figures';
import { Servers } from './support/servers';
import { plainTable, withPerformance } from './support/table';

const page = join(__dirname, '..', 'docs/performance.md');

const { values: wishes } = parseArgs({
	options: {
		/** Prints the results as a JSON array, and nothing else on stdout. */
		json: { type: 'boolean', default: false },
		/** Measures only this figure. May be repeated. */
		only: { type: 'string', multiple: true, default: [] },
		/** Writes the table of all figures into docs/performance.md. */
		write: { type: 'boolean', default: false },
	},
});

function chosen(): readonly Figure[] {
	if (wishes.write && wishes.only.length > 0)
		throw new Error('docs/performance.md shows all figures: use --write without --only');
	const names = figures.map(({ name }) => name);
	const unknown = wishes.only.find((name) => !names.includes(name));
	if (unknown !== undefined) throw new Error(`There is no figure '${unknown}', only ${names.join(', ')}`);
	return wishes.only.length === 0 ? figures : figures.filter(({ name }) => wishes.only.includes(name));
}

/** Progress goes to stderr, so that stdout holds only the results. */
const report = (line: string) => console.error(line);

/** @returns whether every figure held its bound and, with `CI=true`, whether every figure was measured */
async function main(): Promise<boolean> {
	const servers = new Servers();
	try {
		return await run(servers);
	} finally {
		await servers.stop();
	}
}

async function run(servers: Servers): Promise<boolean> {
	const measured: Array<{ figure: Figure; result: Result }> = [];
	let skipped = 0;
	for (const figure of chosen()) {
		const missing = figure.missing?.();
		if (missing === undefined) {
			report(`${figure.name}: measuring`);
			const start = performance.now();
			const result = resultOf(figure, await figure.measure(servers));
			measured.push({ figure, result });
			const seconds = Math.round((performance.now() - start) / 1000);
			report(`${figure.name}: ${result.ratio.toFixed(2)}, in ${seconds} s`);
		} else {
			report(`${figure.name}: skipped, ${missing}`);
			skipped += 1;
		}
	}
	const results = measured.map(({ result }) => result);
	console.log(wishes.json ? JSON.stringify(results, null, 2) : plainTable(measured));
	if (wishes.write) writeFileSync(page, withPerformance(readFileSync(page, 'utf8'), measured));
	return measured.every(({ figure, result }) => holds(figure, result)) && (skipped === 0 || process.env.CI !== 'true');
}

main().then(
	(allHeld) => {
		process.exitCode = allHeld ? 0 : 1;
	},
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	},
);
