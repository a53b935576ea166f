/**
 * A field of whatever was thrown. Not by `instanceof Error`: under jest an error from Node's own modules
 * is of another realm and isn't one.
 */
const field = (thrown: unknown, name: string): unknown =>
	typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined;

export const codeOf = (thrown: unknown): unknown => field(thrown, 'code');

/** SQLite's own number, where `code` is the same for all of its errors. */
export const sqliteCodeOf = (thrown: unknown): unknown => field(thrown, 'errcode');

export function reasonOf(thrown: unknown): string {
	const message = field(thrown, 'message');
	return typeof message === 'string' ? message : String(thrown);
}
