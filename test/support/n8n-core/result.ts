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
	/** By output and item; under 'continueErrorOutput' the error output is the last. */
	outputs: INodeExecutionData[][];
	/** Only what is thrown out of the node; what it hands on as an item stands in `outputs`. */
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
	/** Every run of every node, in the order in which they ran. */
	runs: Record<string, NodeRun[]>;
	/** The last run of a node. Throws, saying how the workflow ended, if it didn't run. */
	node(name: string): NodeRun;
	/** The workflow's, after the run, as n8n would keep it. */
	staticData: IDataObject;
	credentials: BuiltWorkflow['saved'];
	/** All that n8n would write into its database, as one text to search. */
	kept(): string;
	/** n8n's own record, which a waiting run goes on from. */
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
		...(error && { error }),
		...(run.waitTill && { waitTill: run.waitTill }),
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

/** n8n keeps static data as JSON. */
export function staticDataOf(workflow: Workflow): IDataObject {
	return jsonParse(JSON.stringify(workflow.staticData));
}

function nodeRun({ data, error, hints, executionStatus }: ITaskData): NodeRun {
	return {
		outputs: (data?.main ?? []).map((items) => items ?? []),
		...(error && { error }),
		hints: hints ?? [],
		...(executionStatus && { status: executionStatus }),
	};
}
