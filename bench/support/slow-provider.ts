import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const webhookSchema = z.object({ url: z.string(), headers: z.record(z.string()) });

const messageSchema = z.object({
	to: z.string(),
	template: z.object({
		components: z.tuple([z.object({ parameters: z.array(z.object({ text: z.string() })) })]).rest(z.unknown()),
	}),
});

/** Milliseconds until the provider answers a message. */
export const latency = 50;

/** A stand-in for 360dialog without its rules. The rules of the sandbox would be the slowest part of a figure. */
export class SlowProvider {
	/** Messages received since the last call of `takeMessages`. */
	private messages = 0;
	/** The newest code of each phone. */
	private readonly codes = new Map<string, string>();
	private webhook: z.output<typeof webhookSchema> = { url: '', headers: {} };
	private readonly server = createServer((request, response) => void this.answer(request, response));

	static async start(): Promise<SlowProvider> {
		const provider = new SlowProvider();
		await new Promise<void>((resolve) => provider.server.listen(0, '127.0.0.1', resolve));
		return provider;
	}

	get url(): string {
		const address = this.server.address();
		if (address === null || typeof address === 'string') throw new Error('The provider has no port');
		return `http://127.0.0.1:${address.port}`;
	}

	/** The headers of a webhook to the registered address. */
	get webhookHeaders(): Record<string, string> {
		return this.webhook.headers;
	}

	takeMessages(): number {
		const { messages } = this;
		this.messages = 0;
		return messages;
	}

	/** The newest code that was sent to the phone. It is returned once. */
	takeCode(phone: string): string {
		const to = phone.replace('+', '');
		const code = this.codes.get(to);
		if (code === undefined) throw new Error('The provider got no message for this phone');
		this.codes.delete(to);
		return code;
	}

	async stop(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.server.close(() => resolve());
			this.server.closeAllConnections();
		});
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const body = await text(request);
		const answer = request.url === '/messages' ? await this.message(body) : this.configuration(request, body);
		response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
	}

	private async message(body: string) {
		this.messages += 1;
		const { to, template } = messageSchema.parse(JSON.parse(body));
		this.codes.set(to.replace('+', ''), template.components[0].parameters[0]?.text ?? '');
		const id = `wamid.${this.messages}`;
		await sleep(latency);
		return { messaging_product: 'whatsapp', messages: [{ id, message_status: 'accepted' }] };
	}

	/** Answers requests about the webhook. The credential test asks for it, too. */
	private configuration({ method, url }: IncomingMessage, body: string) {
		if (method === 'POST' && url === '/v1/configs/webhook') this.webhook = webhookSchema.parse(JSON.parse(body));
		return this.webhook;
	}
}
