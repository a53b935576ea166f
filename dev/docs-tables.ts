import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '../nodes/WhatsAppOtp/operations';
import { providers, type ErrorEntry, type Provider } from '../providers';

const file = join(__dirname, '..', 'README.md');

const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>) =>
	[row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const resources = { otp: 'Code', template: 'Template', message: 'Message' };

function capabilities(): string {
	const offers = operations.map(({ resource, name, offeredBy = () => true }) => [
		`${resources[resource]}: ${name}`,
		...providers.map((provider) => (offeredBy(provider) ? 'yes' : '')),
	]);
	const others: Array<[string, (provider: Provider) => string]> = [
		['Delivery events', ({ webhook }) => (webhook === undefined ? '' : 'yes')],
		['Template events', ({ webhook }) => (webhook?.sendsTemplateEvents ? 'yes' : '')],
		['Checks codes itself, too', ({ ownVerification }) => (ownVerification === undefined ? '' : 'yes')],
		['Messages a second, unless set', ({ throughput }) => String(throughput.messagesPerSecond)],
	];
	const rows = [...offers, ...others.map(([name, of]) => [name, ...providers.map(of)])];
	return table(['', ...providers.map(({ name }) => name)], rows);
}

/** Runs of numbers as a range, so that a table of codes stays readable. */
function codeList(codes: ErrorEntry['errorCodes']): string {
	const runs: Array<Array<number | string>> = [];
	for (const code of codes) {
		const run = runs.at(-1);
		if (run !== undefined && typeof code === 'number' && run.at(-1) === code - 1) run.push(code);
		else runs.push([code]);
	}
	return runs
		.flatMap((run) => (run.length > 2 ? [`${run[0]}-${run.at(-1)}`] : run))
		.map((code) => `\`${code}\``)
		.join(', ');
}

function troubleshooting(): string {
	return providers
		.map(({ name, errors }) => {
			const rows = errors.map(({ errorCodes, what, fix, class: errorClass }) => [
				`${what}.`,
				`${fix}.`,
				errorClass,
				codeList(errorCodes),
			]);
			return `<details><summary>${name}</summary>\n\n${table(['What it says', 'What to do', 'Class', 'Codes'], rows)}\n\n</details>`;
		})
		.join('\n\n');
}

/** The README with its tables as the code has them now. */
export function withTables(text: string): string {
	const tables = { capabilities: capabilities(), troubleshooting: troubleshooting() };
	return Object.entries(tables).reduce((page, [name, content]) => {
		const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
		const [before, rest = ''] = page.split(open);
		const after = rest.split(close)[1];
		if (after === undefined) throw new Error(`README.md lacks the markers of the table '${name}'`);
		return `${before}${open}\n${content}\n${close}${after}`;
	}, text);
}

if (require.main === module) writeFileSync(file, withTables(readFileSync(file, 'utf8')));
