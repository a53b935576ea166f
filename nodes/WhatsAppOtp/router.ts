import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import pLimit from 'p-limit';
import { z } from 'zod';
import { findProvider, type Provider } from '../../providers';
import type { Engine } from '../../verification';
import { openEngine } from '../shared/engine';
import { toNodeError } from '../shared/errors';
import { parameterReader, readParameter } from '../shared/parameters';
import { connectProvider, type ProviderConnection } from '../shared/provider-connection';
import type { Operation, OperationContext, Routed } from './operation';
import { operations } from './operations';
import { reportProgress } from './progress';
import { createPace } from './sending/pacing';
import { notOffered } from './templates';

/** Items that run in parallel. Enough for 80 messages per second if a send takes one second. */
const defaultConcurrency = 100;

type Result = Routed | Error | undefined;

/** Runs the chosen operation for all items in parallel. The outputs keep the order and the pairing of the items. */
export async function route(host: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const operation = chosenOperation(host);
	const shared = sharedContext(host);
	const isOffered = operation.offeredBy?.(shared.provider) ?? true;
	const signal = host.getExecutionCancelSignal();
	const items = host.getInputData();
	const finished = reportProgress(host, operation, items.length);
	let stopped = false;
	const parametersOf = parameterReader<unknown>(host, operation.properties, operation.parameters);
	const limit = pLimit(items.length > 1 ? concurrencyOf(host) : 1);
	const runs = items.map((_, itemIndex) =>
		limit(async (): Promise<Result> => {
			if (stopped || signal?.aborted === true) return undefined;
			try {
				if (!isOffered) throw notOffered(shared.provider);
				return await operation.execute({ ...shared, itemIndex, parameters: parametersOf(itemIndex) });
			} catch (error) {
				stopped ||= !host.continueOnFail();
				return toNodeError(host.getNode(), error, itemIndex);
			} finally {
				finished();
			}
		}),
	);
	// Also after an error, every run that has started must finish, so that each send is recorded.
	const results = await Promise.all(runs);
	const failed = results.find((result) => result instanceof Error);
	if (failed !== undefined && !host.continueOnFail()) throw failed;
	return collect(operation, results);
}

function collect(operation: Operation, results: Result[]): INodeExecutionData[][] {
	const outputs: INodeExecutionData[][] = operation.outputs.map(() => []);
	for (const [item, result] of results.entries()) {
		if (result === undefined) continue;
		const pairedItem = { item };
		if (result instanceof Error) {
			// n8n moves it to the error output, if there is one. Otherwise it stays on the last output, the negative one.
			outputs.at(-1)?.push({ json: { error: result.message }, pairedItem });
		} else {
			outputs[operation.outputs.indexOf(result.output)]?.push(...result.items.map((json) => ({ json, pairedItem })));
		}
	}
	return outputs;
}

const concurrency = z.number().int().min(1).max(1000).catch(defaultConcurrency);

function concurrencyOf(host: IExecuteFunctions): number {
	return concurrency.parse(readParameter(host, 'options.concurrency', 0));
}

/** What all items share. */
function sharedContext(host: IExecuteFunctions): Omit<OperationContext<never>, 'parameters' | 'itemIndex'> {
	let connecting: Promise<ProviderConnection> | undefined;
	let engine: Promise<Engine> | undefined;
	let runKey: string | undefined;
	const provider = chosenProvider(host);
	const connect = () => (connecting ??= connectWithHints(host, provider));
	return {
		host,
		provider,
		engine: () => (engine ??= openEngine(host)),
		connect,
		pace: createPace(host, connect),
		runKey: () => (runKey ??= runKeyOf(host)),
	};
}

async function connectWithHints(host: IExecuteFunctions, provider: Provider): Promise<ProviderConnection> {
	const target = await connectProvider(host, provider);
	const hints = provider.hints?.(target.connection.account, new Date()) ?? [];
	if (hints.length > 0) host.addExecutionHints(...hints.map((message) => ({ message })));
	return target;
}

function runKeyOf(host: IExecuteFunctions): string {
	// The run index differs each time a loop returns to the node, which means a new send. Retry On Fail keeps it.
	// It is not read by an expression: starting n8n's expression engine for this alone can cost more than the whole run.
	const runIndex = z.number().catch(0).parse(host.getWorkflowDataProxy(0).$runIndex);
	return [host.getExecutionId(), host.getNode().id, runIndex].join(' ');
}

function chosenProvider(host: IExecuteFunctions): Provider {
	const provider = findProvider(readParameter(host, 'provider', 0));
	if (provider === undefined) throw new NodeOperationError(host.getNode(), "'Provider' has an unknown value");
	return provider;
}

function chosenOperation(host: IExecuteFunctions): Operation {
	const resource = readParameter(host, 'resource', 0);
	const value = readParameter(host, 'operation', 0);
	// n8n returns no value for a parameter that it does not show: the provider has no operation of this resource.
	if (value === undefined) throw toNodeError(host.getNode(), notOffered(chosenProvider(host)), 0);
	const operation = operations.find((candidate) => candidate.resource === resource && candidate.value === value);
	if (operation === undefined) throw new NodeOperationError(host.getNode(), "'Operation' has an unknown value");
	return operation;
}
