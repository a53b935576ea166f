import { createServer, type IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { AwaitableList } from '../../sandbox/awaitable-list';
import { keepIdleFor } from '../../sandbox/idle-connections';

export interface Received {
	headers: IncomingHttpHeaders;
	body: unknown;
}

/**
 * A webhook receiver on loopback.
 * @param statuses the answers, one after the other, then 200
 * @param ready it answers nothing before this is resolved
 */
export async function startReceiver(statuses: number[] = [], ready = Promise.resolve()) {
	const received = new AwaitableList<Received>();
	const server = createServer({ keepAliveTimeout: keepIdleFor }, (request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
			void ready.then(() => response.writeHead(statuses.shift() ?? 200).end());
			received.add({ headers: request.headers, body });
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = z.object({ port: z.number() }).parse(server.address());
	return {
		received,
		url: `http://127.0.0.1:${port}/hook`,
		stop: () =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
