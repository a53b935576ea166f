import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { House } from './house';

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
function databaseTexts(file: string): Array<{ place: string; text: string }> {
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

async function executionTexts(
	{ n8n, workflows }: House,
	postedTo: readonly string[],
): Promise<Array<{ place: string; text: string }>> {
	const texts = [];
	for (const workflowId of Object.values(workflows)) {
		for (const execution of await n8n.api.executions({ workflowId, includeData: true, limit: 100 })) {
			for (const [node, runs] of Object.entries(execution.nodes)) {
				if (postedTo.includes(node)) continue;
				texts.push({ place: `output of '${node}' in execution ${execution.id}`, text: JSON.stringify(runs) });
			}
		}
	}
	return texts;
}
