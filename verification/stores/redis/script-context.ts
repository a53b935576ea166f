import type { Keyspace } from './keyspace';
import type { Pointers } from './lookups';
import type { ScriptRunner } from './runner';

/** What a verb works with. */
export interface Step {
	runner: ScriptRunner;
	keys: Keyspace;
	pointers: Pointers;
	/** Milliseconds; empty for the server's own clock. */
	now: string;
}
