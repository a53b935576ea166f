import type { RedisAddress, RedisLogin, RedisNode } from './address';
import type { Wire } from './connection';
import { RedisSilentError } from '../errors';
import { RedisReplyError } from '../transport';
import { inTime } from '../timeout';

/**
 * What is the same for a server, a Sentinel and the nodes of a cluster: nothing is queued while there is no
 * connection, and nothing is asked on connecting that an old or hosted server would refuse.
 */
export function clientOptions({ username, password }: RedisLogin, tls: boolean, milliseconds: number) {
	return {
		socket: {
			connectTimeout: 2 * milliseconds,
			reconnectStrategy: false as const,
			...(tls ? { tls: true as const } : {}),
		},
		...(username === undefined ? {} : { username }),
		...(password === undefined ? {} : { password }),
		disableOfflineQueue: true,
		disableClientInfo: true,
		maintNotifications: 'disabled' as const,
	};
}

/** RESP 2 is spoken everywhere. No timer of the client's: it would know only commands that were not written yet. */
export const commandOptions = { RESP: 2 as const, commandOptions: { timeout: 0 } };

export async function openServer(address: RedisAddress, milliseconds: number): Promise<Wire> {
	return await openNode(address.nodes[0], address, milliseconds);
}

type NodeSettings = RedisLogin & Pick<RedisAddress, 'tls'> & Partial<Pick<RedisAddress, 'database'>>;

export async function openNode(node: RedisNode, settings: NodeSettings, milliseconds: number): Promise<Wire> {
	const { createClient, ErrorReply } = await import('@redis/client');
	const { socket, ...options } = clientOptions(settings, settings.tls, milliseconds);
	const { database = 0 } = settings;
	const client = createClient({ ...options, ...commandOptions, socket: { ...socket, ...node }, database });
	// Whoever waits for an answer hears of it; without a listener it would end the process.
	client.on('error', () => undefined);
	const explained = (error: unknown): never => {
		throw error instanceof ErrorReply ? new RedisReplyError(error.message, { cause: error }) : error;
	};
	// Its own time-out ends with the connection: something that takes it and then says nothing needs another.
	await inTime(client.connect(), milliseconds, () => new RedisSilentError(settings.tls)).catch((error: unknown) => {
		client.destroy();
		return explained(error);
	});
	// What lies idle keeps no process from its end.
	client.unref();
	return {
		get isReady() {
			return client.isReady;
		},
		send: (_key, command) => client.sendCommand(command).catch(explained),
		destroy: () => client.destroy(),
	};
}
