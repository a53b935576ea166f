import type { Keyspace } from './keyspace';
import type { Lookups } from './lookups';
import type { ScriptRunner } from './runner';

/** What a step of the store needs to run its scripts. */
export interface ScriptContext {
	runner: ScriptRunner;
	keys: Keyspace;
	lookups: Lookups;
	/** Milliseconds since 1970, or empty for the server's own clock. */
	now: string;
}
