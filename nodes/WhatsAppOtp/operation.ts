import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { z } from 'zod';
import type { Provider } from '../../providers';
import type { Engine } from '../../verification';
import type { ProviderConnection } from '../shared/provider-connection';
import type { Pace } from './sending/pacing';

/** What an operation gets for one item. */
export interface OperationContext<Parameters> {
	host: IExecuteFunctions;
	itemIndex: number;
	parameters: Parameters;
	/** The verification engine. All items share it; the first call opens it. */
	engine: () => Promise<Engine>;
	/** The provider of the node. */
	provider: Provider;
	/** The provider with its account. All items share it; the first call reads the credential. */
	connect: () => Promise<ProviderConnection>;
	/** Waits until the next message may leave. */
	pace: Pace;
	/** Identifies this run of the node, so that a retry by n8n (Retry On Fail) finds the sends of the run before. */
	runKey: () => string;
}

/** The items that an operation puts on one of its outputs. The router pairs them with the input item. */
export interface Routed<Output extends string = string> {
	output: Output;
	items: Array<INodeExecutionData['json']>;
	/** Waits for what decides the output. Meanwhile, the item does not count as one of those that run in parallel. */
	afterwards?: () => Promise<Routed<Output>>;
}

type AnySchema = z.ZodType<unknown, z.ZodTypeDef, unknown>;

/** An operation of the node. The description, router, outputs, tables of the docs and tests derive from it. */
export interface Operation<Schema extends AnySchema = AnySchema, Output extends string = string> {
	resource: 'otp' | 'template' | 'message';
	value: string;
	name: string;
	action: string;
	description: string;
	/** Labels of the outputs. A single output has no label. */
	outputs: readonly [Output, ...Output[]];
	/** Whether a provider supports the operation. Without it, all do. */
	offeredBy?: (provider: Provider) => boolean;
	/** Why an agent can't use the operation as a tool, and what to use. Without it, an agent can. */
	notForAgents?: string;
	/** Whether the operation needs the provider's credential. */
	callsProvider: boolean | ((provider: Provider) => boolean);
	/** Whether the operation needs the credential of a provider that checks codes itself, if the builder chose that. */
	asksVerifier?: boolean;
	properties: readonly INodeProperties[];
	parameters: Schema;
	execute(context: OperationContext<z.output<Schema>>): Promise<Routed<NoInfer<Output>>>;
}

/** Lets TypeScript infer the type of `parameters` in `execute` from the schema. */
export function defineOperation<Schema extends AnySchema, const Output extends string>(
	operation: Operation<Schema, Output>,
): Operation<Schema, Output> {
	return operation;
}
