import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { unpackInto } from '../../dev/tarball';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { containing, matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import { startHost, type CredentialData, type Host, type SavedCredential } from '../support/n8n-core';
import { startSelfSigned } from '../support/self-signed-server';

const onPremisesType = 'whatsAppOtpOnPremisesApi';

let host: Host;
let sandbox: Sandbox;
let front: Awaited<ReturnType<typeof startSelfSigned>>;
/** The sandbox's accounts, as a person fills them in. */
let filledIn: Record<string, CredentialData>;

beforeAll(async () => {
	const folder = mkdtempSync(join(process.env.TEST_SCRATCH ?? '', 'package-'));
	unpackInto(folder);
	host = await startHost(folder);
	sandbox = await startSandbox();
	front = await startSelfSigned(sandbox.url);
	const { username, password, namespace } = accounts.onPremises;
	const { dialog360, dialog360OnPremises: hosted, waCr } = accounts;
	filledIn = {
		[onPremisesType]: { baseUrl: `${sandbox.url}/on-premises/`, username, password, namespace },
		whatsAppOtp360DialogApi: { apiKey: dialog360.apiKey, baseUrl: `${sandbox.url}/360dialog` },
		hosted: {
			apiKey: hosted.apiKey,
			hosting: 'onPremises',
			namespace: hosted.namespace,
			baseUrl: `${sandbox.url}/360dialog-on-premises/`,
		},
		whatsAppOtpWaCrApi: { apiToken: waCr.apiToken, baseUrl: `${sandbox.url}/wa-cr/api/v2` },
	};
});
afterAll(async () => {
	await front.stop();
	await sandbox.stop();
	await host.close();
});
beforeEach(() => {
	sandbox.reset();
	const { name, language, components } = copyCodeTemplate();
	sandbox.setTemplate({ provider: 'onPremises', name, language, components });
});

const nobodyListens = 'http://127.0.0.1:9';

const test = (type: string, fields: CredentialData = {}, account = type) =>
	host.testCredential(type, { ...filledIn[account], ...fields });

describe('the Test button', () => {
	it.each([
		[onPremisesType, onPremisesType],
		['whatsAppOtp360DialogApi', 'whatsAppOtp360DialogApi'],
		['whatsAppOtp360DialogApi', 'hosted'],
		['whatsAppOtpWaCrApi', 'whatsAppOtpWaCrApi'],
	])('of %s is content with the account %s', async (type, account) => {
		expect(await test(type, {}, account)).toEqual({ status: 'OK', message: 'Connection successful!' });
	});

	it.each([
		['whatsAppOtp360DialogApi', { apiKey: 'wrong' }, '360dialog does not know this API key'],
		['whatsAppOtp360DialogApi', { hosting: 'onPremises' }, 'Connection successful!'],
		['whatsAppOtp360DialogApi', { baseUrl: `${nobodyListens}/` }, 'ECONNREFUSED'],
		['whatsAppOtpWaCrApi', { apiToken: 'wrong' }, 'WA.cr does not accept this API token'],
		['whatsAppOtpWaCrApi', { apiToken: accounts.waCr.sendOnlyToken }, 'Add the scope templates:read'],
		['whatsAppOtpWaCrApi', { baseUrl: nobodyListens }, 'ECONNREFUSED'],
		[
			onPremisesType,
			{ password: 'wrong' },
			'The server did not accept the login (Access denied: Invalid credentials). Check',
		],
		[onPremisesType, { baseUrl: nobodyListens }, "127.0.0.1:9 refused the connection. Check 'Base URL'"],
	])('of %s with %j says: %s', async (type, fields, message) => {
		expect(await test(type, fields)).toMatchObject({ message: containing(message) });
	});

	it('names an address of WA.cr that is none', async () => {
		const baseUrl = `${sandbox.url}/wa-cr/api/v1`;
		expect(await test('whatsAppOtpWaCrApi', { baseUrl })).toMatchObject({ message: containing("Check 'Base URL'") });
	});

	it('tells how a server that lets in stands with WhatsApp', async () => {
		const body = { health: { gateway_status: 'unregistered' } };
		sandbox.addFault({ call: 'getHealth', effect: { answer: { status: 200, body } } });
		expect(await test(onPremisesType)).toMatchObject({ status: 'Error', message: containing('unregistered') });
	});

	it('looks behind a self-signed certificate only where it may', async () => {
		const baseUrl = `${front.url}/on-premises`;
		expect(await test(onPremisesType, { baseUrl })).toMatchObject({
			status: 'Error',
			message: matching(/has a self-signed certificate\. .*'Ignore SSL Issues'/),
		});
		expect(await test(onPremisesType, { baseUrl, allowUnauthorizedCerts: true })).toMatchObject({ status: 'OK' });
	});
});

describe('the On-Premises login in a workflow', () => {
	const send = async (credential: SavedCredential, count = 1) => {
		const parameters = {
			provider: 'onPremises',
			resource: 'otp',
			operation: 'send',
			to: '={{ $json.to }}',
			template: { __rl: true, mode: 'name', value: 'verification_code' },
		};
		const result = await host.runWorkflow({
			nodes: [{ name: 'OTP', type: 'n8n-nodes-whatsapp-otp.whatsAppOtp', parameters }],
			credentials: { [onPremisesType]: credential },
			input: Array.from({ length: count }, () => ({ to: `+1201555${(next += 1)}` })),
		});
		return { ...result.node('OTP'), status: result.status };
	};
	let next = 3000;

	const save = (fields: CredentialData = {}) =>
		host.saveCredential(onPremisesType, { ...filledIn[onPremisesType], ...fields });
	const calls = () => sandbox.requests({ provider: 'onPremises' }).map(({ call, status }) => `${call} ${status}`);

	it('is made by itself, kept in the credential, and made again when the server has ended it', async () => {
		const credential = await save();
		expect(await send(credential)).toMatchObject({ status: 'success' });
		const { sessionToken } = await host.readCredential(credential);
		expect(sessionToken).toMatch(/^eyJ/);
		await send(credential);
		sandbox.setSessions({ end: true });
		await send(credential);
		expect(calls()).toEqual(['login 200', 'send 201', 'send 201', 'send 401', 'login 200', 'send 201']);
		expect((await host.readCredential(credential)).sessionToken).not.toBe(sessionToken);
		expect(sandbox.messages()).toHaveLength(3);
	});

	it('is one for all the items of a node', async () => {
		expect((await send(await save(), 10)).outputs[0]).toHaveLength(10);
		expect(calls().filter((call) => call === 'login 200')).toHaveLength(1);
		expect(sandbox.messages()).toHaveLength(10);
	});

	it('that the server refuses stops the node with its reason', async () => {
		const { error, status } = await send(await save({ password: 'wrong' }));
		expect(status).toBe('error');
		expect(error).toMatchObject({
			message: containing('The server did not accept the login'),
			description: containing("Check 'Username' and 'Password' in the credential"),
		});
		expect(calls()).toEqual(['login 401']);
	});

	it('that lets in and is refused afterwards stops the node after one more try', async () => {
		sandbox.setSessions({ lifetimeMs: 0 });
		expect((await send(await save())).error).toMatchObject({ message: containing('did not accept the login') });
		expect(calls()).toEqual(['login 200', 'send 401', 'login 200', 'send 401']);
	});

	it('goes through a self-signed certificate where the credential allows it', async () => {
		const credential = await save({ baseUrl: `${front.url}/on-premises`, allowUnauthorizedCerts: true });
		expect((await send(credential)).outputs[0]).toMatchObject([{ json: { result: 'sent', provider: 'onPremises' } }]);
	});
});
