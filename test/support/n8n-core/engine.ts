import type { CredentialVault } from './credentials';
import type { Execution } from './execution-record';
import type { KnownTypes } from './known-types';
import type { CapturedLog } from './log';
import type { WebServer } from './web-server';

/** What every ability of the harness works on. */
export interface Engine {
	types: KnownTypes;
	vault: CredentialVault;
	log: CapturedLog;
	server: WebServer;
	/** By id; n8n's database of executions. */
	executions: Map<string, Execution>;
	/** Milliseconds that a run, a request or a webhook may take before the harness gives up. */
	patience: number;
}
