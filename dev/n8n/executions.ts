import { z } from 'zod';

const failureSchema = z.object({
	message: z.string(),
	description: z.string().nullish(),
	node: z.object({ name: z.string() }).optional(),
});

const itemSchema = z.object({ json: z.record(z.unknown()) });

const runSchema = z.object({
	executionStatus: z.string().optional(),
	error: failureSchema.optional(),
	data: z.object({ main: z.array(z.array(itemSchema).nullable()).optional() }).optional(),
});

const resultSchema = z.object({
	runData: z.record(z.array(runSchema)).default({}),
	error: failureSchema.optional(),
});

export const executionStatusSchema = z.enum([
	'canceled',
	'crashed',
	'error',
	'new',
	'running',
	'success',
	'unknown',
	'waiting',
]);

export type ExecutionStatus = z.infer<typeof executionStatusSchema>;

type Json = Record<string, unknown>;

const toNodeRun = ({ executionStatus, error, data }: z.infer<typeof runSchema>) => ({
	status: executionStatus ?? 'unknown',
	...(error && { error }),
	/** The JSON of the items, one list per output. */
	outputs: (data?.main ?? []).map((items): Json[] => (items ?? []).map(({ json }) => json)),
});

export type NodeRun = ReturnType<typeof toNodeRun>;

/** An execution as the public API lists it. `nodes` holds the runs by node name, and is empty without `includeData`. */
export const executionSchema = z
	.object({
		id: z.coerce.string(),
		workflowId: z.string(),
		status: executionStatusSchema,
		mode: z.string(),
		startedAt: z.string().nullable(),
		stoppedAt: z.string().nullish(),
		data: z.object({ resultData: resultSchema }).optional(),
	})
	.transform(({ data, stoppedAt, ...execution }) => ({
		...execution,
		stoppedAt: stoppedAt ?? null,
		...(data?.resultData.error && { error: data.resultData.error }),
		nodes: Object.fromEntries(
			Object.entries(data?.resultData.runData ?? {}).map(([node, runs]) => [node, runs.map(toNodeRun)]),
		),
	}));

export type Execution = z.output<typeof executionSchema>;

/** The JSON of the items in one output of a node's last run. Empty if the node did not run. */
export const outputOf = (execution: Execution, node: string, output = 0): Json[] =>
	execution.nodes[node]?.at(-1)?.outputs[output] ?? [];

/** A short text for messages, for example '7 error (No route to host)'. */
export const describeExecution = ({ id, status, error }: Execution): string =>
	error ? `${id} ${status} (${error.message})` : `${id} ${status}`;
