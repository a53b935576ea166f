import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import type { z } from 'zod';
import { draggedFields, readTogether } from './dragged-fields';

/**
 * One parameter, an expression evaluated; undefined where the editor doesn't show it. Not checked by n8n, which would go
 * through all parameters for each that it reads, only to find that none says what type it has to be: schemas do.
 */
export function readParameter(host: IExecuteFunctions, name: string, itemIndex: number, extractValue = false): unknown {
	// n8n throws for a parameter that is not shown unless it is given something to answer instead.
	return host.getNodeParameter(name, itemIndex, null, { extractValue, skipValidation: true }) ?? undefined;
}

/**
 * @returns reads an operation's parameters of one item and checks them; throws a NodeOperationError that names the
 * parameter as the editor shows it, and the item
 */
export function parameterReader<Parameters>(
	host: IExecuteFunctions,
	properties: readonly INodeProperties[],
	schema: z.ZodType<Parameters, z.ZodTypeDef, unknown>,
): (itemIndex: number) => Parameters {
	const plain = properties.filter(({ type }) => type !== 'resourceLocator').map(({ name }) => name);
	const dragged = draggedFields(host.getNode().parameters, plain);
	return (itemIndex) => {
		const together = readTogether(host, dragged, itemIndex);
		const values: Record<string, unknown> = {};
		for (const { name, type } of properties) {
			values[name] = together.get(name) ?? readParameter(host, name, itemIndex, type === 'resourceLocator');
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
	const named = issue === undefined ? '' : displayName(properties, issue.path.map(String));
	const message = issue?.message ?? 'Unexpected value';
	// A message that quotes a field already says which.
	const sentence = message.startsWith("'") || named === '' ? message : `'${named}': ${message}`;
	throw new NodeOperationError(host.getNode(), `${sentence} [item ${itemIndex}]`, {
		itemIndex,
		description: `Change ${named === '' ? 'the parameter' : `'${named}'`} of this node, or the expression in it.`,
	});
}

/** The innermost field on a path that the editor has a name for. */
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
