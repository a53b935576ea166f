import { z } from 'zod';
import type { RedisAddress, RedisNode } from './address';
import type { Wire } from './connection';
import { RedisReplyError } from '../transport';
import { openNode } from './server';

const addressReply = z.tuple([z.string(), z.coerce.number()]);

/**
 * Asks the Sentinels for the primary and connects to it. By hand: the client's own Sentinel mode repeats a command
 * whose connection broke, and a check must not be made twice. A primary that steps down closes its connections or
 * answers READONLY; either lets the next command ask the Sentinels again.
 */
export async function openSentinel(address: RedisAddress, milliseconds: number): Promise<Wire> {
	return await openNode(await primaryOf(address, milliseconds), address, milliseconds);
}

async function primaryOf(address: RedisAddress, milliseconds: number): Promise<RedisNode> {
	const { nodes, primary = '', sentinelLogin, tls } = address;
	let failure: unknown;
	for (const sentinel of nodes) {
		try {
			const wire = await openNode(sentinel, { ...sentinelLogin, tls }, milliseconds);
			const asked = wire.send('', ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary]);
			const reply = await asked.finally(() => wire.destroy());
			if (reply === null) throw new RedisReplyError(`the Sentinels know no primary called ${primary}`);
			const [host, port] = addressReply.parse(reply);
			return { host, port };
		} catch (error) {
			// Another Sentinel may know; where none does, the last one's reason is as good as any.
			failure = error;
		}
	}
	throw failure;
}
