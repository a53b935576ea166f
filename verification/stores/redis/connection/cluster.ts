import { RedisSilentError } from '../errors';
import { withTimeout } from '../timeout';
import { RedisReplyError } from '../transport';
import type { RedisAddress } from './address';
import { clientOptions, commandOptions } from './server';
import type { Wire } from './wire';

/** Connects to a cluster. A node that does not hold a key does nothing and redirects; the client follows. */
export async function openCluster(address: RedisAddress, timeoutMs: number): Promise<Wire> {
	const { createCluster, ErrorReply } = await import('@redis/client');
	const options = clientOptions(address, address.tls, timeoutMs);
	const cluster = createCluster({
		...commandOptions,
		rootNodes: address.nodes.map((node) => ({ ...options, socket: { ...options.socket, ...node } })),
		defaults: options,
		minimizeConnections: true,
		topologyRefreshOnReconnectionAttemptStrategy: false,
		maxCommandRedirections: 5,
	});
	cluster.on('error', () => undefined);
	const toReplyError = (error: unknown): never => {
		throw error instanceof ErrorReply ? new RedisReplyError(error.message, { cause: error }) : error;
	};
	await withTimeout(cluster.connect(), timeoutMs, () => new RedisSilentError(address.tls)).catch((error: unknown) => {
		cluster.destroy();
		return toReplyError(error);
	});
	return {
		get isReady() {
			return cluster.isOpen;
		},
		send: (key, command) => cluster.sendCommand(key, false, [...command]).catch(toReplyError),
		destroy: () => cluster.destroy(),
	};
}
