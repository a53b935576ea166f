import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import type { Effect } from './faults';
import type { Answer, Call, ProviderRequest, SandboxProvider } from './provider';
import { Refusal } from './refusal';
import type { RequestEntry, State } from './state';

type Env = { Bindings: HttpBindings };

/** The body's JSON, undefined for an empty body. The result is undefined if the text is not JSON. */
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

async function pause(delayMs: number | undefined): Promise<void> {
	if (delayMs !== undefined) await sleep(delayMs, undefined, { ref: false });
}

/** The call that a request reached. */
interface Target {
	provider: SandboxProvider;
	call: Call;
	state: State;
}

async function handle({ provider, call, state }: Target, request: ProviderRequest): Promise<Answer> {
	try {
		return await call.handle(request, state);
	} catch (error) {
		if (error instanceof Refusal) return provider.refuse(error, call.name);
		throw error;
	}
}

/** The answer under a fault. Undefined: the connection breaks. */
async function answerUnder(effect: Effect, target: Target, request: ProviderRequest): Promise<Answer | undefined> {
	const { delayMs, answer, error, failedWebhook, queued, lateAnswerMs, loseAnswer, dropRequest } = effect;
	await pause(delayMs);
	if (dropRequest) return undefined;
	if (answer) return { ...answer, body: answer.body ?? '' };
	if (error) {
		const details = error.details === undefined ? undefined : [error.details];
		return target.provider.refuse(new Refusal(error.code, { details }), target.call.name);
	}
	const processed = await handle(target, { ...request, failure: failedWebhook, queued });
	await pause(lateAnswerMs);
	return loseAnswer ? undefined : processed;
}

/** Checks in the order of a real provider: key, path, body, then the call. Undefined: the connection breaks. */
async function answerTo(
	request: ProviderRequest,
	path: string,
	isJson: boolean,
	{ provider, call, state }: Omit<Target, 'call'> & { call: Call | undefined },
): Promise<Answer | undefined> {
	const denied = provider.authorize(request, state, call?.name);
	if (denied) return denied;
	if (!call) return provider.unknownPath(path);
	const effect = state.faults.take({
		provider: provider.id,
		call: call.name,
		to: provider.recipient(request.body),
	});
	if (!isJson) return provider.unreadable();
	return await answerUnder(effect, { provider, call, state }, request);
}

async function serve(context: Context<Env>, provider: SandboxProvider, call: Call | undefined, state: State) {
	const { method, path } = context.req;
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
		call: call?.name,
		method,
		path,
		query: request.query,
		headers: request.headers,
		body: parsed ? parsed.json : text,
		at: new Date(state.now()).toISOString(),
	};
	state.requests.add(entry);
	const answer = await answerTo(request, path, parsed !== undefined, { provider, call, state });
	if (answer) entry.status = answer.status;
	state.requests.changed();
	return answer ? toResponse(answer) : hangUp(context);
}

/** The HTTP API of one provider: the request log, the key, the faults, then the call. */
export function gatewayOf(provider: SandboxProvider, state: State): Hono<Env> {
	const app = new Hono<Env>();
	for (const call of provider.calls) {
		app.on(call.method, `${provider.path}${call.path}`, (context) => serve(context, provider, call, state));
	}
	app.all(`${provider.path}/*`, (context) => serve(context, provider, undefined, state));
	return app;
}
