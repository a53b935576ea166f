import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { readPost, renderPage, type PageView, type ReadPost } from '../page';

export interface PageRequest {
	/** With the leading slash. */
	path: string;
	/** Of the header `Accept-Language`. */
	acceptLanguage: string | undefined;
	/** Undefined for GET. */
	post: ReadPost | undefined;
}

/** Text is sent as HTML. Nothing is answered with 404. */
export type Shown = PageView | string | undefined;

export interface PageServer {
	url: string;
	/** Everything that browsers have asked for. */
	requests: PageRequest[];
	stop(): Promise<void>;
}

/**
 * Serves pages on the loopback address, as a host of the page does.
 */
export async function startPageServer(
	view: (request: PageRequest) => Shown | Promise<Shown>,
	port = 0,
): Promise<PageServer> {
	const requests: PageRequest[] = [];
	const app = new Hono();
	app.all('*', async ({ req, body, html, notFound }) => {
		const isPost = req.method === 'POST';
		const post = isPost ? readPost(req.header('content-type'), await bytesOf(req.raw)) : undefined;
		const request = { path: req.path, acceptLanguage: req.header('accept-language'), post };
		requests.push(request);
		const shown = await view(request);
		if (shown === undefined) return notFound();
		if (typeof shown === 'string') return html(shown);
		const page = renderPage(shown);
		return body(page.html, 200, page.headers);
	});
	return new Promise((resolve) => {
		const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (address) => {
			const stop = () =>
				new Promise<void>((stopped) => {
					server.close(() => stopped());
					if ('closeAllConnections' in server) server.closeAllConnections();
				});
			resolve({ url: `http://127.0.0.1:${address.port}`, requests, stop });
		});
	});
}

async function bytesOf(request: Request): Promise<Uint8Array> {
	return new Uint8Array(await request.arrayBuffer());
}
