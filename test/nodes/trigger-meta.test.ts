import { createHmac } from 'node:crypto';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { z } from 'zod';
import { accounts } from '../../sandbox/accounts';
import { startCallback } from '../support/callback-url';
import { approveTemplate, newPhone, sending, useInstallation, triggerType } from '../support/installation';
import { allEvents, status, statusesPayload } from '../support/listening-workflow';
import { anyString, containing, matching, saying } from '../support/matchers';
import type { CredentialData, PublishedTrigger } from '../support/n8n-core';
import { callerOf, type Caller } from '../support/sandbox-callers';
import { inSeconds } from '../support/time';
import { credentialOf, metaSender } from '../support/webhook-senders';

const { provider, account } = metaSender;
const { appId, appSecret, businessAccountId, messagingToken, phoneNumberId } = accounts.metaCloud;
const apps = `/v25.0/${businessAccountId}/subscribed_apps`;
const number = `/v25.0/${phoneNumberId}`;
const templateEvents = ['template.status', 'template.quality', 'template.category'];

const installation = useInstallation({});
let meta: Caller;
const published: PublishedTrigger[] = [];

beforeAll(async () => {
	meta = await metaSender.admin(installation.sandbox.url);
});
beforeEach(() => {
	// With these pauses, one webhook is finished before the next one arrives.
	installation.sandbox.setSchedule({ sentMs: 60, deliveredMs: 300, failedMs: 60 });
	approveTemplate(installation.sandbox, 'verification_code', 'en_US', account);
});
afterEach(async () => {
	for (const trigger of published.splice(0)) await trigger.stop();
});

const credentials = (more: CredentialData = {}) =>
	Object.fromEntries(
		Object.entries(credentialOf(installation.sandbox.url, metaSender)).map(([type, data]) => [
			type,
			{ ...data, ...more },
		]),
	);

interface Publishing {
	options?: INodeParameters;
	credential?: CredentialData;
	id?: string;
	isTest?: boolean;
	events?: string[];
}

async function publish(publishing: Publishing = {}) {
	const { options = {}, credential = {}, id = 'the-node', isTest = false, events = allEvents } = publishing;
	const parameters = { provider, events, options };
	const trigger = await installation.host.publish({
		trigger: { id, webhookId: id, type: triggerType, parameters },
		credentials: credentials(credential),
		isTest,
	});
	published.push(trigger);
	return trigger;
}

const registered = () => installation.sandbox.subscriptions().map(({ url }) => url);
const subscribed = async () => (await meta.get(apps)).data;
/** The app as Meta lists it. */
const app = (more: object = {}) => ({
	whatsapp_business_api_data: { id: appId, name: 'Sandbox', link: containing(appId) },
	...more,
});

/** What another system does that uses the same app. Its address takes any token unless it was given one. */
async function overrideAccount(url: string): Promise<void> {
	await meta.post(apps, {});
	await meta.post(apps, { override_callback_uri: url, verify_token: 'theirs' });
}
const overrideNumber = (url: string) =>
	meta.post(number, { webhook_configuration: { override_callback_uri: url, verify_token: 'theirs' } });
const configuration = async () => (await meta.get(number, { fields: 'webhook_configuration' })).data;

/** What another system does that owns the app, such as n8n's WhatsApp Trigger. */
const asApp = () => callerOf(`${installation.sandbox.url}/meta`, { Authorization: `Bearer ${appId}|${appSecret}` });
const subscriptions = `/v25.0/${appId}/subscriptions`;
const setApp = (callback_url: string, fields: string[] = ['messages']) =>
	asApp().post(subscriptions, {
		object: 'whatsapp_business_account',
		callback_url,
		verify_token: 'theirs',
		fields,
	});
const appShown = z.object({
	data: z.array(z.object({ callback_url: z.string(), fields: z.array(z.object({ name: z.string() })) })),
});
const appNow = async () =>
	appShown
		.parse((await asApp().get(subscriptions)).data)
		.data.map(({ callback_url: url, fields }) => ({ url, fields: fields.map(({ name }) => name) }))[0];

const replace = { replaceExistingWebhook: true };

