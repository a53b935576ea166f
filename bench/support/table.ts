import { cpus } from 'node:os';
import { withSection } from '../../dev/generated-section';
import { holds, type Figure, type Result } from './figure';

interface Measured {
	figure: Figure;
	result: Result;
}

const head = ['Figure', 'This package', 'Comparison, in the same run', 'Ratio', 'Required ratio'];

/** Two or three digits: a measurement on a shared machine is not more exact. */
function rounded(value: number): string {
	return value.toLocaleString('en-US', { maximumSignificantDigits: value >= 1000 ? 2 : 3 });
}

function row({ figure, result }: Measured): string[] {
	const { unit, title, peer, bound } = figure;
	return [
		`${title} (${figure.name})`,
		`${rounded(result.value)} ${unit}`,
		`${rounded(result.peerValue)} ${unit}: ${peer}`,
		result.ratio.toFixed(2),
		holds(figure, result) ? limitOf(bound) : `${limitOf(bound)}: MISSED`,
	];
}

function limitOf(bound: Figure['bound']): string {
	if (bound === undefined) return '';
	return 'atLeast' in bound ? `at least ${bound.atLeast}` : `at most ${bound.atMost}`;
}

/** The table for a terminal. */
export function plainTable(measured: readonly Measured[]): string {
	const rows = [head, ...measured.map(row)];
	const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
	return rows
		.map((cells) =>
			cells
				.map((cell, i) => cell.padEnd(widths[i] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}

function machine(): string {
	const [{ model = '' } = {}, ...others] = cpus();
	const cores = `${others.length + 1} cores (${model.trim()})`;
	return `Measured on ${cores} that client, n8n and Redis share, with Node ${process.versions.node}.`;
}

/** docs/performance.md with the table of these results in its place. */
export function withPerformance(page: string, measured: readonly Measured[]): string {
	const rows = [head, head.map(() => '---'), ...measured.map(row)];
	const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
	return withSection('docs/performance.md', page, 'performance', `${table}\n\n${machine()}`);
}
