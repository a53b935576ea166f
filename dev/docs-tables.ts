import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '../nodes/WhatsAppOtp/operations';
import { listName, providers, type ErrorEntry, type Provider } from '../providers';
import { withSection } from './generated-section';

const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>) =>
	[row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const yesOrEmpty = (isOffered: boolean) => (isOffered ? 'yes' : '');

/** In the order of the table, with the words that stand in it. */
const resources = { otp: 'One-Time Password', template: 'Template', message: 'Message' };

/** Operations of one resource that the same providers offer share a row. */
function operationRows(): string[][] {
	return Object.entries(resources).flatMap(([resource, resourceName]) => {
		const namesByCells = new Map<string, { names: string[]; cells: string[] }>();
		for (const { name, offeredBy = () => true } of operations.filter((operation) => operation.resource === resource)) {
			const cells = providers.map((provider) => yesOrEmpty(offeredBy(provider)));
			const names = [...(namesByCells.get(cells.join())?.names ?? []), name];
			namesByCells.set(cells.join(), { names, cells });
		}
		return [...namesByCells.values()].map(({ names, cells }) => [`${resourceName}: ${names.join(', ')}`, ...cells]);
	});
}

function templateEventsOf(webhook: Provider['webhook']): string {
	return webhook?.templateEventsLimit === undefined ? yesOrEmpty(webhook?.sendsTemplateEvents === true) : 'with limits';
}

function capabilities(): string {
	const others: Array<[string, (provider: Provider) => string]> = [
		['Delivery events', ({ webhook }) => yesOrEmpty(webhook !== undefined)],
		['Template events', ({ webhook }) => templateEventsOf(webhook)],
		['Can check codes at the provider', ({ ownVerification }) => yesOrEmpty(ownVerification !== undefined)],
		['Messages per second (default)', ({ throughput }) => String(throughput.messagesPerSecond)],
	];
	const rows = [...operationRows(), ...others.map(([name, cellOf]) => [name, ...providers.map(cellOf)])];
	return table(['', ...providers.map(listName)], rows);
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
		.map((provider) => {
			const rows = provider.errors.map(({ errorCodes, what, fix, mayHaveArrived, class: errorClass }) => [
				`${what}.`,
				`${fix}.${mayHaveArrived ? ' The message may have been sent.' : ''}`,
				errorClass,
				codeList(errorCodes),
			]);
			return `## ${listName(provider)}\n\n${table(['What happened', 'What to do', 'Class', 'Codes'], rows)}`;
		})
		.join('\n\n');
}

interface GeneratedSection {
	/** Relative to the project's folder. */
	file: string;
	/** Name of the markers. */
	name: string;
	content: () => string;
}

/** The sections that `npm run tables` writes. */
export const generatedSections: readonly GeneratedSection[] = [
	{ file: 'README.md', name: 'capabilities', content: capabilities },
	{ file: 'docs/troubleshooting.md', name: 'troubleshooting', content: troubleshooting },
];

/** @returns the page with its section as the code gives it now */
export function withTable({ file, name, content }: GeneratedSection, page: string): string {
	return withSection(file, page, name, content());
}

if (require.main === module) {
	for (const section of generatedSections) {
		const path = join(__dirname, '..', section.file);
		writeFileSync(path, withTable(section, readFileSync(path, 'utf8')));
	}
}
