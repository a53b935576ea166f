import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { z } from 'zod';

/** Another system on the number, such as a chatbot: it counts what it gets and answers 200. */
export class CountingReceiver {
	private received = 0;

	private constructor(
		private readonly server: Server,
		readonly url: string,
	) {}

	static async start(): Promise<CountingReceiver> {
		const server = createServer((request, response) => {
			request.resume().once('end', () => {
				receiver.received += 1;
				response.end('{}');
			});
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = z.object({ port: z.number() }).parse(server.address());
		const receiver = new CountingReceiver(server, `http://127.0.0.1:${port}/`);
		return receiver;
	}

	/** Requests received since the last call. */
	take(): number {
		const { received } = this;
		this.received = 0;
		return received;
	}

	stop(): void {
		this.server.closeAllConnections();
		this.server.close();
	}
}
