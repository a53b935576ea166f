import { createServer } from 'node:http';
import { keepIdleFor } from '../../../sandbox/idle-connections';
import { WebRequest, WebResponse } from './web-messages';

export type Handler = (request: WebRequest, response: WebResponse) => Promise<void>;

/** The part of n8n's server that receives webhooks. */
export interface WebServer {
	/** Without a slash at the end. */
	address: string;
	/** @param path with its first slash, without query */
	route(method: string, path: string, handler: Handler): void;
	unroute(method: string, path: string): void;
	/** @throws the errors of handlers since the start, which no caller has seen */
	close(): Promise<void>;
}

export async function startWebServer(waiting: Handler): Promise<WebServer> {
	const handlers = new Map<string, Handler>();
	const failures: unknown[] = [];
	const server = createServer<typeof WebRequest, typeof WebResponse>(
		{ IncomingMessage: WebRequest, ServerResponse: WebResponse, keepAliveTimeout: keepIdleFor },
		(request, response) => void answer(request, response),
	);

	async function answer(request: WebRequest, response: WebResponse): Promise<void> {
		try {
			request.interpret();
			const handler = request.path.startsWith('/webhook-waiting/')
				? waiting
				: handlers.get(`${request.method} ${request.path}`);
			if (handler) return await handler(request, response);
			const message = `The requested webhook "${request.method} ${request.path}" is not registered.`;
			response.status(404).json({ code: 404, message });
		} catch (error) {
			failures.push(error);
			if (!response.headersSent) response.status(500).json({ code: 0, message: 'An error in the test host' });
		}
	}

	const address = await listen();

	function listen(): Promise<string> {
		return new Promise((resolve, reject) => {
			server.once('error', reject);
			server.listen(0, '127.0.0.1', () => {
				const bound = server.address();
				if (bound === null || typeof bound === 'string') reject(new Error('The web server has no port'));
				else resolve(`http://127.0.0.1:${bound.port}`);
			});
		});
	}

	return {
		address,
		route: (method, path, handler) => void handlers.set(`${method} ${path}`, handler),
		unroute: (method, path) => void handlers.delete(`${method} ${path}`),
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
			if (failures.length > 0) throw new AggregateError(failures, 'Webhooks failed in the test host');
		},
	};
}
