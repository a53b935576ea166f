import { once } from 'node:events';
import { connect } from 'node:net';
import { z } from 'zod';
import type { RedisServer } from '../../test/support/redis-server';
import type { Engine } from '../../verification/engine';
import { RandomIds } from './random-ids';
import { freshVerifications } from './verifications';

/** Copies per write to the server. */
const batch = 500;

const texts = z.array(z.coerce.string());

/**
 * Fills an empty server with `count` live verifications, each of another phone. The engine makes the first one. The
 * others are copies of all its keys with other random ids.
 */
export async function fillRedis(server: RedisServer, engine: Engine, count: number): Promise<void> {
	await freshVerifications(engine, 1);
	const keys = texts.parse(await server.ask('KEYS', '*')).sort();
	const names = RandomIds.in(keys);
	const commands = (await Promise.all(keys.map((key) => commandsFor(server, key)))).flat();
	// Each new id is as long as the old one, so that the lengths in the commands stay right.
	const pieces = names.cut(commands.map(onWire).join(''));
	const nameOf = (copy: number) =>
		names.lengths.map((length, i) => (copy * names.lengths.length + i).toString(16).padStart(length, '0'));
	const copied = (copy: number) => {
		const own = nameOf(copy);
		return pieces.map((piece) => (typeof piece === 'number' ? own[piece] : piece)).join('');
	};
	const batches = Array.from({ length: Math.ceil((count - 1) / batch) }, (_, i) => {
		const first = i * batch + 1;
		return () => Array.from({ length: Math.min(batch, count - first) }, (_, j) => copied(first + j)).join('');
	});
	await write(server, batches);
	const own = keys.filter((key) => names.cut(key).length > 1).length;
	const kept = z.number().parse(await server.ask('DBSIZE'));
	if (kept < count * own) throw new Error(`The server holds ${kept} keys instead of ${count * own}`);
}

/** A client that waits for each answer would be too slow for a million commands. */
async function write(server: RedisServer, batches: ReadonlyArray<() => string>): Promise<void> {
	const socket = connect(server.port, '127.0.0.1');
	await once(socket, 'connect');
	let refusal: string | undefined;
	const ended = new Promise<void>((resolve) => {
		socket.on('data', (data) => {
			refusal ??= /(?:^|\n)(-.*)/.exec(data.toString('latin1'))?.[1];
		});
		socket.once('close', () => resolve());
	});
	for (const next of batches) if (!socket.write(next())) await once(socket, 'drain');
	socket.end(onWire(['QUIT']));
	await ended;
	if (refusal !== undefined) throw new Error(`The server refused a copy: ${refusal}`);
}

const onWire = (command: readonly string[]): string =>
	[`*${command.length}`, ...command.flatMap((word) => [`$${Buffer.byteLength(word)}`, word]), ''].join('\r\n');

/** @returns the commands that create the key with its value and expiry */
async function commandsFor(server: RedisServer, key: string): Promise<string[][]> {
	const ask = async (...command: string[]) => await server.ask(...command);
	const expiry = z.number().parse(await ask('PTTL', key));
	const command = await commandFor(ask, key);
	if (expiry < 0) return [command];
	const ttl = String(expiry);
	return command[0] === 'SET' ? [[...command, 'PX', ttl]] : [command, ['PEXPIRE', key, ttl]];
}

async function commandFor(ask: (...command: string[]) => Promise<unknown>, key: string): Promise<string[]> {
	const type = await ask('TYPE', key);
	switch (type) {
		case 'string':
			return ['SET', key, z.string().parse(await ask('GET', key))];
		case 'hash':
			return ['HSET', key, ...texts.parse(await ask('HGETALL', key))];
		case 'set':
			return ['SADD', key, ...texts.parse(await ask('SMEMBERS', key))];
		case 'zset': {
			const scored = texts.parse(await ask('ZRANGE', key, '0', '-1', 'WITHSCORES'));
			const members = scored.filter((_, i) => i % 2 === 0);
			return ['ZADD', key, ...members.flatMap((member, i) => [scored[2 * i + 1] ?? '', member])];
		}
		default:
			throw new Error(`${key} has the type ${String(type)}, which cannot be copied`);
	}
}
