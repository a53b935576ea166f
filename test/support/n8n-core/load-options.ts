import { LoadOptionsContext } from 'n8n-core';
import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeParameters,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';
import { additionalDataOf } from './additional-data';
import type { HostParts } from './host-parts';
import { buildWorkflow, type WorkflowSpec } from './workflow';

/** A node whose panel is open: what the editor knows when it loads a list. */
export interface EditedNode extends Pick<WorkflowSpec, 'credentials'> {
	type: string;
	typeVersion?: number;
	parameters?: INodeParameters;
}

/** The options of a dropdown (`loadOptionsMethod`). */
export async function loadOptions(host: HostParts, method: string, node: EditedNode): Promise<INodePropertyOptions[]> {
	return await inPanel(host, node, method, ({ methods }) => {
		const load = methods?.loadOptions?.[method];
		return load && ((context) => load.call(context));
	});
}

/** The list of a resource locator (`searchListMethod`). */
export async function listSearch(
	host: HostParts,
	method: string,
	node: EditedNode,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await inPanel(host, node, method, ({ methods }) => {
		const search = methods?.listSearch?.[method];
		return search && ((context) => search.call(context, filter, paginationToken));
	});
}

async function inPanel<T>(
	host: HostParts,
	{ credentials, ...node }: EditedNode,
	name: string,
	pick: (type: INodeType) => ((context: ILoadOptionsFunctions) => Promise<T>) | undefined,
): Promise<T> {
	const spec = { nodes: [{ name: 'Temp-Node', ...node }], start: 'Temp-Node', credentials };
	const { workflow } = await buildWorkflow(spec, host.types, host.vault);
	const edited = workflow.getNode('Temp-Node');
	if (!edited) throw new Error('The edited node is missing');
	const method = pick(workflow.nodeTypes.getByNameAndVersion(edited.type, edited.typeVersion));
	if (!method) throw new Error(`${node.type} has no method ${name}`);
	const additionalData = { ...additionalDataOf(host), currentNodeParameters: edited.parameters };
	const context = new LoadOptionsContext(workflow, edited, additionalData, '');
	return await workflow.expression.withIsolate(() => method(context));
}
