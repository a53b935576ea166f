import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { N8nApi } from './n8n/api';
import type { Playground } from './playground';

export interface Text {
	place: string;
	text: string;
}

/** Everything that n8n and the package have written. */
export interface Written {
	logs: Text[];
	/** n8n's database without the execution data, which may hold what a person posted. */
	database: Text[];
	/** By id, as n8n stores them. */
	executions: Record<string, unknown>;
	/** The files of the verification store. */
	store: Text[];
}

export interface Sought {
	/** Codes and tokens. They must not be found anywhere. */
	secrets: readonly string[];
	/** Phone numbers. They may be found only in the number fields of an execution. */
	phones: readonly string[];
	/** Other texts that the store must not hold. A provider's message id can contain the number. */
	sealed?: readonly string[];
}

/** The fields that may hold a full phone number (docs/reference/verification-rules.md 1.13). */
const numberFields = new Set(['to', 'recipient', 'waId']);

/** The builder's own parameters, and nodes that have not run yet. */
const workflowFields = ['nodeExecutionStack', 'waitingExecution', 'parameters'];

/** Matches the secret as a whole word. Six digits inside a longer number are not a code. */
export function standingAlone(secret: string): RegExp {
	return new RegExp(`(?<![0-9A-Za-z])${secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![0-9A-Za-z])`);
}

/**
 * @param posted the nodes that output what a person posted
 * @returns the places that hold a sought text; an empty list is the expected result
 */
export function findLeaks(
	{ logs, database, executions, store }: Written,
	sought: Sought,
	posted: readonly string[],
): string[] {
	const { secrets, phones, sealed = [] } = sought;
	const numbers = phones.map((phone) => phone.replace(/^\+/, ''));
	return [
		...holding(logs, [...secrets, ...numbers]),
		...holding(database, secrets),
		...holding(store, [...secrets, ...numbers, ...sealed]),
		...Object.entries(executions).flatMap(([id, record]) =>
			leaksInRecord(record, `execution ${id}`, { secrets, numbers }, posted),
		),
	];
}

/** The same for the record of one execution, field by field. */
export function leaksInRecord(
	record: unknown,
	place: string,
	{ secrets, numbers }: { secrets: readonly string[]; numbers: readonly string[] },
	posted: readonly string[],
): string[] {
	const fields = fieldsOf(record, new Set([...posted, ...workflowFields]), [place]);
	const isNumberField = ({ path }: Field) => numberFields.has(path.at(-1) ?? '');
	const texts = (some: Field[]) => some.map(({ path, text }) => ({ place: path.join('.'), text }));
	return [
		...holding(texts(fields.filter(isNumberField)), secrets),
		...holding(texts(fields.filter((field) => !isNumberField(field))), [...secrets, ...numbers]),
	];
}

function holding(texts: readonly Text[], words: readonly string[]): string[] {
	const patterns = words.map(standingAlone);
	return texts.filter(({ text }) => patterns.some((pattern) => pattern.test(text))).map(({ place }) => place);
}

interface Field {
	path: string[];
	text: string;
}

/** Every text and number in a JSON value, without the output of the `posted` nodes. */
function fieldsOf(value: unknown, posted: ReadonlySet<string>, path: string[]): Field[] {
	if (posted.has(path.at(-1) ?? '')) return [];
	if (typeof value !== 'object' || value === null) return [{ path, text: String(value) }];
	// n8n stores the posted values beside the message of a failed item.
	if ('error' in value && typeof value.error === 'string') return fieldsOf(value.error, posted, [...path, 'error']);
	return Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, posted, [...path, key]));
}

/** Everything that an n8n with the embedded store has written. */
export async function writtenIn({ n8n, workflows }: Playground): Promise<Written> {
	const folder = join(n8n.dataFolder, '.n8n');
	return {
		logs: logsIn(n8n.dataFolder),
		database: databaseTexts(join(folder, 'database.sqlite')),
		executions: await executionsOf(n8n.api, Object.values(workflows)),
		store: textsIn(globSync(join(folder, 'whatsapp-otp', '*'))),
	};
}

/** n8n's output and its event log. */
export function logsIn(dataFolder: string): Text[] {
	return textsIn([join(dataFolder, 'n8n.log'), ...globSync(join(dataFolder, '.n8n', '*.log'))]);
}

/** All finished executions by id. */
export async function executionsOf(api: N8nApi, workflowIds: readonly string[]): Promise<Record<string, unknown>> {
	const lists = await Promise.all(workflowIds.map((id) => api.executionRecords(id)));
	return Object.fromEntries(lists.flat().map((record) => [record.id, record]));
}

function textsIn(files: readonly string[]): Text[] {
	return files.map((file) => ({ place: basename(file), text: readFileSync(file, 'latin1') }));
}

function databaseTexts(file: string): Text[] {
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
		return tables
			.map(({ name }) => String(name))
			.filter((name) => name !== 'execution_data')
			.map((name) => ({
				place: `n8n table ${name}`,
				text: JSON.stringify(database.prepare(`SELECT * FROM "${name}"`).all()),
			}));
	} finally {
		database.close();
	}
}
