import { EventEmitter } from 'node:events';
import type { IRunExecutionData, WorkflowExecuteMode } from 'n8n-workflow';
import { additionalDataOf } from './additional-data';
import type { Execution } from './execution-record';
import type { HostParts } from './host-parts';
import { resultOf, type RunResult } from './result';
import { run } from './run';
import { buildWorkflow, type WorkflowSpec } from './workflow';

export interface ExecutionOptions {
	signal?: AbortSignal;
	timeout?: number;
}

export function newExecution(
	host: HostParts,
	spec: WorkflowSpec,
	mode: WorkflowExecuteMode,
	state: IRunExecutionData,
): Execution {
	const id = String(host.executions.size + 1);
	const execution: Execution = { id, spec, mode, state, results: new EventEmitter() };
	host.executions.set(id, execution);
	return execution;
}

/** Continues the execution from its state until it ends or waits. */
export async function proceed(
	host: HostParts,
	execution: Execution,
	{ signal, timeout = host.timeout }: ExecutionOptions = {},
): Promise<RunResult> {
	const { id, spec, mode, state } = execution;
	delete execution.result;
	const built = await buildWorkflow(spec, host.types, host.vault);
	const additionalData = { ...additionalDataOf(host), executionId: id, workflowId: built.workflow.id };
	const finished = await run(state, {
		workflow: built.workflow,
		additionalData,
		mode,
		signal,
		timeout,
	});
	execution.state = finished.data;
	const result = resultOf(id, finished, built);
	execution.result = result;
	execution.spec.staticData = result.staticData;
	execution.results.emit('result', result);
	return result;
}

/** Waits for the result after `before`: what a waiting run did when it was resumed. */
export async function resultAfter(host: HostParts, before: RunResult): Promise<RunResult> {
	const execution = host.executions.get(before.executionId);
	if (!execution) throw new Error(`There is no execution ${before.executionId}`);
	if (execution.result && execution.result !== before) return execution.result;
	return await new Promise((resolve, reject) => {
		const giveUp = (): void => reject(new Error(`Execution ${before.executionId} didn't go on`));
		const timer = setTimeout(giveUp, host.timeout);
		execution.results.once('result', (result) => {
			clearTimeout(timer);
			resolve(result);
		});
	});
}
