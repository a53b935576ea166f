import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import pLimit from 'p-limit';
import { z } from 'zod';
import { findProvider, type Provider } from '../../providers';
import type { Engine } from '../../verification';
import { openEngineWithHints } from '../shared/engine';
import { toNodeError } from '../shared/errors';
import { parameterReader, readParameter } from '../shared/parameters';
import { connectProvider, type ProviderConnection } from '../shared/provider-connection';
import { fallbackOutputs } from './offered-operations';
import type { Operation, OperationContext, Routed } from './operation';
import { operations } from './operations';
import { reportProgress } from './progress';
import { createPace } from './sending/pacing';
import { notOffered } from './templates';

/** Items that run in parallel. Enough for 80 messages per second if a send takes one second. */
const defaultConcurrency = 100;

type Result = Routed | Error | undefined;

/** What the parameters of the node choose for all items. */
interface Chosen {
	operation: Operation;
	provider: Provider;
	concurrency: number;
}

/**
 * Runs the chosen operation for all items in parallel. The outputs keep the order and the pairing of the items. Where
 * the node continues on errors, nothing is thrown: n8n would put the input on an output.
 */
export async function route(host: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const chosen = choose(host);
	const results = 'error' in chosen ? eachItem(host, chosen.error) : await runAll(host, chosen);
	const failed = results.find((result) => result instanceof Error);
	if (failed !== undefined && !host.continueOnFail()) throw failed;
	if (host.getMode() === 'manual' && !isTool(host)) showReasons(host, results);
	return collect('error' in chosen ? fallbackOutputs : chosen.operation.outputs, results, isTool(host));
}

/**
 * Whether an agent runs the node as its tool. An agent gets the first output only (docs/reference/n8n-host.md, 'Which
 * output an answer leaves by'), so there every item leaves by it, and `result` says what it means.
 */
function isTool(host: IExecuteFunctions): boolean {
	return host.getNode().type.endsWith('Tool') || host.isToolExecution();
}

/** Reasons that a builder can read above the output. More of them would hide it. */
const maxHints = 3;

/** Shows why items were refused: n8n marks such a run with a green tick. */
function showReasons(host: IExecuteFunctions, results: Result[]): void {
	const messages = results.flatMap((result) => {
		if (result === undefined || result instanceof Error) return [];
		const { output, items } = result;
		return items.flatMap(({ reason }) => (typeof reason === 'string' ? `${output}: ${reason}.` : []));
	});
	const hints = [...new Set(messages)].slice(0, maxHints);
	if (hints.length === 0) return;
	host.addExecutionHints(
		...hints.map((message) => ({ message, type: 'warning' as const, location: 'outputPane' as const })),
	);
}

function eachItem(host: IExecuteFunctions, error: unknown): Result[] {
	return host.getInputData().map((_, itemIndex) => toNodeError(host.getNode(), error, itemIndex));
}

function choose(host: IExecuteFunctions): Chosen | { error: unknown } {
	try {
		const provider = chosenProvider(host);
		const operation = chosenOperation(host, provider);
		if (operation.notForAgents !== undefined && isTool(host)) throw notForAgents(host, operation);
		return { operation, provider, concurrency: concurrencyOf(host) };
	} catch (error) {
		return { error };
	}
}

async function runAll(host: IExecuteFunctions, { operation, provider, concurrency }: Chosen): Promise<Result[]> {
	const shared = sharedContext(host, provider);
	const isOffered = operation.offeredBy?.(provider) ?? true;
	const isCancelled = () => host.getExecutionCancelSignal()?.aborted === true;
	const items = host.getInputData();
	const finished = reportProgress(host, operation, items.length);
	let stopped = false;
	const parametersOf = parameterReader<unknown>(host, operation.properties, operation.parameters);
	const limit = pLimit(items.length > 1 ? concurrency : 1);
	const attempt = async (itemIndex: number, run: () => Promise<Routed>): Promise<Result> => {
		if (stopped || isCancelled()) return undefined;
		try {
			return await run();
		} catch (error) {
			// n8n discards the items of a cancelled run. An error would make it a failed run.
			if (isCancelled()) return undefined;
			stopped ||= !host.continueOnFail();
			return toNodeError(host.getNode(), error, itemIndex);
		}
	};
	const execute = async (itemIndex: number): Promise<Routed> => {
		if (!isOffered) throw notOffered(provider);
		return await operation.execute({ ...shared, itemIndex, parameters: parametersOf(itemIndex) });
	};
	const runs = items.map(async (_, itemIndex) => {
		const result = await limit(() => attempt(itemIndex, () => execute(itemIndex)));
		const rest = result instanceof Error ? undefined : result?.afterwards;
		const final = rest === undefined ? result : await attempt(itemIndex, rest);
		finished();
		return final;
	});
	// Also after an error, every run that has started must finish, so that each send is recorded.
	return await Promise.all(runs);
}

