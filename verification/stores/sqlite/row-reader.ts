export type Row = Record<string, unknown>;

// Readers of one value. Each throws if the value does not have its type: then another program has written the file.
// They are several times as fast as zod, which takes as long as SQLite itself: a webhook reads three rows.

export function text(value: unknown): string {
	return typeof value === 'string' ? value : mismatch('text');
}

export function number(value: unknown): number {
	return typeof value === 'number' ? value : mismatch('a number');
}

export function textOrNull(value: unknown): string | null {
	return value === null ? null : text(value);
}

export function numberOrNull(value: unknown): number | null {
	return value === null ? null : number(value);
}

export function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word {
	return words.find((word) => word === value) ?? mismatch(`one of ${words.join(', ')}`);
}

/** A JSON list of numbers. */
export function numberList(value: unknown): number[] {
	return numbers(JSON.parse(text(value)));
}

export function numbers(list: unknown): number[] {
	return Array.isArray(list) ? list.map(number) : mismatch('a list');
}

/** A JSON object with numbers, and with some of these words as keys. */
export function numbersByWord<Word extends string>(
	words: readonly Word[],
	value: unknown,
): Partial<Record<Word, number>> {
	const read: Partial<Record<Word, number>> = {};
	for (const [key, each] of Object.entries(object(text(value)))) read[oneOf(words, key)] = number(each);
	return read;
}

/** A JSON object. */
export function object(json: string): Row {
	const value: unknown = JSON.parse(json);
	return typeof value === 'object' && value !== null ? { ...value } : mismatch('an object');
}

function mismatch(wanted: string): never {
	throw new Error(`a value in the store's file is not ${wanted}`);
}
