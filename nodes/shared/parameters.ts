import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import type { z } from 'zod';
import { draggedFields, readTogether } from './dragged-fields';
import { plainExpressionError, plainExpressions } from './plain-expressions';

/**
 * Reads one parameter and evaluates its expression; undefined if the editor doesn't show the parameter. n8n's own
 * validation is skipped: for each parameter it goes through all parameters, and no parameter declares a type for it.
 * The schemas of the operations check the values.
 */
export function readParameter(host: IExecuteFunctions, name: string, itemIndex: number, extractValue = false): unknown {
	// For a parameter that is not shown, n8n throws unless it has a fallback, here null.
	return host.getNodeParameter(name, itemIndex, null, { extractValue, skipValidation: true }) ?? undefined;
}

/**
 * @returns a function that reads and checks an operation's parameters for one item; it throws a NodeOperationError that
 * names the item and the parameter as the editor shows it
 */
export function parameterReader<Parameters>(
	host: IExecuteFunctions,
	properties: readonly INodeProperties[],
	schema: z.ZodType<Parameters, z.ZodTypeDef, unknown>,
): (itemIndex: number) => Parameters {
	const plain = properties.filter(({ type }) => type !== 'resourceLocator').map(({ name }) => name);
	const { parameters } = host.getNode();
	const dragged = draggedFields(parameters, plain);
	const unevaluated = plainExpressions(
		parameters,
		properties.map(({ name }) => name),
	);
	return (itemIndex) => {
		const together = readTogether(host, dragged, itemIndex);
		const values: Record<string, unknown> = {};
		for (const { name, type } of properties) {
			values[name] = together.get(name) ?? readParameter(host, name, itemIndex, type === 'resourceLocator');
			const plainText = values[name] === undefined ? undefined : unevaluated.get(name);
			if (plainText === undefined) continue;
			const field = displayName(properties, plainText.path);
			throw plainExpressionError(host.getNode(), field, plainText.text, itemIndex);
		}
		return checked(host, properties, schema, values, itemIndex);
	};
}

function checked<Parameters>(
	host: IExecuteFunctions,
	properties: readonly INodeProperties[],
	schema: z.ZodType<Parameters, z.ZodTypeDef, unknown>,
	values: Record<string, unknown>,
	itemIndex: number,
): Parameters {
	const read = schema.safeParse(values);
	if (read.success) return read.data;
	const [issue] = read.error.issues;
	const field = issue === undefined ? '' : displayName(properties, issue.path.map(String));
	const message = issue?.message ?? 'Unexpected value';
	// A message that begins with a quote already names its field.
	const sentence = message.startsWith("'") || field === '' ? message : `'${field}': ${message}`;
	throw new NodeOperationError(host.getNode(), `${sentence} [item ${itemIndex}]`, {
		itemIndex,
		description: `Change ${field === '' ? 'the parameter' : `'${field}'`} of this node, or the expression in it.`,
	});
}

/** The display name of the innermost field on a path; empty if the editor has none. */
function displayName(properties: readonly INodeProperties[], path: readonly string[]): string {
	const [head, ...rest] = path;
	const found = properties.find(({ name }) => name === head);
	if (found === undefined) return rest.length > 0 ? displayName(properties, rest) : '';
	const inner = (found.options ?? []).flatMap((option) => {
		if ('values' in option) return option.values;
		return 'displayName' in option ? [option] : [];
	});
	return displayName(inner, rest) || found.displayName;
}
