import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import type { State } from './state';

const text = z.string().min(1).max(1600);
const smsSchema = z.object({ to: z.string().regex(/^\+[1-9]\d{6,14}$/), text }).strict();
const alertSchema = z.object({ text }).strict();

async function readBody<Output>(context: Context, schema: z.ZodType<Output>): Promise<Output | undefined> {
	const body: unknown = await context.req.json().catch(() => undefined);
	return schema.safeParse(body).data;
}

/** An SMS gateway and an alert channel. The HTTP Request nodes of the example workflows call them. */
export function smsAndAlertsOf(state: State): Hono {
	const app = new Hono();
	const now = () => new Date(state.now()).toISOString();
	app.post('/sms', async (context) => {
		const sms = await readBody(context, smsSchema);
		if (sms === undefined) return context.json({ error: 'body: {"to": "+...", "text": "..."} expected' }, 400);
		const id = randomUUID();
		state.sms.add({ id, to: sms.to.slice(1), text: sms.text, at: now() });
		return context.json({ id }, 202);
	});
	app.post('/alerts', async (context) => {
		const alert = await readBody(context, alertSchema);
		if (alert === undefined) return context.json({ error: 'body: {"text": "..."} expected' }, 400);
		state.alerts.add({ ...alert, at: now() });
		return context.json({}, 202);
	});
	return app;
}
