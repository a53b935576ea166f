import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createClient, ErrorReply, MultiErrorReply } from '@redis/client';
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { keepIdleFor } from './idle-connections';

export interface RedisRestOptions {
	/** The address of the Redis behind it, for example redis://127.0.0.1:6379. */
	redis: string;
	/** The token that callers must send. */
	token: string;
	/** 0 or absent: a free port. */
	port?: number;
}

export interface RedisRest {
	/** Without a slash at the end. */
	url: string;
	stop(): Promise<void>;
}

const command = z.array(z.union([z.string(), z.number()]).transform(String)).min(1);

type Result = { result: unknown } | { error: string };

/** Runs commands on the real Redis. A refusal of Redis is a result, all other errors are thrown. */
interface Runner {
	run: (words: string[]) => Promise<Result>;
	runTogether: (list: string[][]) => Promise<Result[]>;
}

function clientOf(url: string) {
	const client = createClient({ RESP: 2 }).duplicate({ url, socket: { reconnectStrategy: 100 } });
	client.on('error', () => undefined);
	return client;
}

function runnerOf(client: ReturnType<typeof clientOf>): Runner {
	return {
		run: (words) => client.sendCommand(words).then(toResult, toError),
		async runTogether(list) {
			const transaction = list.reduce((multi, words) => multi.addCommand(words), client.multi());
			const replies = await transaction.exec().catch((error: unknown) => {
				if (error instanceof MultiErrorReply) return error.replies;
				throw error;
			});
			return replies.map((reply) => (reply instanceof ErrorReply ? toError(reply) : toResult(reply)));
		},
	};
}

async function read<Output>(context: Context, type: z.ZodType<Output, z.ZodTypeDef, unknown>) {
	return type.safeParse(await context.req.json().catch(() => undefined));
}

function appOf({ run, runTogether }: Runner, token: string): Hono {
	const app = new Hono();
	app.onError((_error, context) => context.json({ error: 'ERR the database does not answer' }, 503));
	app.use(async (context, next) => {
		const given = context.req.header('Authorization') ?? `Bearer ${context.req.query('_token') ?? ''}`;
		if (given !== `Bearer ${token}`) return context.json({ error: 'WRONGPASS invalid or missing auth token' }, 401);
		return await next();
	});
	app.post('/', async (context) => {
		const words = await read(context, command);
		if (!words.success) return context.json({ error: 'ERR failed to parse command' }, 400);
		const answer = await run(words.data);
		return context.json(answer, 'error' in answer ? 400 : 200);
	});
	app.post('/pipeline', async (context) => {
		const list = await read(context, z.array(command));
		if (!list.success) return context.json({ error: 'ERR failed to parse pipeline request' }, 400);
		return context.json(await Promise.all(list.data.map(run)));
	});
	app.post('/multi-exec', async (context) => {
		const list = await read(context, z.array(command));
		if (!list.success) return context.json({ error: 'ERR failed to parse multi-exec request' }, 400);
		// If Redis refuses to queue a command, it refuses the whole transaction.
		const answers = await runTogether(list.data).catch(toError);
		return context.json(answers, 'error' in answers ? 400 : 200);
	});
	return app;
}

/**
 * Emulates Upstash's REST protocol on 127.0.0.1 in front of a real Redis: a command is a JSON list, its answer is
 * `result` or `error`. Rejects if the port is taken or the Redis refuses the connection.
 */
export async function startRedisRest({ redis, token, port = 0 }: RedisRestOptions): Promise<RedisRest> {
	const client = clientOf(redis);
	await client.connect();
	const listener = getRequestListener(appOf(runnerOf(client), token).fetch, { overrideGlobalObjects: false });
	const server = createServer(
		{ keepAliveTimeout: keepIdleFor },
		(request, response) => void listener(request, response),
	);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The REST server has no port');
	return {
		url: `http://127.0.0.1:${address.port}`,
		stop: () =>
			new Promise((resolve, reject) => {
				client.destroy();
				server.close((error) => (error ? reject(error) : resolve()));
				server.closeAllConnections();
			}),
	};
}

function toResult(result: unknown): { result: unknown } {
	return { result };
}

function toError(error: unknown): { error: string } {
	if (error instanceof ErrorReply) return { error: error.message };
	throw error;
}
