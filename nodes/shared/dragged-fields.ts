/**
 * Reads fields that were dragged into parameters with one expression for all of them.
 *
 * What: a builder drags a field into a parameter, and the editor writes an expression that only looks the field up,
 * such as `{{ $json.body.code }}`. If an item has two or more such parameters, their paths go into one list expression,
 * `{{ [$json.id, $json.body.code] }}`, which n8n evaluates once.
 *
 * Why: n8n's expression engine takes almost a millisecond for an evaluation, however short, and hardly more for a list.
 * This is worth 0.03 of the benchmark figure `flow.verify`.
 *
 * What it must not change: the value of each parameter, and n8n's error for a lookup that fails. Anything that is more
 * than a lookup is left to n8n. If one path leads through an undefined value, n8n returns nothing for the whole list;
 * then the caller reads each parameter separately.
 */
import type { IExecuteFunctions, INodeParameters } from 'n8n-workflow';

const item = String.raw`\$json|\$\('[^'\\{}]+'\)\.(?:item|first\(\)|last\(\))\.json`;
const step = String.raw`\.[A-Za-z_]\w*|\[\d+\]|\['[^'\\{}]*'\]|\["[^"\\{}]*"\]`;

/** `={{ $json.body.code }}` or, of an earlier node, `={{ $('Webhook').item.json.body.code }}`; the path is captured. */
const draggedField = new RegExp(String.raw`^=\{\{\s*((?:${item})(?:${step})*)\s*\}\}$`);

/** A parameter and the path of its value. */
export interface DraggedField {
	name: string;
	path: string;
}

/**
 * Finds the parameters that hold a dragged field.
 * @param parameters the node's parameters with their expressions, not evaluated
 */
export function draggedFields(parameters: INodeParameters, names: readonly string[]): DraggedField[] {
	return [...new Set(names)].flatMap((name) => {
		const value = parameters[name];
		const path = typeof value === 'string' ? draggedField.exec(value)?.[1] : undefined;
		return path === undefined ? [] : [{ name, path }];
	});
}

/**
 * Evaluates all fields of an item at once.
 * @returns the values by parameter; empty for fewer than two fields. Unlike `getNodeParameter`, it does not turn dates
 * inside objects into text: no parameter takes dates
 * @throws n8n's error for the first field that can't be looked up
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
	const values: unknown[] = Array.isArray(evaluated) && evaluated.length === fields.length ? evaluated : [];
	// Objects are kept, too: reading them again would copy a posted object of any size out of the engine twice.
	for (const [i, { name }] of fields.entries()) read.set(name, values[i]);
	return read;
}
