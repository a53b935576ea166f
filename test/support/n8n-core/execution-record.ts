import type { EventEmitter } from 'node:events';
import type { IRunExecutionData, WorkflowExecuteMode } from 'n8n-workflow';
import type { RunResult } from './result';
import type { WorkflowSpec } from './workflow';

/** A run with all that it takes to go on with it after a wait. */
export interface Execution {
	id: string;
	/** With an id and saved credentials, so that it can be built again. */
	spec: WorkflowSpec;
	mode: WorkflowExecuteMode;
	state: IRunExecutionData;
	result?: RunResult;
	results: EventEmitter<{ result: [RunResult] }>;
}
