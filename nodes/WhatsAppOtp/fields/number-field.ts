import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

/** A number of the engine's settings with its range and default. */
type WholeNumber = z.ZodDefault<z.ZodNumber>;

/** The field for a number of the engine's settings, and the schema of the field. Both have the engine's range. */
export function wholeNumber<Name extends string>(
	numbers: Record<NoInfer<Name>, WholeNumber>,
	name: Name,
	displayName: string,
	describe: (range: Range) => string,
) {
	const range = rangeOf(numbers[name]);
	const { min, max, initial } = range;
	const property: INodeProperties = {
		displayName,
		name,
		type: 'number',
		typeOptions: { minValue: min, maxValue: max },
		default: initial,
		description: describe(range),
	};
	const message = `'${displayName}' must be a whole number from ${min} to ${max}`;
	const schema = z
		.number({ invalid_type_error: message })
		.int(message)
		.min(min, message)
		.max(max, message)
		.default(initial);
	return { property, schema };
}

interface Range {
	min: number;
	max: number;
	initial: number;
}

function rangeOf(number: WholeNumber): Range {
	const { minValue, maxValue } = number.removeDefault();
	return { min: minValue ?? -Infinity, max: maxValue ?? Infinity, initial: number.parse(undefined) };
}
