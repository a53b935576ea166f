export { SavedCredential, type CredentialData } from './credentials';
export { startHost, type Host, type RunSpec } from './host';
export type { LogEntry } from './log';
export { loadPackage, type LoadedPackage } from './packages';
export type { NodeRun, RunResult } from './result';
export type { NodeSpec } from './workflow';
