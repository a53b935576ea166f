import { TriggerContext } from 'n8n-core';
import type { INode, INodeExecutionData, IWorkflowExecuteAdditionalData, Workflow } from 'n8n-workflow';

export interface Watched {
	workflow: Workflow;
	node: INode;
	additionalData: IWorkflowExecuteAdditionalData;
}

/**
 * Calls the `trigger` function of a trigger, if it has one, as n8n's leader does when it publishes a workflow.
 * @param emit is called with the items of each run
 * @returns a function that stops the trigger
 */
export async function startTrigger(
	{ workflow, node, additionalData }: Watched,
	emit: (data: INodeExecutionData[][]) => void,
): Promise<() => Promise<void>> {
	const type = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	if (type.trigger === undefined) return async () => undefined;
	const context = new TriggerContext(workflow, node, additionalData, 'trigger', 'activate', emit);
	const response = await workflow.expression.withIsolate(async () => type.trigger?.call(context));
	return async () => response?.closeFunction?.();
}
