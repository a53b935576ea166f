import type { CredentialVault } from './credentials';
import type { Execution } from './execution-record';
import type { KnownTypes } from './known-types';
import type { CapturedLog } from './log';
import type { WebServer } from './web-server';

/** What the functions of a test host share. */
export interface HostParts {
	types: KnownTypes;
	vault: CredentialVault;
	log: CapturedLog;
	server: WebServer;
	/** By id. They stand in for n8n's database of executions. */
	executions: Map<string, Execution>;
	/** Milliseconds that a run, a request or a webhook may take. */
	timeout: number;
}
