import type { IExecuteFunctions, INodeParameters } from 'n8n-workflow';

/**
 * What the editor writes where somebody drags a field: `{{ $json.body.code }}` or, of an earlier node,
 * `{{ $('Webhook').item.json.body.code }}`. It looks something up and does nothing else, so several go into one expression.
 */
const draggedField =
	/^=\{\{\s*((?:\$json|\$\('[^'\\{}]+'\)\.(?:item|first\(\)|last\(\))\.json)(?:\.[A-Za-z_]\w*|\[\d+\]|\['[^'\\{}]*'\]|\["[^"\\{}]*"\])*)\s*\}\}$/;

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
 * @returns texts, numbers and booleans by parameter; whatever else it is has to be read by itself, in n8n's usual form
 * @throws what n8n throws for the first one that can't be looked up
 */
export function readTogether(
	host: IExecuteFunctions,
	fields: readonly DraggedField[],
	itemIndex: number,
): Map<string, string | number | boolean> {
	const read = new Map<string, string | number | boolean>();
	if (fields.length < 2) return read;
	const paths = fields.map(({ path }) => path).join(', ');
	// Who posted an object of any size must not have it copied out of the engine twice.
	const plain = "(value) => typeof value === 'object' ? null : value";
	const evaluated: unknown = host.evaluateExpression(`{{ [${paths}].map(${plain}) }}`, itemIndex);
	// n8n makes nothing of all where one of them leads through nothing.
	const values: unknown[] = Array.isArray(evaluated) && evaluated.length === fields.length ? evaluated : [];
	for (const [i, { name }] of fields.entries()) {
		const value = values[i];
		if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') read.set(name, value);
	}
	return read;
}
