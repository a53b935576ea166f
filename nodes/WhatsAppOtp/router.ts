import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import pLimit from 'p-limit';
import { z } from 'zod';
import { providers, type Provider } from '../../providers';
import type { Engine } from '../../verification';
import { openEngine } from '../shared/engine';
import { toNodeError } from '../shared/errors';
import { httpClient } from '../shared/http';
import { parameterReader, readParameter } from '../shared/parameters';
import type { Operation, OperationContext, ProviderConnection, Routed } from './operation';
import { operations } from './operations';
import { paceOf } from './sending/pacing';
import { reportProgress } from './progress';
import { notOffered } from './templates';

/** Items in work at once, unless the option says otherwise: enough to fill 80 messages a second at a second each. */
const usualConcurrency = 100;

type Result = Routed | Error | undefined;

/** Runs the chosen operation for every item, side by side, and keeps their order and pairing. */
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
	// All that has begun is waited for, so that no send is left without its record.
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
			// With an error output n8n moves it there; otherwise it leaves by the output that stands for no.
			outputs.at(-1)?.push({ json: { error: result.message }, pairedItem });
		} else {
			outputs[operation.outputs.indexOf(result.output)]?.push(...result.items.map((json) => ({ json, pairedItem })));
		}
	}
	return outputs;
}

const concurrency = z.number().int().min(1).max(1000).catch(usualConcurrency);

function concurrencyOf(host: IExecuteFunctions): number {
	return concurrency.parse(readParameter(host, 'options.concurrency', 0));
}

function sharedContext(host: IExecuteFunctions): Omit<OperationContext<never>, 'parameters' | 'itemIndex'> {
	let connecting: Promise<ProviderConnection> | undefined;
	let engine: Promise<Engine> | undefined;
	let runKey: string | undefined;
	const provider = chosenProvider(host);
	const connected = () => (connecting ??= connect(host, provider));
	return {
		host,
		provider,
		engine: () => (engine ??= openEngine(host)),
		connect: connected,
		pace: paceOf(host, connected),
		runKey: () => (runKey ??= runKeyOf(host)),
	};
}

function runKeyOf(host: IExecuteFunctions): string {
	// A node that a loop comes back to means a new send; Retry On Fail keeps the run's index. Not by an expression:
	// where nothing else in a run needs n8n's engine for them, starting it costs as much as all the rest.
	const runIndex = z.number().catch(0).parse(host.getWorkflowDataProxy(0).$runIndex);
	return [host.getExecutionId(), host.getNode().id, runIndex].join(' ');
}

async function connect(host: IExecuteFunctions, provider: Provider): Promise<ProviderConnection> {
	const account = provider.account.parse(await host.getCredentials(provider.credential));
	const credentialId = host.getNode().credentials?.[provider.credential]?.id ?? '';
	return { provider, credentialId, connection: { http: httpClient(host, provider.credential), account } };
}

function chosenProvider(host: IExecuteFunctions): Provider {
	const id = readParameter(host, 'provider', 0);
	const provider = providers.find((candidate) => candidate.id === id);
	if (provider === undefined) throw new NodeOperationError(host.getNode(), "'Provider' has an unknown value");
	return provider;
}

function chosenOperation(host: IExecuteFunctions): Operation {
	const resource = readParameter(host, 'resource', 0);
	const value = readParameter(host, 'operation', 0);
	// n8n keeps no parameter that it doesn't show, and shows no operation where the provider has none of this resource.
	if (value === undefined) throw toNodeError(host.getNode(), notOffered(chosenProvider(host)), 0);
	const operation = operations.find((candidate) => candidate.resource === resource && candidate.value === value);
	if (operation === undefined) throw new NodeOperationError(host.getNode(), "'Operation' has an unknown value");
	return operation;
}
