import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

const everyNode = { version: 1, description: '', properties: [] };

/** Puts out the items that a run was given. */
export class Start implements INodeType {
	description: INodeTypeDescription = {
		...everyNode,
		displayName: 'Start',
		name: 'start',
		group: ['input'],
		defaults: { name: 'Start' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}
}

/** n8n's No Operation node, with its name: n8n tests credentials with it. */
export class NoOp implements INodeType {
	description: INodeTypeDescription = {
		...everyNode,
		displayName: 'No Operation, do nothing',
		name: 'noOp',
		group: ['organization'],
		defaults: { name: 'No Operation, do nothing' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}
}

export const startType = 'test.start';
export const noOpType = 'n8n-nodes-base.noOp';
