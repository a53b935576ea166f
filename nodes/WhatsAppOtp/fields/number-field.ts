import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

/** What the engine says of a number: its range, and what it is unless told. */
type WholeNumber = z.ZodDefault<z.ZodNumber>;

/** The field of a number of the engine's, and what may be entered there, in the words of the editor. */
export function wholeNumber<Name extends string>(
	numbers: Record<NoInfer<Name>, WholeNumber>,
	name: Name,
	displayName: string,
	describe: (range: Range) => string,
) {
	const range = rangeOf(numbers[name]);
	const { min, max, usual } = range;
	const property: INodeProperties = {
		displayName,
		name,
		type: 'number',
		typeOptions: { minValue: min, maxValue: max },
		default: usual,
		description: describe(range),
	};
	const message = `'${displayName}' must be a whole number from ${min} to ${max}`;
	const schema = z
		.number({ invalid_type_error: message })
		.int(message)
		.min(min, message)
		.max(max, message)
		.default(usual);
	return { property, schema };
}

interface Range {
	min: number;
	max: number;
	usual: number;
}

function rangeOf(number: WholeNumber): Range {
	const { minValue, maxValue } = number.removeDefault();
	return { min: minValue ?? -Infinity, max: maxValue ?? Infinity, usual: number.parse(undefined) };
}
