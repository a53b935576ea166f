import { createServer } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { adminOf } from './admin';
import { controlOf, type Control } from './control';
import { gatewayOf } from './gateway';
import { outsideOf } from './sms-and-alerts';
import { phoneOf } from './phone/phone';
import { providers } from './providers';
import { World } from './state';

export interface SandboxOptions {
	/** 0 or absent: a free one. */
	port?: number;
	/** Milliseconds since the epoch; Date.now unless given. Timers run on real time all the same. */
	now?: () => number;
	/** After which time a new template is approved by itself; 300 unless given, null: never. */
	approveMs?: number | null;
}

/** A running sandbox. */
export interface Sandbox extends Control {
	/** Without a slash at the end; a provider's base URL is this plus its path, such as /360dialog. */
	url: string;
	phoneUrl: string;
	/** Breaks what is under way and frees the port. */
	stop(): Promise<void>;
}

function appOf(world: World, control: Control): Hono<{ Bindings: HttpBindings }> {
	const app = new Hono<{ Bindings: HttpBindings }>();
	app.onError((error, context) => context.json({ error: error.message }, 500));
	for (const provider of providers) app.route('/', gatewayOf(provider, world));
	app.route('/', outsideOf(world));
	app.route('/admin', adminOf(control));
	app.route('/phone', phoneOf(world));
	for (const path of ['/', '/phone/']) {
		app.get(path, ({ req, redirect }) => redirect(`/phone${new URL(req.url).search}`));
	}
	return app;
}

/** Starts the providers and their phones on 127.0.0.1. Rejects if the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { port = 0, now = Date.now, approveMs = 300 } = options;
	const world = new World(now, approveMs);
	const control = controlOf(world);
	// The adapter's own Request and Response stay out of the globals: tests run in this process.
	const listener = getRequestListener(appOf(world, control).fetch, { overrideGlobalObjects: false });
	const server = createServer((request, response) => void listener(request, response));
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
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
				world.reset();
				server.close((error) => (error ? reject(error) : resolve()));
				server.closeAllConnections();
			}),
	};
}
