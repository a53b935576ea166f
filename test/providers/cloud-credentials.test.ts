import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { unpackInto } from '../../dev/tarball';
import { metaErrors } from '../../providers/meta/error-codes';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { containing } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import { startHost, type CredentialData, type Host } from '../support/n8n-core';

const types = { metaCloud: 'whatsAppOtpMetaCloudApi', oneMsg: 'whatsAppOtp1MsgApi' } as const;
type Id = keyof typeof types;

let host: Host;
let sandbox: Sandbox;
/** The sandbox's accounts, as a person fills them in. */
let filledIn: Record<Id, CredentialData>;

beforeAll(async () => {
	const folder = mkdtempSync(join(process.env.TEST_SCRATCH ?? '', 'package-'));
	unpackInto(folder);
	host = await startHost(folder);
	sandbox = await startSandbox();
	const { accessToken, phoneNumberId, businessAccountId } = accounts.metaCloud;
	const { channelId, token, namespace } = accounts.oneMsg;
	filledIn = {
		metaCloud: { accessToken, phoneNumberId, businessAccountId, baseUrl: `${sandbox.url}/meta/` },
		oneMsg: { channelId, token, namespace, baseUrl: `${sandbox.url}/1msg/` },
	};
});
afterAll(async () => {
	await sandbox.stop();
	await host.close();
});
beforeEach(() => {
	sandbox.reset();
	const { name, components } = copyCodeTemplate();
	for (const provider of ['metaCloud', 'oneMsg'] as const) sandbox.setTemplate({ provider, name, components });
});

const test = (id: Id, fields: CredentialData = {}) => host.testCredential(types[id], { ...filledIn[id], ...fields });
const answerTests = (status: number, body: unknown) =>
	sandbox.addFault({ call: 'getAccount', effect: { answer: { status, body } } });

describe('the Test button', () => {
	it.each([
		['metaCloud', {}],
		['metaCloud', { apiVersion: '', appSecret: 'x' }],
		['metaCloud', { apiVersion: '21.0' }],
		['oneMsg', {}],
		['oneMsg', { tokenIn: 'query' }],
	] as const)('of %s is content with the account and %j', async (id, fields) => {
		expect(await test(id, fields)).toEqual({ status: 'OK', message: 'Connection successful!' });
	});

	it.each([
		['metaCloud', { accessToken: 'wrong' }, 'The access token is invalid or has expired. Put a new token'],
		['metaCloud', { accessToken: accounts.metaCloud.expiredToken }, 'The access token has expired'],
		['metaCloud', { accessToken: accounts.metaCloud.messagingToken }, 'whatsapp_business_management'],
		['metaCloud', { phoneNumberId: '1234' }, "Check 'Phone Number ID'"],
		['oneMsg', { token: 'wrong' }, '1MSG does not know this token for this channel'],
		['oneMsg', { token: 'wrong', tokenIn: 'query' }, '1MSG does not know this token for this channel'],
		['oneMsg', { channelId: 'OTHER' }, "Check 'Channel ID', 'Token' and 'Token In'"],
		['metaCloud', { baseUrl: 'http://127.0.0.1:9' }, 'ECONNREFUSED'],
		['oneMsg', { baseUrl: 'http://127.0.0.1:9' }, 'ECONNREFUSED'],
	] as const)('of %s with %j says: %s', async (id, fields, message) => {
		expect(await test(id, fields)).toMatchObject({ status: 'Error', message: containing(message) });
	});

	it("tells every code of Meta's by its sentence", async () => {
		for (const { errorCodes: codes, what } of metaErrors) {
			const code = Number(codes[0]);
			sandbox.clearFaults();
			sandbox.addFault({ call: 'getAccount', effect: { error: { code } } });
			expect([code, await test('metaCloud')]).toMatchObject([code, { status: 'Error', message: containing(what) }]);
		}
	});

	it.each([
		[
			'a number that may not send',
			200,
			{ id: '1', health_status: { can_send_message: 'BLOCKED' } },
			'does not allow this number to send',
		],
		['a code nobody knows', 400, { error: { code: 999_999 } }, "Check 'Base URL' and 'Phone Number ID'"],
		['another web page', 200, '<html>', "This is not Meta's Graph API"],
	])('of Meta finds %s', async (_what, status, body, message) => {
		answerTests(status, body);
		expect(await test('metaCloud')).toMatchObject({ status: 'Error', message: containing(message) });
	});

	it.each([
		['connecting', 'still connecting'],
		['disconnected', 'is disconnected'],
		['uninitialized', 'not set up'],
		['unregistered', 'not registered'],
		['blocked', 'has blocked the channel'],
		['internal', '1MSG does not know'],
	])('of 1MSG finds a channel that is %s', async (code, message) => {
		sandbox.addFault({ call: 'getAccount', effect: { error: { code } } });
		expect(await test('oneMsg')).toMatchObject({ status: 'Error', message: containing(message) });
	});
});

describe('a node', () => {
	const run = async (id: Id, parameters: Record<string, string>, fields: CredentialData = {}) => {
		const credential = await host.saveCredential(types[id], { ...filledIn[id], ...fields });
		const result = await host.runWorkflow({
			nodes: [
				{
					name: 'OTP',
					type: 'n8n-nodes-whatsapp-otp.whatsAppOtp',
					parameters: {
						provider: id,
						...parameters,
						template: { __rl: true, mode: 'name', value: 'verification_code' },
					},
				},
			],
			credentials: { [types[id]]: credential },
			input: [{}],
		});
		return { ...result.node('OTP'), status: result.status };
	};
	const send = { resource: 'otp', operation: 'send' };
	let next = 3940;

	it.each([
		['metaCloud', {}, { authorization: `Bearer ${accounts.metaCloud.accessToken}` }, {}],
		['oneMsg', {}, { authorization: `Bearer ${accounts.oneMsg.token}` }, {}],
		['oneMsg', { tokenIn: 'query' }, {}, { token: accounts.oneMsg.token }],
	] as const)('of %s with %j sends a code, the secret in one place', async (id, fields, headers, query) => {
		// Another number each time, so that none waits for the cool-down of the one before.
		const to = `+1201555${(next += 1)}`;
		const { outputs } = await run(id, { ...send, to }, fields);
		expect(outputs[0]).toMatchObject([{ json: { result: 'sent', provider: id, message: { status: 'accepted' } } }]);
		const [request] = sandbox.requests({ call: 'send' });
		const { authorization } = request?.headers ?? {};
		expect([authorization, request?.query]).toEqual([Object.values(headers)[0], query]);
		expect(sandbox.messages({ to })).toMatchObject([{ provider: id }]);
	});
	it('stops with the reason and the place to mend it', async () => {
		const { error, status } = await run('oneMsg', { ...send, to: '+12015553990' }, { namespace: 'other' });
		expect(status).toBe('error');
		expect(error).toMatchObject({
			message: containing('The namespace is missing or wrong'),
			description: containing("Check 'Namespace' in the credential"),
		});
	});
});
