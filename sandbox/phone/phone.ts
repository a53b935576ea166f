import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { Message } from '../messages';
import type { SandboxProvider } from '../provider';
import type { Sms } from '../sms';
import type { State } from '../state';

/** Benchmarks send thousands of messages. The page shows the last ones. */
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
	| ({ channel: 'whatsapp'; canReport: boolean } & Message)
	| ({ channel: 'sms'; acceptedAt: string; status: 'received' } & Omit<Sms, 'at'>)
);

const international = (to: string) => parsePhoneNumberFromString(`+${to}`)?.formatInternational() ?? `+${to}`;

const ofWhatsApp = (message: Message, state: State, providers: readonly SandboxProvider[]): Bubble => ({
	...message,
	channel: 'whatsapp',
	canReport: state.takesReports(message),
	providerName: providers.find(({ id }) => id === message.provider)?.name ?? message.provider,
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

/** Everything on the phones, oldest first. A message that fails never reaches a phone. */
function onPhones(state: State, providers: readonly SandboxProvider[]): Bubble[] {
	const messages = state.messages.list(({ status, error }) => status !== 'failed' && !error);
	return [...messages.map((message) => ofWhatsApp(message, state, providers)), ...state.sms.list().map(ofSms)]
		.sort((a, b) => a.acceptedAt.localeCompare(b.acceptedAt))
		.slice(-maxShown);
}

const chosen = z.object({ ids: z.array(z.string()) });

/** The phone page: its files, its live messages, and what a person does with them. */
export function phoneOf(state: State, providers: readonly SandboxProvider[]): Hono {
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
			let wake = () => {};
			const unsubscribes = [state.messages, state.sms].map((list) => list.onChange(() => wake()));
			stream.onAbort(() => {
				for (const unsubscribe of unsubscribes) unsubscribe();
				wake();
			});
			while (!stream.aborted) {
				const changed = new Promise<void>((resolve) => (wake = resolve));
				await stream.writeSSE({ data: JSON.stringify(onPhones(state, providers)) });
				await changed;
			}
		}),
	);
	app.get('/credentials', (context) => {
		const { origin } = new URL(context.req.url);
		return context.json(providers.map(({ name, credential }) => ({ name, fields: credential(origin).form })));
	});
	app.post('/viewed', async (context) => {
		const read = chosen.safeParse(await context.req.json());
		if (!read.success) return context.json({ error: 'body: {"ids": [...]} expected' }, 400);
		state.messages.list(({ id }) => read.data.ids.includes(id)).forEach((one) => state.markRead(one));
		return context.json({});
	});
	app.post('/reported', async (context) => {
		const read = chosen.safeParse(await context.req.json());
		if (!read.success) return context.json({ error: 'body: {"ids": [...]} expected' }, 400);
		const reported = state.messages.list(({ id }) => read.data.ids.includes(id));
		for (const one of reported) state.receive(one.provider, one.to, { reported: one });
		return context.json({});
	});
	return app;
}
