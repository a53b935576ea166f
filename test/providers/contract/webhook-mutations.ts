import fc from 'fast-check';

/** Odd values of every kind. */
const odd = fc.oneof(
	fc.jsonValue({ maxDepth: 3 }),
	fc.constantFrom('', '\u0000', '\ud800', '__proto__', '=1+1', '9'.repeat(400), -1, 1e308, [], {}, null, true),
	fc.string({ unit: 'binary', maxLength: 700 }),
);

type Change = (value: unknown) => unknown;

/** Changes one part of a JSON value. @param steps by their remainders, the keys that lead to the part */
function changeAt(value: unknown, [step, ...steps]: number[], change: Change): unknown {
	if (step === undefined || typeof value !== 'object' || value === null) return change(value);
	const keys = Object.keys(value);
	const chosen = keys[step % Math.max(1, keys.length)];
	if (chosen === undefined) return change(value);
	if (Array.isArray(value)) {
		return value.map((entry: unknown, index) => (String(index) === chosen ? changeAt(entry, steps, change) : entry));
	}
	const entries = Object.entries(value);
	return Object.fromEntries(
		entries.map(([key, entry]) => [key, key === chosen ? changeAt(entry, steps, change) : entry]),
	);
}

const changes: fc.Arbitrary<Change> = fc.oneof(
	odd.map(
		(other): Change =>
			() =>
				other,
	),
	fc.constant<Change>((value) => [value, value]),
	fc.constant<Change>((value) => ({ nested: value })),
	fc.constant<Change>((value) => (Array.isArray(value) ? value.slice(1) : undefined)),
	fc.constant<Change>((value) => String(value)),
	fc.tuple(fc.string(), odd).map(([key, other]): Change => (value) => ({ ...record(value), [key]: other })),
);

/** Bodies with changes in one to four places. */
export function mutationsOf(bodies: readonly unknown[]): fc.Arbitrary<string> {
	const place = fc.array(fc.nat(20), { maxLength: 9 });
	return fc
		.tuple(fc.constantFrom(...bodies), fc.array(fc.tuple(place, changes), { minLength: 1, maxLength: 4 }))
		.map(([body, edits]) => edits.reduce((changed, [steps, change]) => changeAt(changed, steps, change), body))
		.map((changed) => JSON.stringify(changed) ?? '');
}

const record = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
