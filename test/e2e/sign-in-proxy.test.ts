/** The sign-in page behind a reverse proxy with a path prefix and HTTPS, with Redis as store, in a real n8n. */
import { serve, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { launchN8n, type N8n } from '../../dev/n8n/launch';
import { sandboxCredentials } from '../../dev/sandbox-credentials';
import { packedTarball } from '../../dev/tarball';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { copyCodeTemplate } from '../support/message-samples';
import { RedisServer } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';
import { newFolder, openingTime } from '../support/running-n8n';
import { headingIn, idIn, Visitor } from '../support/sign-in-visitor';
import { publishSignIn } from '../support/sign-in-workflow';

const { describe, it } = testsThatNeed('Redis');

let phones = 0;

/** A number that is alone in its block of ten thousand, because such a block has limits, too. */
const newPhone = () => `+4915${String(2200 + (phones += 1))}55512`;

/** The proxy takes its callers' address from this header, because all requests of a test come from one machine. */
const callerHeader = 'x-caller';

/** As nginx does with `proxy_add_x_forwarded_for`: the caller's address stands behind what the caller has sent. */
async function startProxy(target: string): Promise<{ url: string; server: ServerType }> {
	const app = new Hono();
	app.all('/apps/n8n/*', async ({ req }) => {
		const headers = new Headers(req.raw.headers);
		const caller = headers.get(callerHeader) ?? '192.0.2.1';
		const sent = headers.get('x-forwarded-for');
		headers.set('x-forwarded-for', sent === null ? caller : `${sent}, ${caller}`);
		headers.set('x-forwarded-proto', 'https');
		headers.set('x-forwarded-host', 'login.example.com');
		// fetch() would unpack the answer and keep the header that says it is packed.
		headers.set('accept-encoding', 'identity');
		const body = req.method === 'POST' ? await req.arrayBuffer() : null;
		const path = req.path.replace('/apps/n8n', '');
		return await fetch(`${target}${path}`, { method: req.method, headers, body });
	});
	const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
	await new Promise((resolve) => server.once('listening', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The proxy has no port');
	return { url: `http://127.0.0.1:${address.port}/apps/n8n`, server };
}

describe('the sign-in page behind a reverse proxy', () => {
	let sandbox: Sandbox;
	let redis: RedisServer;
	let n8n: N8n;
	let proxy: Awaited<ReturnType<typeof startProxy>>;
	let credentials: Record<string, { id: string; name: string }>;

	beforeAll(async () => {
		sandbox = await startSandbox();
		sandbox.setTemplate({ name: 'verification_code', components: copyCodeTemplate().components });
		redis = await RedisServer.start();
		n8n = await launchN8n({
			dataFolder: await newFolder(),
			packageTarball: packedTarball(),
			environment: { N8N_PROXY_HOPS: '1' },
		});
		proxy = await startProxy(n8n.url);
		for (const credential of sandboxCredentials(sandbox.url)) await n8n.api.ensureCredential(credential);
		const [name, type] = ['Store', 'whatsAppOtpStoreApi'];
		const data = { store: 'redis', url: redis.url, signingSecret: 'a signing secret of the proxy test' };
		credentials = { [type]: { id: await n8n.api.ensureCredential({ name, type, data }), name } };
	}, openingTime);
	afterAll(async () => {
		proxy?.server.close();
		await n8n?.stop();
		await redis?.stop();
		await sandbox?.stop();
	});

	async function publish(name: string, limit: Record<string, number>): Promise<string> {
		await publishSignIn(n8n.api, { name, credentials, options: { limits: { limit } } });
		return `${proxy.url}/webhook/${name}/sign-in`;
	}

	it('signs a person in, with a cookie for this folder and for HTTPS only', async () => {
		const visitor = new Visitor(await publish('behind-proxy', { perCallerHour: 0 }));
		const first = await visitor.open();
		expect(headingIn(first)).toBe('Sign in');
		// A path in the page or in the cookie would miss the prefix of the proxy.
		expect(first.html).not.toMatch(/action=/);
		expect(first.setCookie).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
		expect(first.setCookie).not.toContain('Path');
		const to = newPhone();
		const code = await visitor.post({ phone: to });
		expect(headingIn(code)).toBe('Enter the code');
		const [message] = await sandbox.waitForMessages({ to });
		const done = await visitor.post({ verificationId: idIn(code), code: message?.code ?? '' });
		expect(headingIn(done)).toBe('Your number is verified');
		expect(headingIn(await visitor.open())).toBe('Your number is verified');
	});

	it("counts callers by the proxy's word, not by a header that they send", async () => {
		const address = await publish('callers-behind-proxy', { perCallerHour: 1 });
		const send = async (caller: string, forged: Record<string, string> = {}) =>
			headingIn(await new Visitor(address, { [callerHeader]: caller, ...forged }).post({ phone: newPhone() }));
		expect(await send('198.51.100.1')).toBe('Enter the code');
		expect(await send('198.51.100.1')).toBe('Sign in');
		expect(await send('198.51.100.1', { 'x-forwarded-for': '203.0.113.7' })).toBe('Sign in');
		expect(await send('198.51.100.2')).toBe('Enter the code');
	});
});
