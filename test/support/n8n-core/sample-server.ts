import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Call {
	method: string;
	path: string;
	headers: IncomingMessage['headers'];
	body: string;
}

export interface SampleServer extends AsyncDisposable {
	url: string;
	/** Every call since the server was started or `forget()` called. */
	calls: Call[];
	forget(): void;
	/** Resolves at the next call. */
	nextCall(): Promise<Call>;
}

const key = 'the right key';

/** The server that the sample package calls. */
export async function startSampleServer(): Promise<SampleServer> {
	const calls: Call[] = [];
	const events = new EventEmitter<{ call: [Call] }>();
	let tokens = 0;
	let failures = 2;
	const server = createServer((request, response) => void answer(request, response));

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { method = '', url = '', headers } = request;
		const call = { method, path: url, headers, body: await text(request) };
		calls.push(call);
		events.emit('call', call);
		const [path = ''] = url.split('?');
		const reply = (status: number, body: unknown): void => {
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		};
		if (path === '/hang') return;
		if (path === '/reset') return void request.socket.destroy();
		if (path === '/half') {
			response.writeHead(200, { 'content-length': 100 }).write('{', () => request.socket.destroy());
			return;
		}
		if (path === '/login') return reply(200, { token: `token ${++tokens}` });
		if (path === '/session') {
			if (headers.authorization !== `Bearer token ${tokens}`) return reply(401, { reason: 'Log in again' });
			return reply(200, { token: tokens });
		}
		if (path === '/expire') return reply(200, { expired: tokens++ });
		if (headers['x-api-key'] !== key) return reply(401, { reason: 'Unknown key' });
		if (path === '/flaky' && failures-- > 0) return reply(503, { reason: 'Not now' });
		if (path === '/refuse') return reply(200, { refused: true });
		if (path === '/colours') return reply(200, ['red', 'green', 'blue']);
		if (path === '/subscriptions') return reply(201, { id: 'subscription-7' });
		const status = Number(/^\/status\/(\d+)/.exec(path)?.[1] ?? 200);
		reply(status, { path: url, status });
	}

	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		calls,
		forget: () => void calls.splice(0),
		nextCall: () => new Promise((resolve) => events.once('call', resolve)),
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
