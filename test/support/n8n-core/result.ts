import {
	jsonParse,
	jsonStringify,
	type ExecutionError,
	type ExecutionStatus,
	type IDataObject,
	type INodeExecutionData,
	type IRun,
	type ITaskData,
	type NodeExecutionHint,
	type Workflow,
} from 'n8n-workflow';
import type { BuiltWorkflow } from './workflow';

/** One run of one node. */
export interface NodeRun {
	/** By output and item. With 'continueErrorOutput', the last output is that of the errors. */
	outputs: INodeExecutionData[][];
	/** The error that ended the node. An error that the node put out as an item is in `outputs`. */
	error?: ExecutionError;
	hints: NodeExecutionHint[];
	status?: ExecutionStatus;
}

export interface RunResult {
	executionId: string;
	status: ExecutionStatus;
	error?: ExecutionError;
	/** Set while the run waits. */
	waitTill?: Date;
	/** All runs of each node, in their order. */
	runs: Record<string, NodeRun[]>;
	/** The last run of a node. @throws if it did not run, with the end of the workflow */
	node(name: string): NodeRun;
	/** The static data of the workflow after the run, as n8n would store it. */
	staticData: IDataObject;
	credentials: BuiltWorkflow['saved'];
	/** All that n8n would write into its database, as one text, for searches. */
	kept(): string;
	/** n8n's record of the run, from which a waiting run continues. */
	run: IRun;
	workflow: Workflow;
}

export function resultOf(executionId: string, run: IRun, { workflow, saved }: BuiltWorkflow): RunResult {
	const { error, runData } = run.data.resultData;
	const runs = Object.fromEntries(Object.entries(runData).map(([name, tasks]) => [name, tasks.map(nodeRun)]));
	const staticData = staticDataOf(workflow);
	return {
		executionId,
		status: run.status,
		error,
		waitTill: run.waitTill ?? undefined,
		runs,
		node: (name) => {
			const last = runs[name]?.at(-1);
			if (last) return last;
			const ran = Object.keys(runs).join(', ') || 'none';
			throw new Error(`${name} didn't run. Ran: ${ran}. Workflow: ${run.status} ${error?.message ?? ''}`);
		},
		staticData,
		credentials: saved,
		kept: () => jsonStringify({ data: run.data, staticData }, { replaceCircularRefs: true }),
		run,
		workflow,
	};
}

/** n8n stores static data as JSON. */
export function staticDataOf(workflow: Workflow): IDataObject {
	return jsonParse(JSON.stringify(workflow.staticData));
}

function nodeRun({ data, error, hints, executionStatus }: ITaskData): NodeRun {
	return {
		outputs: (data?.main ?? []).map((items) => items ?? []),
		error,
		hints: hints ?? [],
		status: executionStatus,
	};
}
