import { TriggerContext } from 'n8n-core';
import type { INode, INodeExecutionData, IWorkflowExecuteAdditionalData, Workflow } from 'n8n-workflow';

export interface Watched {
	workflow: Workflow;
	node: INode;
	additionalData: IWorkflowExecuteAdditionalData;
}

/**
 * Calls a trigger's `trigger`, where it has one, as n8n's leading main does on publishing.
 * @param emit what it brings, whenever it does
 * @returns how to stop it
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
