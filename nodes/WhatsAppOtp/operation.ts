import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { z } from 'zod';
import type { Connection, Provider } from '../../providers';
import type { Engine } from '../../verification';
import type { Pace } from './sending/pacing';

export interface ProviderConnection {
	provider: Provider;
	connection: Connection<unknown>;
	/** Of n8n's; accounts of one provider can differ in nothing but a secret. */
	credentialId: string;
}

export interface OperationContext<Parameters> {
	host: IExecuteFunctions;
	itemIndex: number;
	parameters: Parameters;
	/** The verification engine; opened when first asked for, once for all items. */
	engine: () => Promise<Engine>;
	/** The chosen provider. */
	provider: Provider;
	/** The provider with its credential, which is read once for all items. */
	connect: () => Promise<ProviderConnection>;
	/** Waits for a turn to send. */
	pace: Pace;
	/** Names this run of the node, so that n8n's Retry On Fail finds the sends it made before. */
	runKey: () => string;
}

/** Items of one output; paired with the input item by the router. */
export interface Routed<Output extends string = string> {
	output: Output;
	items: Array<INodeExecutionData['json']>;
}

type AnySchema = z.ZodType<unknown, z.ZodTypeDef, unknown>;

export interface Operation<Schema extends AnySchema = AnySchema, Output extends string = string> {
	resource: 'otp' | 'template' | 'message';
	value: string;
	name: string;
	action: string;
	description: string;
	/** One name: a single output without a label. */
	outputs: readonly [Output, ...Output[]];
	/** Which providers can do it; all of them unless told. */
	offeredBy?: (provider: Provider) => boolean;
	/** Whether it needs the provider's credential. */
	callsProvider: boolean | ((provider: Provider) => boolean);
	/** Whether it asks providers that verify codes themselves, where the builder wants them to. */
	asksVerifier?: boolean;
	properties: readonly INodeProperties[];
	parameters: Schema;
	execute(context: OperationContext<z.output<Schema>>): Promise<Routed<NoInfer<Output>>>;
}

/** Lets TypeScript infer what an operation's schema gives its `execute`. */
export function defineOperation<Schema extends AnySchema, const Output extends string>(
	operation: Operation<Schema, Output>,
): Operation<Schema, Output> {
	return operation;
}