const sign = (body: string | Uint8Array, secret: string = appSecret) => ({
	'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});

async function post(trigger: PublishedTrigger, body: string, headers: Record<string, string> = sign(body)) {
	const type = { 'content-type': 'application/json' };
	const response = await fetch(await trigger.url(), { method: 'POST', headers: { ...type, ...headers }, body });
	await response.text();
	return { status: response.status, items: itemsOf(await nextPost(trigger)) };
}

const itemsOf = (outcome: Awaited<ReturnType<PublishedTrigger['next']>>): IDataObject[] =>
	(outcome.run?.node('Trigger').outputs[0] ?? []).map(({ json }) => json);

/** Skips Meta's challenges, which arrive at the same address. */
async function nextPost(trigger: PublishedTrigger) {
	for (;;) {
		const outcome = await trigger.next();
		if (outcome.webhookName === 'default') return outcome;
	}
}

async function send(to = newPhone()) {
	const { json } = await installation.run({ provider, ...sending() }, { input: [{ to }], credentials: credentials() });
	return { to, verificationId: json[1]?.[0]?.verificationId };
}

const tokenSchema = z.object({ webhook_configuration: z.object({ verify_token: z.string() }) });
const verifyToken = () =>
	tokenSchema.parse(installation.sandbox.requests({ call: 'setWebhook', path: `/meta${number}` })[0]?.body)
		.webhook_configuration.verify_token;

describe('publishing', () => {
	it("answers Meta's challenge, and events then arrive at the trigger instead of the app", async () => {
		const trigger = await publish();
		const url = await trigger.url();
		expect(await subscribed()).toEqual({ data: [app()] });
		expect(await configuration()).toMatchObject({ webhook_configuration: { phone_number: url } });
		expect(await trigger.hook('checkExists')).toBe(true);
		const { to, verificationId } = await send();
		const about = { provider, verificationId, recipient: to.slice(1), occurredAt: inSeconds(0) };
		expect([itemsOf(await nextPost(trigger)), itemsOf(await nextPost(trigger))]).toMatchObject([
			[{ event: 'message.sent', ...about }],
			[{ event: 'message.delivered', ...about }],
		]);
	});

	it('restores the settings of the account when it is unpublished', async () => {
		await (await publish()).unpublish();
		expect(await subscribed()).toEqual({ data: [] });
		await meta.post(apps, {});
		await (await publish()).unpublish();
		expect(await subscribed()).toEqual({ data: [app()] });
		expect(registered()).toEqual([]);
	});

	it('fails if another address is set, and does not change that address', async () => {
		await using crm = await startCallback();
		await overrideAccount(`${crm.url}?key=theirs`);
		await expect(publish()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: containing(`The webhook of this number at Meta Cloud API already points to ${crm.url}. To take it over`),
		});
		expect(registered()).toEqual([`${crm.url}?key=theirs`]);
	});

	it("replaces another address if the option is on, and restores the app's own address", async () => {
		await using crm = await startCallback('theirs');
		await overrideAccount(crm.url);
		const trigger = await publish({ options: { ...replace, listenAt: 'account' } });
		expect(registered()).toEqual([await trigger.url()]);
		await trigger.unpublish();
		expect(await subscribed()).toEqual({ data: [app()] });
		expect(installation.host.log.text()).toContain(`did not take back the previous webhook ${crm.url}`);
	});

	it('restores the address of another workflow', async () => {
		const first = await publish({ id: 'first' });
		const second = await publish({ id: 'second', options: { replaceExistingWebhook: true } });
		expect(registered()).toEqual([await second.url()]);
		await second.unpublish();
		expect(registered()).toEqual([await first.url()]);
		expect(await first.hook('checkExists')).toBe(true);
	});

	it('uses the address for test events and then restores it', async () => {
		const trigger = await publish();
		const test = await publish({ isTest: true });
		expect(registered()).toEqual([await test.url()]);
		const { verificationId } = await send();
		expect(itemsOf(await nextPost(test))).toMatchObject([{ event: 'message.sent', verificationId }]);
		await test.unpublish();
		expect(registered()).toEqual([await trigger.url()]);
		await trigger.unpublish();
		expect(await subscribed()).toEqual({ data: [] });
	});

	// Public report: Meta refuses an override until the app is subscribed, so that new accounts could not publish.
	it('subscribes the app before it sets the address, and ends both when it is unpublished', async () => {
		const trigger = await publish();
		const bodies = installation.sandbox.requests({ call: 'setWebhook', method: 'POST' }).map(({ body }) => body);
		const override = { override_callback_uri: await trigger.url(), verify_token: anyString };
		expect(bodies).toEqual([{}, { webhook_configuration: override }]);
		await trigger.unpublish();
		expect(await subscribed()).toEqual({ data: [] });
	});

	it('leaves an account without subscription as it was if Meta refuses the address', async () => {
		const refusal = { call: 'setWebhook', effect: { error: { code: 2200 } } } as const;
		const refuse = () => installation.sandbox.addFault({ ...refusal, times: 1 });
		installation.sandbox.addFault({ ...refusal, times: 1, effect: { delayMs: 1 } });
		refuse();
		await expect(publish()).rejects.toThrow('Meta could not verify the webhook address');
		expect(await subscribed()).toEqual({ data: [] });
	});

	it('rejects an address that is too long for Meta, and says which setting makes it shorter', async () => {
		await expect(publish({ id: 'x'.repeat(200) })).rejects.toMatchObject({
			message: matching(/^The webhook address of n8n has 2\d\d characters, and Meta takes at most 200\. .*WEBHOOK_URL/),
		});
		expect(await subscribed()).toEqual({ data: [] });
	});

	const foreign = (id: string, url: string) => ({
		whatsapp_business_api_data: { id },
		override_callback_uri: url,
	});
	const listApps = (...data: object[]) =>
		installation.sandbox.addFault({ call: 'getWebhook', effect: { answer: { status: 200, body: { data } } } });

	// Public report: one foreign app stopped the activation, although it has its own webhook.
	it.each([
		['one other app', [foreign('1', 'https://crm.example.test/')]],
		['two other apps', [foreign('1', 'https://crm.example.test/'), foreign('2', 'https://shop.example.test/')]],
	])('ignores %s of the account, and ends only its own subscription', async (_what, others) => {
		listApps(...others);
		const trigger = await publish();
		expect(registered()).toEqual([await trigger.url()]);
		installation.sandbox.clearFaults();
		listApps(...others, app({ whatsapp_business_api_data: { id: appId } }));
		await trigger.unpublish();
		installation.sandbox.clearFaults();
		expect(await subscribed()).toEqual({ data: [] });
	});

	it.each([[1], [2]])('treats an address as its own if Meta does not name the app: %i in the list', async (count) => {
		listApps(
			...[foreign('1', 'https://crm.example.test/'), foreign('2', 'https://shop.example.test/')].slice(0, count),
		);
		installation.sandbox.addFault({ call: 'getAccount', effect: { answer: { status: 400, body: {} } } });
		await expect(publish()).rejects.toThrow('already points to https://crm.example.test/');
	});

	// Public report: the number's own address comes before the account's, so that events went elsewhere for ever.
	it("fails if the number has another address, which comes before the account's", async () => {
		await using crm = await startCallback();
		await meta.post(apps, {});
		await overrideNumber(crm.url);
		await expect(publish()).rejects.toThrow(`already points to ${crm.url}`);
		expect(registered()).toEqual([crm.url]);
	});

	it('passes events on to the address of the app, which gets none beside that of the number', async () => {
		await using chatbot = await startCallback();
		await setApp(chatbot.url);
		const options = { passEventsOnTo: chatbot.url };
		const trigger = await publish({ options });
		expect(registered()).toContain(await trigger.url());
		// The test address of the editor takes the place of the published one.
		const test = await publish({ options, isTest: true });
		expect(registered()).toContain(await test.url());
	});

	it('replaces the address of the number if the option is on, and leaves that of the account', async () => {
		await using crm = await startCallback('theirs');
		await overrideAccount(`${crm.url}/account`);
		await overrideNumber(crm.url);
		const trigger = await publish({ options: replace });
		expect(registered()).toEqual([await trigger.url()]);
		expect(await trigger.hook('checkExists')).toBe(true);
		await trigger.unpublish();
		// Meta asks the former address for a token that only the other system knows. So it can't be restored.
		expect(await configuration()).toMatchObject({
			webhook_configuration: { whatsapp_business_account: `${crm.url}/account` },
		});
		expect(registered()).toEqual([`${crm.url}/account`]);
	});

	it('restores the address of the number if Meta can verify it', async () => {
		await using crm = await startCallback();
		await meta.post(apps, {});
		await overrideNumber(crm.url);
		const trigger = await publish({ options: { replaceExistingWebhook: true } });
		await trigger.unpublish();
		expect(registered()).toEqual([crm.url]);
	});

	it('notices that the number got another address, which now gets the events', async () => {
		await using crm = await startCallback();
		const trigger = await publish({ options: { listenAt: 'account' } });
		await overrideNumber(crm.url);
		expect(await trigger.hook('checkExists')).toBe(false);
		await overrideNumber('');
		expect(await trigger.hook('checkExists')).toBe(true);
	});

	it('notices that the app is no longer subscribed', async () => {
		const trigger = await publish();
		await meta.delete(apps);
		expect(await trigger.hook('checkExists')).toBe(false);
	});

	it.each([
		[
			'does not know the field',
			400,
			{ error: { code: 100, message: '(#100) Tried accessing nonexisting field' } },
			true,
		],
		['has an internal error', 500, {}, false],
		['gives an unreadable answer', 200, '<html>', false],
	])('asks the number for its address, and Meta %s', async (_what, status, body, isPublished) => {
		installation.sandbox.addFault({ call: 'getAccount', effect: { answer: { status, body } } });
		const publishing = publish().then(
			() => true,
			() => false,
		);
		expect(await publishing).toBe(isPublished);
	});

	it('names the missing setting if there is no app secret', async () => {
		for (const appSecretGiven of ['', ' ']) {
			await expect(publish({ credential: { appSecret: appSecretGiven } })).rejects.toMatchObject({
				name: 'NodeOperationError',
				message: saying("'App Secret' in the credential is empty. ", 'App Settings > Basic'),
			});
		}
		expect(registered()).toEqual([]);
	});

	it('quotes Meta if the address does not answer the challenge', async () => {
		installation.sandbox.addFault({ call: 'setWebhook', times: 1, effect: { error: { code: 2200 } } });
		await expect(publish()).rejects.toThrow('Meta could not verify the webhook address. ');
		expect(registered()).toEqual([]);
	});
});

describe('the place to listen at', () => {
	const account = { listenAt: 'account' };
	const atApp = { listenAt: 'app' };

	it('is the number, so that the other numbers of the account are not touched', async () => {
		await using crm = await startCallback('theirs');
		await overrideAccount(crm.url);
		const trigger = await publish({ options: replace });
		expect(await subscribed()).toEqual({ data: [app({ override_callback_uri: crm.url })] });
		await trigger.unpublish();
		expect(await configuration()).toEqual({
			id: phoneNumberId,
			webhook_configuration: { whatsapp_business_account: crm.url },
		});
	});

	it.each([['number'], ['account'], ['app']])('%s gets the events, and is left as it was found', async (listenAt) => {
		const trigger = await publish({ options: { listenAt } });
		expect(registered()).toEqual([await trigger.url()]);
		expect(await trigger.hook('checkExists')).toBe(true);
		const { verificationId } = await send();
		expect(itemsOf(await nextPost(trigger))).toMatchObject([{ event: 'message.sent', verificationId }]);
		await trigger.unpublish();
		expect([await subscribed(), (await configuration()) ?? {}, await appNow()]).toEqual([
			{ data: [] },
			{ id: phoneNumberId, webhook_configuration: {} },
			undefined,
		]);
	});

	// Public report: publishing took the events of n8n's WhatsApp Trigger, which has the app's callback, without a word.
	it.each([['number'], ['account'], ['app']])(
		"%s is not taken silently from the app's own callback, which comes back",
		async (listenAt) => {
			await using chatbot = await startCallback();
			await meta.post(apps, {});
			await setApp(chatbot.url, ['messages', 'security']);
			await expect(publish({ options: { listenAt } })).rejects.toThrow(`already points to ${chatbot.url}`);
			expect(registered()).toEqual([chatbot.url]);
			const trigger = await publish({ options: { ...replace, listenAt } });
			expect(registered()).toEqual([await trigger.url()]);
			expect((await appNow())?.fields).toEqual(['messages', 'security']);
			await trigger.unpublish();
			expect(registered()).toEqual([chatbot.url]);
			expect(await appNow()).toEqual({ url: chatbot.url, fields: ['messages', 'security'] });
		},
	);

	it('may be taken from a callback of the app that gets nothing of this account', async () => {
		await using chatbot = await startCallback();
		await setApp(chatbot.url);
		const trigger = await publish();
		expect(registered()).toEqual([await trigger.url()]);
		await trigger.unpublish();
		expect(await subscribed()).toEqual({ data: [] });
	});

	it("says so in the log if Meta does not take the app's callback back", async () => {
		await using chatbot = await startCallback('theirs');
		await meta.post(apps, {});
		await setApp(chatbot.url);
		const trigger = await publish({ options: { ...replace, ...atApp } });
		await trigger.unpublish();
		expect(await appNow()).toBeUndefined();
		expect(installation.host.log.text()).toContain(`did not take back the previous webhook ${chatbot.url}`);
	});

	it('names the address of the number that comes before the place, also if everything may be replaced', async () => {
		await using crm = await startCallback();
		await meta.post(apps, {});
		await overrideNumber(crm.url);
		for (const options of [account, atApp, { ...replace, ...account }, { ...replace, ...atApp }]) {
			await expect(publish({ options })).rejects.toMatchObject({
				message: saying(
					`The number at Meta has an address that comes before this place: ${crm.url}. `,
					"'Listen At' to Phone Number",
				),
			});
		}
		await overrideNumber('');
		await meta.post(apps, { override_callback_uri: crm.url, verify_token: 'theirs' });
		await expect(publish({ options: atApp })).rejects.toThrow('The business account at Meta has an address');
		expect(await appNow()).toBeUndefined();
	});

	it('is the app for template events, and other addresses do not matter then', async () => {
		await using crm = await startCallback();
		await overrideAccount(crm.url);
		const trigger = await publish({ options: atApp, events: templateEvents });
		expect(await trigger.hook('checkExists')).toBe(true);
		expect(await appNow()).toEqual({
			url: await trigger.url(),
			fields: ['message_template_quality_update', 'message_template_status_update', 'template_category_update'],
		});
		await trigger.unpublish();
		expect(registered()).toEqual([crm.url]);
	});

	// Public report: a trigger with template events was published with an override, and no event could ever come.
	it.each([[{}], [account]])('with template events stops, and the error says where they come: %j', async (options) => {
		await expect(publish({ options, events: ['message.sent', 'template.status'] })).rejects.toMatchObject({
			message: matching(
				/^Meta Cloud API sends no template events to 'Listen At' (Phone Number|Business Account)\. .*'Listen At' to App/,
			),
		});
		expect(installation.sandbox.requests({ method: 'POST' })).toEqual([]);
	});

	it('app gets a field that another event needs, when the workflow is published again', async () => {
		const trigger = await publish({ options: atApp });
		const more = await publish({ options: atApp, events: ['message.sent', 'template.status'] });
		expect(await trigger.url()).toBe(await more.url());
		expect((await appNow())?.fields).toEqual(['message_template_status_update', 'messages']);
	});

	it('app needs the right app secret, and the error says where it is', async () => {
		await expect(publish({ options: atApp, credential: { appSecret: 'wrong' } })).rejects.toMatchObject({
			message: containing("'App Secret'"),
		});
		expect(registered()).toEqual([]);
	});

	it('app needs a token whose app Meta names', async () => {
		installation.sandbox.addFault({ call: 'getAccount', effect: { answer: { status: 400, body: {} } } });
		await expect(publish({ options: atApp })).rejects.toThrow(
			'Meta does not say to which app the access token belongs',
		);
	});

	it('is found and left as it was if the builder has changed it', async () => {
		const trigger = await publish({ options: account });
		const moved = await publish({});
		expect(await configuration()).toMatchObject({
			webhook_configuration: { phone_number: await trigger.url(), whatsapp_business_account: await trigger.url() },
		});
		await moved.unpublish();
		expect([await configuration(), registered()]).toEqual([{ id: phoneNumberId, webhook_configuration: {} }, []]);
	});

	it('is written to the log with what was there before', async () => {
		await using chatbot = await startCallback();
		await meta.post(apps, {});
		await setApp(`${chatbot.url}?key=theirs`);
		const trigger = await publish({ options: replace });
		const line = `now sends events to ${await trigger.url()} (Listen At: Phone Number). It replaces ${chatbot.url}.`;
		expect(installation.host.log.text()).toContain(line);
		expect(installation.host.log.text()).not.toContain('key=theirs');
	});
});

describe('an access token without the right to set webhooks', () => {
	it.each([
		['lacks the permission', { accessToken: messagingToken }, 'The access token lacks a permission'],
		['has no account beside it', { businessAccountId: '' }, "'Business Account ID' in the credential is empty"],
	])('leads to an error with the address and the token to copy: the token %s', async (_what, credential, what) => {
		const trigger = await publish();
		const [url, token] = [await trigger.url(), verifyToken()];
		await trigger.unpublish();
		await expect(publish({ credential })).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: saying(`${what}, so n8n cannot set the webhook. `, `callback URL ${url} and the verify token ${token}`),
		});
	});

	it('is enough if a person sets the webhook, and Meta is not called', async () => {
		await (await publish()).unpublish();
		const token = verifyToken();
		const options = { webhookSetByHand: true };
		const trigger = await publish({ options, credential: { accessToken: messagingToken } });
		const url = await trigger.url();
		await meta.post(apps, {});
		expect((await meta.post(apps, { override_callback_uri: url, verify_token: token })).data).toEqual({
			success: true,
		});
		const { verificationId } = await send();
		expect(itemsOf(await nextPost(trigger))).toMatchObject([{ event: 'message.sent', verificationId }]);
		await trigger.unpublish();
		expect(registered()).toEqual([url]);
	});

	it('is not enough for test events then, and the error says what to do', async () => {
		await expect(publish({ options: { webhookSetByHand: true }, isTest: true })).rejects.toMatchObject({
			message: saying('Test events need a webhook that n8n sets itself. ', 'Publish the workflow'),
		});
	});
});

