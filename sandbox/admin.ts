import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { WaitTimeout } from './awaitable-list';
import {
	approvalSchema,
	faultSchema,
	incomingOrder,
	messageFilter,
	requestFilter,
	resetSchema,
	schedulePatch,
	smsFilter,
	templateOrder,
	webhookFilter,
	type Control,
} from './control';
import { contactOrder, sessionOrder } from './providers/onPremises/orders';
import { Refusal } from './refusal';

const waiting = {
	count: z.number().int().min(1).max(10_000).optional(),
	timeoutMs: z.number().int().min(0).max(600_000).optional(),
};

class BadRequest extends Error {}

type Type<Output> = z.ZodType<Output, z.ZodTypeDef, unknown>;

function read<Output>(type: Type<Output>, value: unknown, what: string): Output {
	const result = type.safeParse(value);
	if (result.success) return result.data;
	const found = result.error.issues.map(({ path, message }) => `${[what, ...path].join('.')}: ${message}`);
	throw new BadRequest(found.join('; '));
}

/** Reads an empty body as {}. */
async function readBody<Output>(context: Context, type: Type<Output>): Promise<Output> {
	const text = await context.req.text();
	let body: unknown = {};
	try {
		if (text !== '') body = JSON.parse(text);
	} catch {
		throw new BadRequest('body: not JSON');
	}
	return read(type, body, 'body');
}

function failureAnswer(error: Error, context: Context): Response {
	if (error instanceof WaitTimeout) return context.json({ error: error.message }, 408);
	const isCallersMistake = error instanceof BadRequest || error instanceof Refusal;
	return context.json({ error: error.message }, isCallersMistake ? 400 : 500);
}

function addReads(app: Hono, control: Control): void {
	app.get('/messages', (context) =>
		context.json({ messages: control.messages(read(messageFilter, context.req.query(), 'query')) }),
	);
	app.post('/messages/wait', async (context) => {
		const { count, timeoutMs, ...filter } = await readBody(context, messageFilter.extend(waiting));
		return context.json({ messages: await control.waitForMessages(filter, { count, timeoutMs }) });
	});
	app.post('/messages/read', async (context) => {
		control.readMessages(await readBody(context, messageFilter));
		return context.json({});
	});
	app.post('/messages/report', async (context) => {
		control.reportMessages(await readBody(context, messageFilter));
		return context.json({});
	});
	app.get('/sms', (context) => context.json({ sms: control.sms(read(smsFilter, context.req.query(), 'query')) }));
	app.post('/sms/wait', async (context) => {
		const { count, timeoutMs, ...filter } = await readBody(context, smsFilter.extend(waiting));
		return context.json({ sms: await control.waitForSms(filter, { count, timeoutMs }) });
	});
	app.get('/alerts', (context) => context.json({ alerts: control.alerts() }));
	app.post('/alerts/wait', async (context) => {
		const { count, timeoutMs } = await readBody(context, z.object(waiting).strict());
		return context.json({ alerts: await control.waitForAlerts({ count, timeoutMs }) });
	});
	app.get('/requests', (context) =>
		context.json({ requests: control.requests(read(requestFilter, context.req.query(), 'query')) }),
	);
	app.post('/requests/wait', async (context) => {
		const { count, timeoutMs, ...filter } = await readBody(context, requestFilter.extend(waiting));
		return context.json({ requests: await control.waitForRequests(filter, { count, timeoutMs }) });
	});
	app.get('/webhooks', (context) =>
		context.json({
			schedule: control.schedule(),
			subscriptions: control.subscriptions(),
			webhooks: control.webhooks(read(webhookFilter, context.req.query(), 'query')),
		}),
	);
	app.post('/webhooks/wait', async (context) => {
		const { count, timeoutMs, ...filter } = await readBody(context, webhookFilter.extend(waiting));
		return context.json({ webhooks: await control.waitForWebhooks(filter, { count, timeoutMs }) });
	});
}

function addOrders(app: Hono, control: Control): void {
	app.get('/faults', (context) => context.json({ faults: control.faults() }));
	app.post('/faults', async (context) => {
		control.addFault(await readBody(context, faultSchema));
		return context.json({ faults: control.faults() }, 201);
	});
	app.delete('/faults', (context) => {
		control.clearFaults();
		return context.json({ faults: [] });
	});
	app.post('/webhooks', async (context) =>
		context.json({ schedule: control.setSchedule(await readBody(context, schedulePatch)) }),
	);
	app.get('/templates', (context) => context.json({ templates: control.templates() }));
	app.post('/templates', async (context) =>
		context.json({ template: control.setTemplate(await readBody(context, templateOrder)) }),
	);
	app.post('/incoming', async (context) => {
		control.write(await readBody(context, incomingOrder));
		return context.json({});
	});
	app.post('/approval', async (context) => {
		const { afterMs } = await readBody(context, approvalSchema);
		control.setApproval(afterMs);
		return context.json({ afterMs });
	});
	app.post('/sessions', async (context) => {
		control.setSessions(await readBody(context, sessionOrder));
		return context.json({});
	});
	app.post('/contacts', async (context) => {
		control.setContact(await readBody(context, contactOrder));
		return context.json({});
	});
	app.post('/reset', async (context) => {
		control.reset(await readBody(context, resetSchema));
		return context.json({});
	});
}

/** The control over the sandbox as JSON over HTTP, for callers in another process. */
export function adminOf(control: Control): Hono {
	const app = new Hono();
	app.onError(failureAnswer);
	app.notFound(({ req, json }) => json({ error: `${req.method} ${req.path} is unknown` }, 404));
	addReads(app, control);
	addOrders(app, control);
	return app;
}
