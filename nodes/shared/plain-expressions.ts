import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type INode,
	type INodeParameters,
} from 'n8n-workflow';

/**
 * An expression that n8n does not evaluate, because the field is set to Fixed: it reaches the node as text with its
 * braces. `{{1}}` is a variable of a template.
 */
const expression = /\{\{(?!\s*\d+\s*\}\})[^]*?\}\}/;

/** Where an expression stands as plain text. */
export interface PlainExpression {
	path: string[];
	text: string;
}

/** @param value a parameter as the workflow holds it; n8n evaluates texts that begin with `=` */
function findIn(value: unknown, path: string[]): PlainExpression[] {
	if (typeof value === 'string') {
		const text = value.startsWith('=') ? undefined : expression.exec(value)?.[0];
		return text === undefined ? [] : [{ path, text }];
	}
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => findIn(inner, [...path, key]));
}

/** The first one in each parameter with these names. */
export function plainExpressions(parameters: INodeParameters, names: readonly string[]): Map<string, PlainExpression> {
	const found = new Map<string, PlainExpression>();
	for (const name of names) {
		const [first] = findIn(parameters[name], [name]);
		if (first !== undefined) found.set(name, first);
	}
	return found;
}

/** @param field the name of the field as the editor shows it */
export function plainExpressionError(node: INode, field: string, text: string, itemIndex: number): NodeOperationError {
	const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
	return new NodeOperationError(node, `'${field}' holds the expression ${shown} as plain text [item ${itemIndex}]`, {
		itemIndex,
		description: `Switch '${field}' from Fixed to Expression, or drag the value into the field again.`,
	});
}

/** @throws NodeOperationError that names the field of the credential, and not its value, which may be secret */
export function expectNoPlainExpression(node: INode, credential: ICredentialDataDecryptedObject): void {
	const [found] = Object.entries(credential).flatMap(([name, value]) => findIn(value, [name]));
	if (found === undefined) return;
	const [name = ''] = found.path;
	throw new NodeOperationError(node, `'${labelOf(name)}' in the credential holds an expression as plain text`, {
		description: 'Switch the field in the credential from Fixed to Expression, or write the value itself.',
	});
}

/** `phoneNumberId` as the editor shows it: `Phone Number ID`. */
function labelOf(name: string): string {
	const words = name.replace(/([A-Z])/g, ' $1').replace(/^./, (letter) => letter.toUpperCase());
	return words.replace(/\b(?:Id|Api|Url)\b/g, (word) => word.toUpperCase());
}
