import { RedisSilentError } from '../errors';
import { withTimeout } from '../timeout';
import { RedisReplyError } from '../transport';
import type { RedisAddress, RedisLogin, RedisNode } from './address';
import type { Wire } from './wire';

/**
 * Options for a server, a Sentinel and each node of a cluster. The client queues nothing while there is no connection.
 * When it connects, it sends no command that an old or hosted server would refuse.
 */
export function clientOptions({ username, password }: RedisLogin, tls: boolean, timeoutMs: number) {
	return {
		socket: {
			connectTimeout: 2 * timeoutMs,
			reconnectStrategy: false as const,
			...(tls ? { tls: true as const } : {}),
		},
		username,
		password,
		disableOfflineQueue: true,
		disableClientInfo: true,
		maintNotifications: 'disabled' as const,
	};
}

/**
 * Every server speaks RESP 2. The client's own timeout is off: it covers only commands that were not written yet.
 */
export const commandOptions = { RESP: 2 as const, commandOptions: { timeout: 0 } };

export async function openServer(address: RedisAddress, timeoutMs: number): Promise<Wire> {
	return await openNode(address.nodes[0], address, timeoutMs);
}

type NodeSettings = RedisLogin & Pick<RedisAddress, 'tls'> & Partial<Pick<RedisAddress, 'database'>>;

let loading: ReturnType<typeof loadClient> | undefined;

/**
 * With options that it has not just seen, `createClient` attaches all its commands to a new class, which takes 40 to
 * 130 ms of processor time. `duplicate` takes 0.2 ms.
 */
async function loadClient() {
	const { createClient, ErrorReply } = await import('@redis/client');
	return { anyClient: createClient({ RESP: 2 }), ErrorReply };
}

export async function openNode(node: RedisNode, settings: NodeSettings, timeoutMs: number): Promise<Wire> {
	const { anyClient, ErrorReply } = await (loading ??= loadClient());
	const { socket, ...options } = clientOptions(settings, settings.tls, timeoutMs);
	const { database = 0 } = settings;
	const client = anyClient.duplicate({ ...options, ...commandOptions, socket: { ...socket, ...node }, database });
	// The commands that wait get the error, too. Without a listener it would end the process.
	client.on('error', () => undefined);
	const toReplyError = (error: unknown): never => {
		throw error instanceof ErrorReply ? new RedisReplyError(error.message, { cause: error }) : error;
	};
	// The client's connect timeout ends once the connection is open. A server that then says nothing needs this one.
	await withTimeout(client.connect(), timeoutMs, () => new RedisSilentError(settings.tls)).catch((error: unknown) => {
		client.destroy();
		return toReplyError(error);
	});
	// An idle connection does not keep the process alive.
	client.unref();
	return {
		get isReady() {
			return client.isReady;
		},
		send: (_key, command) => client.sendCommand(command).catch(toReplyError),
		destroy: () => client.destroy(),
	};
}
