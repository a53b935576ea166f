export { SavedCredential, type CredentialData } from './credentials';
export { startHost, type HookResult, type Host, type RunSpec } from './host';
export type { EditedNode } from './load-options';
export type { LogEntry } from './log';
export { loadPackage, type LoadedPackage } from './packages';
export type { NodeRun, RunResult } from './result';
export type { PublishedTrigger, TriggerSpec, WebhookOutcome } from './trigger';
export type { WebhookResult, WebhookSpec } from './web-request';
export type { NodeSpec, WorkflowSpec } from './workflow';
