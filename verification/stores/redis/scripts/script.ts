import { createHash } from 'node:crypto';
import { clock } from './parts/clock';

/** Lua that Redis runs as one atomic step: no other command runs in between. */
export interface Script {
	source: string;
	/** SHA-1 of the source, by which the server knows a script that it has seen. */
	sha: string;
}

/**
 * @param parts Lua functions that the body uses. List only what it uses, since Redis creates every function again for
 * each call. A part comes after the parts that it uses itself. `clock` is always there.
 * @param body Lua. All keys that it touches are in KEYS. It writes only after it has decided.
 */
export function script(parts: readonly string[], body: string): Script {
	const source = [clock, ...parts, body].map((text) => text.trim()).join('\n');
	let sha: string | undefined;
	return {
		source,
		get sha() {
			return (sha ??= createHash('sha1').update(source).digest('hex'));
		},
	};
}
