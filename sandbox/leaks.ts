import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { House } from './house';
import type { Execution } from './n8n/executions';

/** A number that stands alone, or a word: six digits inside a longer number are no code. */
export function standingAlone(secret: string): RegExp {
	return new RegExp(`(?<![0-9A-Za-z])${secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![0-9A-Za-z])`);
}

/**
 * Looks for a code wherever n8n and the package write: log, database, execution data and the verification store.
 * @param postedTo the nodes whose own output is what the person posted
 * @returns the places that hold it; none is as it should be
 */
export async function findLeaks(house: House, secret: string, postedTo: readonly string[]): Promise<string[]> {
	const pattern = standingAlone(secret);
	const folder = join(house.n8n.dataFolder, '.n8n');
	const texts = [
		{ place: 'n8n log', text: readFileSync(house.n8n.logFile, 'utf8') },
		...readdirSync(join(folder, 'whatsapp-otp')).map((file) => ({
			place: `store file ${file}`,
			text: readFileSync(join(folder, 'whatsapp-otp', file), 'latin1'),
		})),
		...databaseTexts(join(folder, 'database.sqlite')),
		...(await executionTexts(house, postedTo)),
	];
	return texts.flatMap(({ place, text }) => (pattern.test(text) ? [place] : []));
}

/** Every table of n8n's database but the executions' data, in which what a person posted has its place. */
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

interface Text {
	place: string;
	text: string;
}

async function executionTexts({ n8n, workflows }: House, postedTo: readonly string[]): Promise<Text[]> {
	const texts: Text[] = [];
	for (const workflowId of Object.values(workflows)) {
		const executions = await n8n.api.executions({ workflowId, includeData: true, limit: 100 });
		texts.push(...executions.flatMap((execution) => outputTexts(execution, postedTo)));
	}
	return texts;
}

function outputTexts({ id, nodes }: Execution, postedTo: readonly string[]): Text[] {
	return Object.entries(nodes)
		.filter(([node]) => !postedTo.includes(node))
		.map(([node, runs]) => ({ place: `output of '${node}' in execution ${id}`, text: JSON.stringify(runs) }));
}
