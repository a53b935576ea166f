import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { AwaitableList } from '../../sandbox/awaitable-list';
import { keepIdleFor } from '../../sandbox/idle-connections';

export interface ReceivedRequest {
	url: string;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

/** How the other system answers a request. */
export type Answering = (response: ServerResponse, request: ReceivedRequest) => void;

export const withStatus =
	(status: number, headers: Record<string, string> = {}): Answering =>
	(response) =>
		void response.writeHead(status, headers).end('{}');

/** Another system on loopback that gets webhooks, such as a chatbot. It keeps the bytes as they came. */
export async function startOtherReceiver(answering: Answering = withStatus(200)) {
	const received = new AwaitableList<ReceivedRequest>();
	const behaviour = { answering };
	const server = createServer({ keepAliveTimeout: keepIdleFor }, (request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const entry = { url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
			received.add(entry);
			behaviour.answering(response, entry);
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = z.object({ port: z.number() }).parse(server.address());
	return {
		received,
		url: `http://127.0.0.1:${port}/chatbot?key=secret`,
		/** From the next request on. */
		answer: (next: Answering) => (behaviour.answering = next),
		stop: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
