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
	/** Milliseconds after which the run is cancelled and the harness throws. */
	patience: number;
}

/** The state of a run that begins at `node` with what came in. */
export function startingAt(node: INode, main: INodeExecutionData[][]): IRunExecutionData {
	return createRunExecutionData({ executionData: { nodeExecutionStack: [{ node, data: { main }, source: null }] } });
}

/**
 * Runs a workflow from the given state to its end or to a wait.
 * @throws when it takes longer than `patience`; what goes wrong in the workflow stands in the run
 */
export async function run(state: IRunExecutionData, options: RunOptions): Promise<IRun> {
	const { workflow, additionalData, mode, signal, patience } = options;
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
	const impatience = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => {
			reject(new Error(`The workflow was still running ${running} after ${patience} ms`));
			cancel();
		}, patience);
	});
	try {
		return await Promise.race([execution, impatience]);
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

function begin(engine: WorkflowExecute, workflow: Workflow): Running | WorkflowHasIssuesError {
	try {
		return engine.processRunExecutionData(workflow);
	} catch (error) {
		if (error instanceof WorkflowHasIssuesError) return error;
		throw error;
	}
}

/** n8n's server records what the engine refuses to begin as a run that failed. */
function refused(data: IRunExecutionData, mode: WorkflowExecuteMode, error: WorkflowHasIssuesError): IRun {
	data.resultData.error = error;
	return { data, mode, startedAt: new Date(), stoppedAt: new Date(), storedAt: 'db', status: 'error' };
}
