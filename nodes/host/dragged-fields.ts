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
	return names.flatMap((name) => {
		const value = written[name];
		const [, path] = (typeof value === 'string' && draggedField.exec(value)) || [];
		return path === undefined ? [] : [{ name, path }];
	});
}

/**
 * n8n's engine takes almost a millisecond for an expression, however short, and hardly more for all of an item's in one.
 * @returns texts, numbers and booleans by parameter. Whatever else comes, or can't be looked up, has to be read by itself:
 * then n8n gives it its usual form, or says of which parameter it is
 */
export function readTogether(
	host: IExecuteFunctions,
	fields: readonly DraggedField[],
	itemIndex: number,
): Map<string, string | number | boolean> {
	const read = new Map<string, string | number | boolean>();
	const values = fields.length < 2 ? [] : evaluateAll(host, fields, itemIndex);
	for (const [i, { name }] of fields.entries()) {
		const value = values[i];
		if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') read.set(name, value);
	}
	return read;
}

function evaluateAll(host: IExecuteFunctions, fields: readonly DraggedField[], itemIndex: number): unknown[] {
	try {
		const values: unknown = host.evaluateExpression(`{{ [${fields.map(({ path }) => path).join(', ')}] }}`, itemIndex);
		return Array.isArray(values) && values.length === fields.length ? values : [];
	} catch {
		return [];
	}
}