describe("Meta's challenge", () => {
	const right = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444' };
	const ask = async (trigger: PublishedTrigger, query: string) => {
		const response = await fetch(`${await trigger.url()}?${query}`);
		const type = response.headers.get('content-type');
		return { status: response.status, text: await response.text(), type };
	};
	const query = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

	it('is answered with its text, as plain text', async () => {
		const trigger = await publish();
		const challenge = '<script>é&amp;</script>';
		const asked = query({ ...right, 'hub.verify_token': verifyToken(), 'hub.challenge': challenge });
		expect(await ask(trigger, asked)).toEqual({ status: 200, text: challenge, type: matching(/^text\/plain/) });
	});

	it('is refused without the right token', async () => {
		const trigger = await publish();
		const token = verifyToken();
		const wrong = [
			'',
			query(right),
			query({ ...right, 'hub.verify_token': 'vibecoding' }),
			query({ ...right, 'hub.verify_token': '' }),
			query({ ...right, 'hub.verify_token': token.slice(0, -1) }),
			query({ 'hub.verify_token': token, 'hub.challenge': '1' }),
			query({ ...right, 'hub.mode': 'unsubscribe', 'hub.verify_token': token }),
			query({ 'hub.mode': 'subscribe', 'hub.verify_token': token }),
		];
		for (const asked of wrong) expect(await ask(trigger, asked)).toMatchObject({ status: 403, text: 'Forbidden' });
	});
});

