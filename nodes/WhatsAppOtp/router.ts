import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import pLimit from 'p-limit';
import { z } from 'zod';

import { providers } from '../../providers';
import { embeddedEngine, type Engine } from '../../verification';
import { toNodeError } from '../host/errors';
import { httpClient } from '../host/http';
import { readParameters } from '../host/parameters';
import type { Operation, OperationContext, ProviderConnection, Routed } from './operation';
import { operations } from './operations';

/** Items in work at once; a provider's answer takes tens of milliseconds, ours less than one. */
const concurrency = 20;

/** Runs the chosen operation for every item, side by side, and keeps their order and pairing. */
export async function route(host: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const operation = chosenOperation(host);
	const shared = sharedContext(host);
	const limit = pLimit(concurrency);
	let stopped = false;
	const runs = host.getInputData().map((_, itemIndex) =>
		limit(async (): Promise<Routed | Error | undefined> => {
			if (stopped) return undefined;
			try {
				const parameters: unknown = readParameters(host, operation.properties, operation.parameters, itemIndex);
				return await operation.execute({ ...shared, itemIndex, parameters });
			} catch (error) {
				const nodeError = toNodeError(host.getNode(), error, itemIndex);
				stopped ||= !host.continueOnFail();
				return nodeError;
			}
		}),
	);
	// All that has begun is waited for, so that no send is left without its record.
	const results = await Promise.all(runs);
	const failed = results.find((result) => result instanceof Error);
	if (failed !== undefined && !host.continueOnFail()) throw failed;
	return collect(operation, results);
}

function collect(operation: Operation, results: Array<Routed | Error | undefined>): INodeExecutionData[][] {
	const outputs: INodeExecutionData[][] = operation.outputs.map(() => []);
	for (const [item, result] of results.entries()) {
		if (result === undefined) continue;
		const pairedItem = { item };
		if (result instanceof Error) {
			// With an error output n8n moves it there; otherwise it leaves by the output that stands for no.
			const at = Math.max(0, outputs.length - 1);
			outputs[at]?.push({ json: { error: result.message }, pairedItem });
		} else {
			outputs[operation.outputs.indexOf(result.output)]?.push(...result.items.map((json) => ({ json, pairedItem })));
		}
	}
	return outputs;
}

function sharedContext(host: IExecuteFunctions): Omit<OperationContext<never>, 'parameters' | 'itemIndex'> {
	let connecting: Promise<ProviderConnection> | undefined;
	let engine: Engine | undefined;
	// A node that a loop comes back to means a new send; Retry On Fail keeps the run's index.
	const runIndex = z.number().catch(0).parse(host.evaluateExpression('{{ $runIndex }}', 0));
	return {
		host,
		engine: () => (engine ??= embeddedEngine()),
		connect: () => (connecting ??= connect(host)),
		runKey: [host.getExecutionId(), host.getNode().id, runIndex].join(' '),
	};
}

async function connect(host: IExecuteFunctions): Promise<ProviderConnection> {
	const id = host.getNodeParameter('provider', 0);
	const provider = providers.find((candidate) => candidate.id === id);
	if (provider === undefined) throw new NodeOperationError(host.getNode(), "'Provider' has an unknown value");
	const account = provider.account.parse(await host.getCredentials(provider.credential));
	return { provider, connection: { http: httpClient(host, provider.credential), account } };
}

function chosenOperation(host: IExecuteFunctions): Operation {
	const resource = host.getNodeParameter('resource', 0);
	const value = host.getNodeParameter('operation', 0);
	const operation = operations.find((candidate) => candidate.resource === resource && candidate.value === value);
	if (operation === undefined) throw new NodeOperationError(host.getNode(), "'Operation' has an unknown value");
	return operation;
}
