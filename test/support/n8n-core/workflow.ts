import {
	deepCopy,
	NodeConnectionTypes,
	Workflow,
	type IConnections,
	type IDataObject,
	type INode,
	type INodeConnections,
	type INodeCredentials,
	type IWorkflowSettings,
} from 'n8n-workflow';
import { SavedCredential, type CredentialData, type CredentialVault } from './credentials';
import type { KnownTypes } from './known-types';
import { noOpType, startType } from './plain-nodes';

/** A node of a workflow. Missing fields are as on a new node of the canvas. */
export type NodeSpec = Pick<INode, 'name' | 'type'> & Partial<Omit<INode, 'name' | 'type'>>;

/** The names of the nodes after each output: `{ Send: [['Sent'], ['Not Sent']] }`; or n8n's own form. */
export type ConnectionSpec = Record<string, string[][] | INodeConnections>;

export interface WorkflowSpec {
	nodes: NodeSpec[];
	/** By default, one after the other in the order of `nodes`. A node that is only named here is a No Operation. */
	connections?: ConnectionSpec;
	/** By type. A node gets each credential that it supports, unless its own `credentials` name one of that type. */
	credentials?: Record<string, CredentialData | SavedCredential>;
	/** The static data of the workflow, as n8n stores it: `{ 'node:Trigger': {...} }`. */
	staticData?: IDataObject;
	settings?: IWorkflowSettings;
	/** The node where it begins. By default, a node `Start` is added. */
	start?: string;
	/** `Test` by default. */
	name?: string;
	/** By default, a new id. The addresses of its webhooks contain it. */
	id?: string;
}

export interface BuiltWorkflow {
	workflow: Workflow;
	saved: Record<string, SavedCredential>;
}

export const startName = 'Start';

let workflows = 0;

export function newWorkflowId(): string {
	workflows += 1;
	return `workflow-${workflows}`;
}

export async function buildWorkflow(
	spec: WorkflowSpec,
	types: KnownTypes,
	vault: CredentialVault,
): Promise<BuiltWorkflow> {
	const saved = await saveAll(spec.credentials ?? {}, vault);
	const id = spec.id ?? newWorkflowId();
	const given = spec.start ? spec.nodes : [{ name: startName, type: startType }, ...spec.nodes];
	const connections = connectionsOf(spec.connections ?? inARow(given), given);
	const named = Object.values(connections).flatMap(({ main }) => main?.flat() ?? []);
	const missing = new Set(named.flatMap((target) => (target ? [target.node] : [])));
	for (const { name } of given) missing.delete(name);
	const nodes = [...given, ...[...missing].map((name) => ({ name, type: noOpType }))];
	const workflow = new Workflow({
		id,
		name: spec.name ?? 'Test',
		nodes: nodes.map((node, index) => ({
			id: `${id}-node-${index}`,
			webhookId: `${id}-webhook-${index}`,
			position: [index * 200, 0],
			...completeNode(node, types, saved),
		})),
		connections,
		active: true,
		nodeTypes: types,
		staticData: deepCopy(spec.staticData ?? {}),
		settings: { executionOrder: 'v1', ...spec.settings },
	});
	return { workflow, saved };
}

export async function saveAll(
	credentials: NonNullable<WorkflowSpec['credentials']>,
	vault: CredentialVault,
): Promise<Record<string, SavedCredential>> {
	const saving = Object.entries(credentials).map(async ([type, data]) => {
		return [type, data instanceof SavedCredential ? data : await vault.save(type, data)] as const;
	});
	return Object.fromEntries(await Promise.all(saving));
}

type CompleteNode = NodeSpec & Pick<INode, 'typeVersion' | 'parameters'>;

function completeNode(spec: NodeSpec, types: KnownTypes, saved: Record<string, SavedCredential>): CompleteNode {
	const typeVersion = spec.typeVersion ?? types.newestVersion(spec.type);
	const { description } = types.getByNameAndVersion(spec.type, typeVersion);
	const credentials: INodeCredentials = {};
	for (const { name } of description.credentials ?? []) {
		const credential = spec.credentials?.[name] ?? saved[name];
		if (credential) credentials[name] = credential;
	}
	return {
		...spec,
		typeVersion,
		parameters: deepCopy(spec.parameters ?? {}),
		...(Object.keys(credentials).length > 0 && { credentials }),
	};
}

function inARow(nodes: NodeSpec[]): Record<string, string[][]> {
	return Object.fromEntries(nodes.slice(1).map(({ name }, index) => [nodes[index]?.name ?? '', [[name]]]));
}

function connectionsOf(spec: ConnectionSpec, nodes: NodeSpec[]): IConnections {
	const connections = Object.entries(spec).map(([source, outputs]) => {
		if (!isShort(outputs)) return [source, outputs] as const;
		const main = outputs.map((names) => names.map((node) => ({ node, type: NodeConnectionTypes.Main, index: 0 })));
		return [source, { main }] as const;
	});
	const known = new Set(nodes.map(({ name }) => name));
	const unknown = connections.find(([source]) => !known.has(source));
	if (unknown) throw new Error(`There is no node ${unknown[0]} to connect from`);
	return Object.fromEntries(connections);
}

function isShort(outputs: string[][] | INodeConnections): outputs is string[][] {
	return Array.isArray(outputs);
}
