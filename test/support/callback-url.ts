import { createServer } from 'node:http';
import { z } from 'zod';

/** A callback URL that answers Meta's challenge (docs/reference/providers.md 1.9). @param token any, unless given */
export async function startCallback(token?: string) {
	const server = createServer((request, response) => {
		const { searchParams: query } = new URL(request.url ?? '', 'http://127.0.0.1');
		const isKnown = query.get('hub.verify_token') === (token ?? query.get('hub.verify_token'));
		response.writeHead(isKnown ? 200 : 403).end(query.get('hub.challenge'));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = z.object({ port: z.number() }).parse(server.address());
	return {
		url: `http://127.0.0.1:${port}/hook`,
		[Symbol.asyncDispose]: () =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