/** n8n moves errors to the error output, if there is one. Otherwise they stay on the first output, which says no. */
function collect(labels: readonly string[], results: Result[], isTool: boolean): INodeExecutionData[][] {
	const outputs: INodeExecutionData[][] = (isTool ? labels.slice(0, 1) : labels).map(() => []);
	for (const [item, result] of results.entries()) {
		if (result === undefined) continue;
		const pairedItem = { item };
		if (result instanceof Error) {
			outputs[0]?.push({ json: { error: result.message }, pairedItem });
		} else {
			const output = isTool ? 0 : labels.indexOf(result.output);
			outputs[output]?.push(...result.items.map((json) => ({ json, pairedItem })));
		}
	}
	return outputs;
}

const concurrency = z.number().int().min(1).max(1000).catch(defaultConcurrency);

function concurrencyOf(host: IExecuteFunctions): number {
	return concurrency.parse(readParameter(host, 'options.concurrency', 0));
}

/** What all items share. */
function sharedContext(
	host: IExecuteFunctions,
	provider: Provider,
): Omit<OperationContext<never>, 'parameters' | 'itemIndex'> {
	let connecting: Promise<ProviderConnection> | undefined;
	let engine: Promise<Engine> | undefined;
	let runKey: string | undefined;
	const connect = () => (connecting ??= connectWithHints(host, provider));
	const paceSource = {
		messagesPerSecond: () => readParameter(host, 'options.messagesPerSecond', 0),
		getExecutionCancelSignal: () => host.getExecutionCancelSignal(),
	};
	return {
		host,
		provider,
		engine: () => (engine ??= openEngineWithHints(host)),
		connect,
		pace: createPace(paceSource, connect),
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
	// Two installations can share a store, and their executions have the same numbers.
	const instance = host.getInstanceId();
	// The run index differs each time a loop returns to the node, which means a new send. Retry On Fail keeps it.
	// It is not read by an expression: starting n8n's expression engine for this alone can cost more than the whole run.
	const runIndex = z.number().catch(0).parse(host.getWorkflowDataProxy(0).$runIndex);
	return [instance, host.getExecutionId(), host.getNode().id, runIndex].join(' ');
}

function chosenProvider(host: IExecuteFunctions): Provider {
	const provider = findProvider(readParameter(host, 'provider', 0));
	if (provider === undefined) throw unknownValue(host, 'Provider');
	return provider;
}

function chosenOperation(host: IExecuteFunctions, provider: Provider): Operation {
	const resource = readParameter(host, 'resource', 0);
	const value = readParameter(host, 'operation', 0);
	const ofResource = operations.filter((candidate) => candidate.resource === resource);
	if (ofResource.length === 0) throw unknownValue(host, 'Resource');
	// n8n returns no value for a parameter that it does not show: the provider has no operation of this resource.
	if (value === undefined) throw notOffered(provider);
	const operation = ofResource.find((candidate) => candidate.value === value);
	if (operation === undefined) throw unknownValue(host, 'Operation');
	return operation;
}

function unknownValue(host: IExecuteFunctions, field: string): NodeOperationError {
	return new NodeOperationError(host.getNode(), `'${field}' has an unknown value`, {
		description: `Choose a value from the list of '${field}', or update this community node.`,
	});
}

function notForAgents(host: IExecuteFunctions, { name, notForAgents: description }: Operation): NodeOperationError {
	return new NodeOperationError(host.getNode(), `An agent can't use the operation '${name}'`, {
		description,
	});
}
