import type { RedisAddress } from './address';
import type { Wire } from './connection';
import { RedisSilentError } from '../errors';
import { RedisReplyError } from '../transport';
import { inTime } from '../timeout';
import { clientOptions, commandOptions } from './server';

/** Connects to a cluster. A command that lands on the wrong node was not done there and follows its redirection. */
export async function openCluster(address: RedisAddress, milliseconds: number): Promise<Wire> {
	const { createCluster, ErrorReply } = await import('@redis/client');
	const options = clientOptions(address, address.tls, milliseconds);
	const cluster = createCluster({
		...commandOptions,
		rootNodes: address.nodes.map((node) => ({ ...options, socket: { ...options.socket, ...node } })),
		defaults: options,
		minimizeConnections: true,
		topologyRefreshOnReconnectionAttemptStrategy: false,
		maxCommandRedirections: 5,
	});
	cluster.on('error', () => undefined);
	const explained = (error: unknown): never => {
		throw error instanceof ErrorReply ? new RedisReplyError(error.message, { cause: error }) : error;
	};
	await inTime(cluster.connect(), milliseconds, () => new RedisSilentError(address.tls)).catch((error: unknown) => {
		cluster.destroy();
		return explained(error);
	});
	return {
		get isReady() {
			return cluster.isOpen;
		},
		send: (key, command) => cluster.sendCommand(key, false, [...command]).catch(explained),
		destroy: () => cluster.destroy(),
	};
}
