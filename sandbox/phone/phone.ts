import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { Message } from '../messages';
import type { Sms } from '../sms-and-alerts';
import { providerOf, providers } from '../providers';
import type { World } from '../state';

/** A page with more bubbles than this helps nobody, and benchmarks send thousands. */
const maxShown = 300;

const folder = __dirname;

const files: Record<string, { name: string; type: string }> = {
	'/': { name: 'page.html', type: 'text/html; charset=utf-8' },
	'/phone.css': { name: 'style.css', type: 'text/css; charset=utf-8' },
	'/doodles.svg': { name: 'doodles.svg', type: 'image/svg+xml' },
	'/phone.js': { name: 'script.js', type: 'text/javascript; charset=utf-8' },
};

/** A bubble on a phone. */
type Bubble = { number: string; providerName: string } & (
	({ channel: 'whatsapp' } & Message) | ({ channel: 'sms'; acceptedAt: string; status: 'received' } & Omit<Sms, 'at'>)
);

const international = (to: string) => parsePhoneNumberFromString(`+${to}`)?.formatInternational() ?? `+${to}`;

const ofWhatsApp = (message: Message): Bubble => ({
	...message,
	channel: 'whatsapp',
	providerName: providerOf(message.provider).name,
	number: international(message.to),
});

const ofSms = ({ at, ...sms }: Sms): Bubble => ({
	...sms,
	channel: 'sms',
	acceptedAt: at,
	status: 'received',
	providerName: 'SMS',
	number: international(sms.to),
});

/** What lies on the phones, oldest first: a message that failed never got there. */
function onPhones(world: World): Bubble[] {
	const messages = world.messages.list(({ status, error }) => status !== 'failed' && !error);
	return [...messages.map(ofWhatsApp), ...world.sms.list().map(ofSms)]
		.sort((a, b) => a.acceptedAt.localeCompare(b.acceptedAt))
		.slice(-maxShown);
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
			const endings = [world.messages, world.sms].map((journal) => journal.onChange(() => tell()));
			stream.onAbort(() => {
				for (const end of endings) end();
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
