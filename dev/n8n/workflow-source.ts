import { z } from 'zod';

const anything = z.unknown().optional();

/** The fields of a node that the public API accepts. It refuses a request with any other field. */
const nodeSchema = z.object({
	id: anything,
	name: z.string(),
	type: z.string(),
	typeVersion: z.number(),
	position: z.tuple([z.number(), z.number()]),
	parameters: z.record(z.unknown()).default({}),
	credentials: z.record(z.object({ id: z.string().nullish(), name: z.string() })).optional(),
	webhookId: anything,
	disabled: anything,
	notes: anything,
	notesInFlow: anything,
	executeOnce: anything,
	alwaysOutputData: anything,
	retryOnFail: anything,
	maxTries: anything,
	waitBetweenTries: anything,
	continueOnFail: anything,
	onError: anything,
});

const settingsSchema = z.object({
	saveExecutionProgress: anything,
	saveManualExecutions: anything,
	saveDataErrorExecution: anything,
	saveDataSuccessExecution: anything,
	executionTimeout: anything,
	errorWorkflow: anything,
	timezone: anything,
	executionOrder: anything,
	callerPolicy: anything,
	callerIds: anything,
	redactionPolicy: anything,
	availableInMCP: anything,
});

/** A workflow as the editor exports it, reduced to the fields that the public API accepts. */
export const workflowSourceSchema = z.object({
	name: z.string().min(1),
	nodes: z.array(nodeSchema),
	connections: z.record(z.unknown()),
	settings: settingsSchema.default({}),
});

export type WorkflowSource = z.output<typeof workflowSourceSchema>;

type CredentialReferences = NonNullable<z.output<typeof nodeSchema>['credentials']>;

function refer(credentials: CredentialReferences, ids: Readonly<Record<string, string>>): CredentialReferences {
	return Object.fromEntries(
		Object.entries(credentials).map(([type, { id, name }]) => [type, { id: ids[type] ?? id, name }]),
	);
}

/** Returns the workflow with the credential ids of this n8n. `ids` holds them by credential type. */
export function withCredentials(workflow: WorkflowSource, ids: Readonly<Record<string, string>>): WorkflowSource {
	const nodes = workflow.nodes.map((node) =>
		node.credentials ? { ...node, credentials: refer(node.credentials, ids) } : node,
	);
	return { ...workflow, nodes };
}