describe('the signature', () => {
	const [escaped] = ['{"name":"Jos\\u00e9 \\ud83d\\ude00"}'];

	it('is checked over the bytes as received, with emoji', async () => {
		const trigger = await publish();
		const plain = JSON.stringify(JSON.parse(escaped));
		expect(plain).not.toBe(escaped);
		expect(await post(trigger, escaped)).toMatchObject({ status: 200 });
		expect(await post(trigger, plain, sign(escaped))).toMatchObject({ status: 401 });
		expect(await post(trigger, plain)).toMatchObject({ status: 200 });
	});

	it('is refused and starts no run if it is missing, in another format or made with another secret', async () => {
		const trigger = await publish();
		installation.sandbox.setSchedule({ enabled: false });
		const { verificationId } = await send();
		const [message] = installation.sandbox.messages();
		const given = { biz_opaque_callback_data: message?.callbackData };
		const body = JSON.stringify(statusesPayload(status(message?.id, 'read', given)));
		const { 'x-hub-signature-256': signature } = sign(body);
		const forged: Array<Record<string, string>> = [
			{},
			sign(body, 'another'),
			sign(body, ''),
			{ 'x-hub-signature-256': '' },
			{ 'x-hub-signature-256': 'sha256=' },
			{ 'x-hub-signature-256': signature.slice(7) },
			{ 'x-hub-signature-256': `${signature}00` },
			{ 'x-hub-signature': signature },
		];
		for (const headers of forged) expect((await post(trigger, body, headers)).status).toBe(401);
		expect(await post(trigger, `${body} `, { 'x-hub-signature-256': signature })).toMatchObject({ status: 401 });
		const { items } = await post(trigger, body);
		expect(items).toMatchObject([{ event: 'message.read', verificationId }]);
	});

	it('writes few lines to the log if it is wrong many times', async () => {
		const trigger = await publish({ id: 'forged-often' });
		const lines = () => installation.host.log.text().split('without the right secret').length - 1;
		const before = lines();
		for (let count = 0; count < 25; count += 1) await post(trigger, '{}', sign('{}', 'another'));
		expect(lines() - before).toBe(2);
		expect(installation.host.log.text()).toContain('10 webhooks without the right secret');
	});
});

