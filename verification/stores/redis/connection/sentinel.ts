import { z } from 'zod';
import { RedisReplyError } from '../transport';
import type { RedisAddress, RedisNode } from './address';
import { openNode } from './server';
import type { Wire } from './wire';

const addressReply = z.tuple([z.string(), z.coerce.number()]);

/**
 * Asks the Sentinels for the primary and connects to it. The client's own Sentinel mode is not used: it repeats a
 * command whose connection broke, and a check must not be made twice. A primary that steps down closes its connections
 * or answers READONLY. In both cases the next command asks the Sentinels again.
 */
export async function openSentinel(address: RedisAddress, timeoutMs: number): Promise<Wire> {
	return await openNode(await findPrimary(address, timeoutMs), address, timeoutMs);
}

async function findPrimary(address: RedisAddress, timeoutMs: number): Promise<RedisNode> {
	const { nodes, primary = '', sentinelLogin, tls } = address;
	let lastError: unknown;
	for (const sentinel of nodes) {
		try {
			const wire = await openNode(sentinel, { ...sentinelLogin, tls }, timeoutMs);
			const answer = wire.send('', ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary]);
			const reply = await answer.finally(() => wire.destroy());
			if (reply === null) throw new RedisReplyError(`the Sentinels know no primary called ${primary}`);
			const [host, port] = addressReply.parse(reply);
			return { host, port };
		} catch (error) {
			// Another Sentinel may know the primary.
			lastError = error;
		}
	}
	throw lastError;
}
