import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { keepIdleFor } from './idle-connections';

export interface TurnstileOptions {
	/** The key of the widget's owner. */
	secretKey: string;
	/** Milliseconds since the epoch; default Date.now. */
	now?: () => number;
}

/** A running emulator of Cloudflare Turnstile (docs/reference/turnstile.md). */
export interface Turnstile {
	/** Without a slash at the end. */
	url: string;
	/** What the widget gives to a visitor who has passed. */
	issueToken(): string;
	/** The bodies that siteverify has received, oldest first. */
	requests(): Array<Record<string, unknown>>;
	/** The next answer is an internal error. */
	failOnce(): void;
	stop(): Promise<void>;
}

interface Token {
	issuedAt: number;
	/** Of the request that has validated it; undefined until then. */
	validatedBy?: string | undefined;
}

/** Milliseconds. */
const lifetime = 300_000;
const maxLength = 2048;

const bodySchema = z.object({
	secret: z.string().default(''),
	response: z.string().default(''),
	remoteip: z.string().optional(),
	idempotency_key: z.string().uuid().optional(),
});

type Body = z.output<typeof bodySchema>;

/** Keys that Cloudflare publishes for tests, and what they answer. They know only the token for tests. */
const testSecrets: Record<string, string | undefined> = {
	'1x0000000000000000000000000000000AA': undefined,
	'2x0000000000000000000000000000000AA': 'invalid-input-response',
	'3x0000000000000000000000000000000AA': 'timeout-or-duplicate',
};
const testToken = 'XXXX.DUMMY.TOKEN.XXXX';

class Siteverify {
	private readonly tokens = new Map<string, Token>();
	private failures = 0;
	readonly requests: Array<Record<string, unknown>> = [];

	constructor(
		private readonly secretKey: string,
		private readonly now: () => number,
	) {}

	issueToken(): string {
		const token = `0.${randomUUID()}${randomUUID()}`;
		this.tokens.set(token, { issuedAt: this.now() });
		return token;
	}

	failOnce(): void {
		this.failures += 1;
	}

	/** @returns undefined for a success */
	errorOf(body: Body): string | undefined {
		if (this.failures > 0) {
			this.failures -= 1;
			return 'internal-error';
		}
		if (body.secret === '') return 'missing-input-secret';
		if (body.secret in testSecrets) {
			return body.response === testToken ? testSecrets[body.secret] : 'invalid-input-response';
		}
		if (body.secret !== this.secretKey) return 'invalid-input-secret';
		if (body.response === '') return 'missing-input-response';
		return this.validate(body);
	}

	private validate({ response, idempotency_key: key }: Body): string | undefined {
		const token = response.length > maxLength ? undefined : this.tokens.get(response);
		if (token === undefined) return 'invalid-input-response';
		const isRepeat = token.validatedBy !== undefined && token.validatedBy === key;
		if (token.issuedAt + lifetime < this.now()) return 'timeout-or-duplicate';
		if (token.validatedBy !== undefined && !isRepeat) return 'timeout-or-duplicate';
		token.validatedBy = key ?? '';
		return undefined;
	}
}

function appOf(siteverify: Siteverify, now: () => number): Hono {
	const app = new Hono();
	app.post('/turnstile/v0/siteverify', async (context) => {
		const isJson = context.req.header('content-type')?.startsWith('application/json') ?? false;
		const read = isJson ? context.req.json() : context.req.parseBody();
		const body = bodySchema.safeParse(await read.catch(() => undefined));
		if (body.data !== undefined) siteverify.requests.push(body.data);
		const error = body.data === undefined ? 'bad-request' : siteverify.errorOf(body.data);
		if (error !== undefined) return context.json({ success: false, 'error-codes': [error], messages: [] });
		return context.json({
			success: true,
			'error-codes': [],
			challenge_ts: new Date(now()).toISOString(),
			hostname: 'localhost',
			action: '',
			cdata: '',
		});
	});
	return app;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startTurnstile({ secretKey, now = Date.now }: TurnstileOptions): Promise<Turnstile> {
	const siteverify = new Siteverify(secretKey, now);
	const listener = getRequestListener(appOf(siteverify, now).fetch, { overrideGlobalObjects: false });
	const server = createServer(
		{ keepAliveTimeout: keepIdleFor },
		(request, response) => void listener(request, response),
	);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The emulator has no port');
	return {
		url: `http://127.0.0.1:${address.port}`,
		issueToken: () => siteverify.issueToken(),
		requests: () => [...siteverify.requests],
		failOnce: () => siteverify.failOnce(),
		stop: () =>
			new Promise((resolve, reject) => {
				server.close((error) => (error ? reject(error) : resolve()));
				server.closeAllConnections();
			}),
	};
}