describe('a status', () => {
	const ofNumber = (phone_number_id: string, ...statuses: object[]) =>
		JSON.stringify({
			object: 'whatsapp_business_account',
			entry: [{ id: '1', changes: [{ field: 'messages', value: { metadata: { phone_number_id }, statuses } }] }],
		});
	const all = { options: { onlyOtpMessages: false } };

	// Public report: an account with several numbers, whose statuses all come to the account's address.
	it('of another number of the account starts no run', async () => {
		const trigger = await publish(all);
		const [ours, theirs] = [status('wamid.foreign', 'delivered'), status('wamid.other', 'delivered')];
		expect((await post(trigger, ofNumber('999999999999999', theirs))).items).toEqual([]);
		expect((await post(trigger, ofNumber(phoneNumberId, ours))).items).toMatchObject([
			{ event: 'message.delivered', messageId: 'wamid.foreign', verificationId: null },
		]);
	});

	it('of a message of this n8n counts, through whichever number it was sent', async () => {
		const trigger = await publish();
		installation.sandbox.setSchedule({ enabled: false });
		const { verificationId } = await send();
		const [message] = installation.sandbox.messages();
		const given = { biz_opaque_callback_data: message?.callbackData };
		expect((await post(trigger, ofNumber('999999999999999', status(message?.id, 'read', given)))).items).toMatchObject([
			{ event: 'message.read', verificationId },
		]);
	});

	// Public report: since 2026 a status may name a user ID instead of the number.
	it('of a person who hides the number has the user ID, and the number if the code was sent from here', async () => {
		const trigger = await publish(all);
		installation.sandbox.setSchedule({ withoutNumber: true, unknownFields: true, statuses: ['sent'] });
		const { to, verificationId } = await send();
		const ids = { recipientUserId: matching(/^US\.\d+$/), recipientUsername: 'sam' };
		expect(itemsOf(await nextPost(trigger))).toMatchObject([{ verificationId, recipient: to.slice(1), ...ids }]);
		const foreign = { recipient_id: undefined, recipient_user_id: 'DE.1' };
		expect((await post(trigger, ofNumber(phoneNumberId, status('wamid.x', 'delivered', foreign)))).items).toMatchObject(
			[{ verificationId: null, recipient: null, recipientUserId: 'DE.1' }],
		);
	});

	it('of a payment starts no run', async () => {
		const trigger = await publish(all);
		const payment = status('wamid.pay', 'failed', { type: 'payment', payment: { reference_id: 'r1' } });
		expect((await post(trigger, ofNumber(phoneNumberId, payment))).items).toEqual([]);
	});
});

