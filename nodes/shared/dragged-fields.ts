import type { IExecuteFunctions, INodeParameters } from 'n8n-workflow';

const item = String.raw`\$json|\$\('[^'\\{}]+'\)\.(?:item|first\(\)|last\(\))\.json`;
const step = String.raw`\.[A-Za-z_]\w*|\[\d+\]|\['[^'\\{}]*'\]|\["[^"\\{}]*"\]`;

/**
 * What the editor writes where somebody drags a field: `{{ $json.body.code }}` or, of an earlier node,
 * `{{ $('Webhook').item.json.body.code }}`. It looks something up and does nothing else, so several go into one expression.
 */
const draggedField = new RegExp(String.raw`^=\{\{\s*((?:${item})(?:${step})*)\s*\}\}$`);

/** A parameter, and where its value stands. */
export interface DraggedField {
	name: string;
	path: string;
}

/** @param written the node's parameters, not evaluated */
export function draggedFields(written: INodeParameters, names: readonly string[]): DraggedField[] {
	return [...new Set(names)].flatMap((name) => {
		const value = written[name];
		const [, path] = (typeof value === 'string' && draggedField.exec(value)) || [];
		return path === undefined ? [] : [{ name, path }];
	});
}

/**
 * n8n's engine takes almost a millisecond for an expression, however short, and hardly more for all of an item's in one.
 * @returns the values by parameter, objects without n8n's turning of dates in them into texts: no parameter takes dates
 * @throws what n8n throws for the first one that can't be looked up
 */
export function readTogether(
	host: IExecuteFunctions,
	fields: readonly DraggedField[],
	itemIndex: number,
): Map<string, unknown> {
	const read = new Map<string, unknown>();
	if (fields.length < 2) return read;
	const paths = fields.map(({ path }) => path).join(', ');
	const evaluated: unknown = host.evaluateExpression(`{{ [${paths}] }}`, itemIndex);
	// n8n makes nothing of all where one of them leads through nothing: then each is read by itself.
	const values: unknown[] = Array.isArray(evaluated) && evaluated.length === fields.length ? evaluated : [];
	// Objects, too: who posted one of any size must not have it copied out of the engine twice.
	for (const [i, { name }] of fields.entries()) read.set(name, values[i]);
	return read;
}
