import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Message } from './messages';
import { providerOf, providers } from './providers';
import type { World } from './world';

/** A page with more bubbles than this helps nobody, and benchmarks send thousands. */
const maxShown = 300;

const folder = join(__dirname, 'phone');

const files: Record<string, { name: string; type: string }> = {
	'/': { name: 'index.html', type: 'text/html; charset=utf-8' },
	'/phone.css': { name: 'phone.css', type: 'text/css; charset=utf-8' },
	'/doodles.svg': { name: 'doodles.svg', type: 'image/svg+xml' },
	'/phone.js': { name: 'phone.js', type: 'text/javascript; charset=utf-8' },
};

/** What lies on the phones: a message that failed never got there. */
function onPhones(world: World): Array<Message & { providerName: string; number: string }> {
	return world.messages
		.list(({ status }) => status !== 'failed')
		.filter(({ error }) => !error)
		.slice(-maxShown)
		.map((message) => ({
			...message,
			providerName: providerOf(message.provider).name,
			number: parsePhoneNumberFromString(`+${message.to}`)?.formatInternational() ?? `+${message.to}`,
		}));
}

const viewed = z.object({ ids: z.array(z.string()) });

/** The phones as a web page: files, live messages, and the news that somebody looked at them. */
export function phoneOf(world: World): Hono {
	const app = new Hono();
	for (const [path, { name, type }] of Object.entries(files)) {
		app.get(path, async (context) =>
			context.body(await readFile(join(folder, name)), 200, {
				'content-type': type,
				'cache-control': 'no-store',
			}),
		);
	}
	app.get('/events', (context) =>
		streamSSE(context, async (stream) => {
			let tell = () => {};
			const unsubscribe = world.messages.onChange(() => tell());
			stream.onAbort(() => {
				unsubscribe();
				tell();
			});
			while (!stream.aborted) {
				const changed = new Promise<void>((resolve) => (tell = resolve));
				await stream.writeSSE({ data: JSON.stringify(onPhones(world)) });
				await changed;
			}
		}),
	);
	app.get('/credentials', (context) => {
		const { origin } = new URL(context.req.url);
		return context.json(providers.map(({ name, credential }) => ({ name, fields: credential(origin) })));
	});
	app.post('/viewed', async (context) => {
		const read = viewed.safeParse(await context.req.json());
		if (!read.success) return context.json({ error: 'body: {"ids": [...]} expected' }, 400);
		world.messages.list(({ id }) => read.data.ids.includes(id)).forEach((one) => world.view(one));
		return context.json({});
	});
	return app;
}