describe('template events', () => {
	const value = {
		message_template_id: 278077987957091,
		message_template_name: 'welcome_template',
		message_template_language: 'en-US',
	};
	const same = { id: '278077987957091', name: 'welcome_template', language: 'en_US' };
	const unsaid = { status: null, category: null, reason: null, details: null };
	const changed = (field: string, more: object, { time }: { time?: number } = { time: 1746082800 }) =>
		JSON.stringify({
			object: 'whatsapp_business_account',
			entry: [{ id: '1', time, changes: [{ field, value: { ...value, ...more } }] }],
		});

	const publishAtApp = (id = 'the-node') =>
		publish({ id, options: { listenAt: 'app' }, events: [...allEvents, ...templateEvents] });

	it('start a run when Meta approves or rejects a template', async () => {
		const trigger = await publishAtApp();
		const order = { provider: account, name: 'verification_code', language: 'en_US' } as const;
		installation.sandbox.setTemplate({ ...order, status: 'REJECTED', reason: 'INVALID_FORMAT' });
		const [rejected] = itemsOf(await nextPost(trigger));
		const [template] = installation.sandbox.templates();
		const { id, name, language } = template ?? {};
		const expected = {
			id,
			name,
			language,
			status: 'REJECTED',
			category: 'AUTHENTICATION',
			reason: 'INVALID_FORMAT',
			details: null,
		};
		expect(rejected).toEqual({ event: 'template.status', provider, occurredAt: inSeconds(0), template: expected });
		installation.sandbox.setTemplate({ ...order, status: 'APPROVED' });
		expect(itemsOf(await nextPost(trigger))).toMatchObject([
			{ event: 'template.status', template: { status: 'APPROVED', reason: null } },
		]);
	});

	it('report quality and category, and an announced category beside the current one', async () => {
		const trigger = await publishAtApp();
		const occurredAt = '2025-05-01T07:00:00.000Z';
		const quality = changed('message_template_quality_update', {
			previous_quality_score: 'GREEN',
			new_quality_score: 'YELLOW',
		});
		expect((await post(trigger, quality)).items).toEqual([
			{
				event: 'template.quality',
				provider,
				occurredAt,
				template: { ...same, ...unsaid, quality: 'YELLOW', previousQuality: 'GREEN' },
			},
		]);
		const [announced, done] = [
			{ new_category: 'UTILITY', correct_category: 'MARKETING', category_update_timestamp: 1746169200 },
			{ previous_category: 'UTILITY', new_category: 'MARKETING' },
		].map((more) => changed('template_category_update', more));
		const { items } = await post(trigger, announced ?? '');
		expect(items).toMatchObject([
			{
				event: 'template.category',
				template: { ...same, category: 'UTILITY', comingCategory: 'MARKETING', comingAt: '2025-05-02T07:00:00.000Z' },
			},
		]);
		expect((await post(trigger, done ?? '')).items).toMatchObject([
			{ template: { category: 'MARKETING', previousCategory: 'UTILITY', comingCategory: null, comingAt: null } },
		]);
	});

	// Public report: without `time`, the time of arrival made each repetition look new.
	it.each([[1746082800], [undefined]])('start one run, also if Meta repeats them, with the time %j', async (time) => {
		const trigger = await publishAtApp(`at-${time}`);
		const body = changed('message_template_status_update', { event: 'PAUSED', reason: 'NONE' }, { time });
		const heard = [await post(trigger, body), await post(trigger, body), await post(trigger, body)];
		expect(heard.map(({ status: answered, items }) => [answered, items.length])).toEqual([
			[200, 1],
			[200, 0],
			[200, 0],
		]);
	});
});
