import { createServer } from 'node:http';
import { z } from 'zod';
import { keepIdleFor } from '../../sandbox/idle-connections';

/** A call of a tool that the chat model asks for. */
export interface ToolCall {
	tool: string;
	arguments: Record<string, unknown>;
}

/** The next step of the chat model: what it does after the answers that the tools gave so far. */
export type Step = (answers: string[]) => ToolCall | Promise<ToolCall>;

const content = z.union([z.string(), z.null(), z.array(z.object({ text: z.string().default('') }))]);

const requestSchema = z.object({
	messages: z.array(z.object({ role: z.string(), content: content.default('') })),
	tools: z.array(z.object({ function: z.object({ name: z.string() }) })).default([]),
});

export interface ChatModel {
	/** The base address, as a person enters it in the credential. */
	url: string;
	/** Begins a conversation that takes these steps, then ends it with the word 'Done'. */
	plan(steps: Step[]): void;
	/** What the agent told the model, one text for each request. */
	readonly heard: string[];
	/** What the tools answered, in the last request. */
	readonly answers: string[];
	/** The names of the tools in the last request. */
	readonly tools: string[];
	stop(): Promise<void>;
}

/** A chat model on loopback with OpenAI's chat completions. It takes planned steps instead of thinking. */
export async function startChatModel(): Promise<ChatModel> {
	let planned: Step[] = [];
	let answers: string[] = [];
	let tools: string[] = [];
	const heard: string[] = [];

	async function answer(body: string): Promise<unknown> {
		heard.push(body);
		const request = requestSchema.parse(JSON.parse(body));
		answers = request.messages.filter(({ role }) => role === 'tool').map((message) => textOf(message.content));
		tools = request.tools.map(({ function: { name } }) => name);
		const step = planned[answers.length];
		if (step === undefined) return completion({ role: 'assistant', content: 'Done' }, 'stop');
		const call = await step(answers);
		const asked = { name: call.tool, arguments: JSON.stringify(call.arguments) };
		const toolCalls = [{ id: `call_${answers.length}`, type: 'function', function: asked }];
		return completion({ role: 'assistant', content: null, tool_calls: toolCalls }, 'tool_calls');
	}

	const server = createServer({ keepAliveTimeout: keepIdleFor }, (request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			answer(Buffer.concat(chunks).toString()).then(
				(reply) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply)),
				(error: unknown) => response.writeHead(400).end(String(error)),
			);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = z.object({ port: z.number() }).parse(server.address());
	return {
		url: `http://127.0.0.1:${port}/v1`,
		plan: (steps) => {
			planned = steps;
			heard.length = 0;
		},
		heard,
		get answers() {
			return answers;
		},
		get tools() {
			return tools;
		},
		stop: () =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function textOf(value: z.output<typeof content>): string {
	return typeof value === 'string' ? value : (value ?? []).map(({ text }) => text).join('');
}

function completion(message: Record<string, unknown>, reason: string): unknown {
	return {
		id: 'chatcmpl-1',
		object: 'chat.completion',
		created: 1,
		model: 'planned',
		choices: [{ index: 0, message, finish_reason: reason }],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
