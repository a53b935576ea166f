import { ExecutionLifecycleHooks, WorkflowExecute, WorkflowHasIssuesError } from 'n8n-core';
import {
	createRunExecutionData,
	type INode,
	type INodeExecutionData,
	type IRun,
	type IRunExecutionData,
	type IWorkflowExecuteAdditionalData,
	type Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

export interface RunOptions {
	workflow: Workflow;
	additionalData: IWorkflowExecuteAdditionalData;
	mode: WorkflowExecuteMode;
	signal?: AbortSignal;
	/** Milliseconds after which the run is cancelled and `run` throws. */
	timeout: number;
}

/** The state of a run that begins at `node` with these items. */
export function startingAt(node: INode, main: INodeExecutionData[][]): IRunExecutionData {
	return createRunExecutionData({ executionData: { nodeExecutionStack: [{ node, data: { main }, source: null }] } });
}

/**
 * Runs a workflow from the given state to its end or to a wait.
 * @throws if it takes longer than `timeout`. Errors of the workflow are in the returned run
 */
export async function run(state: IRunExecutionData, options: RunOptions): Promise<IRun> {
	const { workflow, additionalData, mode, signal, timeout } = options;
	const hooks = hooksFor(options);
	let running = 'nothing';
	hooks.addHandler('nodeExecuteBefore', (nodeName) => {
		running = nodeName;
	});
	const execution = begin(new WorkflowExecute({ ...additionalData, hooks }, mode, state), workflow);
	if (execution instanceof WorkflowHasIssuesError) return refused(state, mode, execution);
	const cancel = (): void => execution.cancel();
	if (signal?.aborted) cancel();
	signal?.addEventListener('abort', cancel, { once: true });
	let timer: NodeJS.Timeout | undefined;
	const timedOut = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => {
			reject(new Error(`The workflow was still running ${running} after ${timeout} ms`));
			cancel();
		}, timeout);
	});
	try {
		return await Promise.race([execution, timedOut]);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', cancel);
	}
}

function hooksFor({ workflow, additionalData, mode }: RunOptions): ExecutionLifecycleHooks {
	return new ExecutionLifecycleHooks(mode, additionalData.executionId ?? '', {
		id: workflow.id,
		name: workflow.name ?? '',
		active: workflow.active,
		activeVersionId: null,
		isArchived: false,
		createdAt: new Date(),
		updatedAt: new Date(),
		nodes: Object.values(workflow.nodes),
		connections: workflow.connectionsBySourceNode,
	});
}

type Running = ReturnType<WorkflowExecute['processRunExecutionData']>;

function begin(execute: WorkflowExecute, workflow: Workflow): Running | WorkflowHasIssuesError {
	try {
		return execute.processRunExecutionData(workflow);
	} catch (error) {
		if (error instanceof WorkflowHasIssuesError) return error;
		throw error;
	}
}

/** n8n's server records a run that n8n-core refuses to start as a failed run. */
function refused(data: IRunExecutionData, mode: WorkflowExecuteMode, error: WorkflowHasIssuesError): IRun {
	data.resultData.error = error;
	return { data, mode, startedAt: new Date(), stoppedAt: new Date(), storedAt: 'db', status: 'error' };
}
