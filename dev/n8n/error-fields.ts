/**
 * A field of a thrown value. This does not use `instanceof Error`: under jest an error from Node's own modules
 * comes from another realm, and the test would fail.
 */
const field = (thrown: unknown, name: string): unknown =>
	typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined;

export const codeOf = (thrown: unknown): unknown => field(thrown, 'code');

/** SQLite's error number. Its `code` is the same for all errors. */
export const sqliteCodeOf = (thrown: unknown): unknown => field(thrown, 'errcode');

export function reasonOf(thrown: unknown): string {
	const message = field(thrown, 'message');
	return typeof message === 'string' ? message : String(thrown);
}
