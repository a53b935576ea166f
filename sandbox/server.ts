import { createServer } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { adminOf } from './admin';
import { controlOf, type Control } from './control';
import { gatewayOf } from './gateway';
import { keepIdleFor } from './idle-connections';
import { phoneOf } from './phone/phone';
import { providers } from './providers';
import { smsAndAlertsOf } from './sms-and-alerts';
import { State } from './state';

export interface SandboxOptions {
	/** 0 or absent: a free port. */
	port?: number;
	/** Milliseconds since the epoch; default Date.now. Timers use real time in any case. */
	now?: () => number;
	/** A new template is approved after this time; default 300. Null: never. */
	approveMs?: number | null;
}

/** A running sandbox. */
export interface Sandbox extends Control {
	/** Without a slash at the end. A provider's base URL is this URL and the provider's path, for example /360dialog. */
	url: string;
	phoneUrl: string;
	/** Breaks all connections and frees the port. */
	stop(): Promise<void>;
}

function appOf(state: State, control: Control): Hono<{ Bindings: HttpBindings }> {
	const app = new Hono<{ Bindings: HttpBindings }>();
	app.onError((error, context) => context.json({ error: error.message }, 500));
	for (const provider of providers) app.route('/', gatewayOf(provider, state));
	app.route('/', smsAndAlertsOf(state));
	app.route('/admin', adminOf(control));
	app.route('/phone', phoneOf(state, providers));
	for (const path of ['/', '/phone/']) {
		app.get(path, ({ req, redirect }) => redirect(`/phone${new URL(req.url).search}`));
	}
	return app;
}

const isTaken = (error: Error): boolean => 'code' in error && error.code === 'EADDRINUSE';
const taken = (port: number) => `Port ${port} is in use by another program. Choose another port with SANDBOX_PORT.`;

/** Starts the providers and their phones on 127.0.0.1. Rejects if the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { port = 0, now = Date.now, approveMs = 300 } = options;
	const state = new State({ providers, now, approveMs });
	const control = controlOf(state);
	// Tests run in this process, so the adapter must not replace the global Request and Response.
	const listener = getRequestListener(appOf(state, control).fetch, { overrideGlobalObjects: false });
	const server = createServer(
		{ keepAliveTimeout: keepIdleFor },
		(request, response) => void listener(request, response),
	);
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error) => reject(isTaken(error) ? new Error(taken(port), { cause: error }) : error));
		server.listen(port, '127.0.0.1', resolve);
	});
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The sandbox has no port');
	const url = `http://127.0.0.1:${address.port}`;
	return {
		...control,
		url,
		phoneUrl: `${url}/phone`,
		stop: () =>
			new Promise((resolve, reject) => {
				state.reset();
				server.close((error) => (error ? reject(error) : resolve()));
				server.closeAllConnections();
			}),
	};
}
