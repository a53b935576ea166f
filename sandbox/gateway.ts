import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import type { Effect } from './faults';
import type { Answer, Call, ProviderRequest, SandboxProvider } from './provider';
import { Refusal } from './refusal';
import type { RequestEntry, World } from './state';

type Env = { Bindings: HttpBindings };

/** Undefined where the text is no JSON. */
function parse(text: string): { json: unknown } | undefined {
	if (text === '') return { json: undefined };
	try {
		return { json: JSON.parse(text) };
	} catch {
		return undefined;
	}
}

function toResponse({ status, body, contentType, headers }: Answer): Response {
	const isText = typeof body === 'string';
	return new Response(isText ? body : JSON.stringify(body), {
		status,
		headers: { 'content-type': contentType ?? (isText ? 'text/plain' : 'application/json'), ...headers },
	});
}

/** Ends the connection without an answer: the caller sees a reset. */
function hangUp(context: Context<Env>): Response {
	context.env.incoming.socket.destroy();
	return RESPONSE_ALREADY_SENT;
}

async function handle(provider: SandboxProvider, call: Call, request: ProviderRequest, world: World): Promise<Answer> {
	try {
		return await call.handle(request, world);
	} catch (error) {
		if (error instanceof Refusal) return provider.refuse(error, call.name);
		throw error;
	}
}

/** The answer under a fault; undefined: the connection breaks. */
async function answerUnder(
	effect: Effect,
	provider: SandboxProvider,
	call: Call,
	request: ProviderRequest,
	world: World,
): Promise<Answer | undefined> {
	const { delayMs, answer, error, failedWebhook, queued, lateAnswerMs, loseAnswer, dropRequest } = effect;
	if (delayMs !== undefined) await sleep(delayMs, undefined, { ref: false });
	if (dropRequest) return undefined;
	if (answer) return { ...answer, body: answer.body ?? '' };
	if (error) {
		const details = error.details === undefined ? {} : { details: [error.details] };
		return provider.refuse(new Refusal(error.code, details), call.name);
	}
	const ordered = { ...request, ...(failedWebhook && { failure: failedWebhook }), ...(queued && { queued }) };
	const processed = await handle(provider, call, ordered, world);
	if (lateAnswerMs !== undefined) await sleep(lateAnswerMs, undefined, { ref: false });
	return loseAnswer ? undefined : processed;
}

async function serve(context: Context<Env>, provider: SandboxProvider, call: Call | undefined, world: World) {
	const text = await context.req.text();
	const parsed = parse(text);
	const request: ProviderRequest = {
		params: context.req.param(),
		query: context.req.query(),
		headers: context.req.header(),
		body: parsed?.json,
	};
	const entry: RequestEntry = {
		provider: provider.id,
		...(call && { call: call.name }),
		method: context.req.method,
		path: context.req.path,
		query: request.query,
		headers: request.headers,
		body: parsed ? parsed.json : text,
		at: new Date(world.now()).toISOString(),
	};
	world.requests.add(entry);

	const decide = async (): Promise<Answer | undefined> => {
		const denied = provider.authorize(request, world, call?.name);
		if (denied) return denied;
		if (!call) return provider.unknownPath(context.req.path);
		const to = provider.recipient(request.body);
		const effect = world.faults.take({ provider: provider.id, call: call.name, to });
		if (!parsed) return provider.unreadable();
		return await answerUnder(effect, provider, call, request, world);
	};
	const answer = await decide();
	if (answer) entry.status = answer.status;
	world.requests.changed();
	return answer ? toResponse(answer) : hangUp(context);
}

/** One provider's part of the sandbox: log, key, faults, then the call itself. */
export function gatewayOf(provider: SandboxProvider, world: World): Hono<Env> {
	const app = new Hono<Env>();
	for (const call of provider.calls) {
		app.on(call.method, `${provider.path}${call.path}`, (context) => serve(context, provider, call, world));
	}
	app.all(`${provider.path}/*`, (context) => serve(context, provider, undefined, world));
	return app;
}
