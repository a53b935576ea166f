import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { emulators } from '../../sandbox/providers';
import { approveTemplate, byName, codeOn, newPhone, useInstallation, wrongCode } from '../support/installation';
import { anyString } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import type { CredentialData, PublishedTrigger, WebhookOutcome } from '../support/n8n-core';
import { headingIn, idIn, Visitor } from '../support/sign-in-visitor';
import { pass } from '../support/time';
import { credentialOf } from '../support/webhook-senders';

const signInType = 'n8n-nodes-whatsapp-otp.whatsAppOtpSignInTrigger';
const installation = useInstallation();
/** All tests come from one address, so its limits would end them. test/nodes/bot-protection.test.ts has the proofs. */
const limits = { limits: { limit: { perCallerHour: 0, failedChecksPerCallerHour: 0 } }, botProtection: 'none' };

let published: PublishedTrigger;
let calls: number;

interface Published {
	isTest?: boolean;
	credentials?: Record<string, CredentialData>;
	parameters?: INodeParameters;
	options?: INodeParameters;
}

async function publish({ parameters = {}, options = {}, isTest = false, credentials }: Published = {}) {
	calls = 0;
	published = await installation.host.publish({
		trigger: {
			id: 'sign-in',
			webhookId: 'sign-in',
			type: signInType,
			typeVersion: 2,
			parameters: {
				provider: 'dialog360',
				...byName('verification_code'),
				options: { ...limits, ...options },
				...parameters,
			},
		},
		credentials: credentials ?? { whatsAppOtp360DialogApi: installation.account },
		isTest,
	});
	return new Visitor(await published.url());
}

/** The items of the runs that all requests since the last call have started. */
async function runs(requests: number): Promise<IDataObject[]> {
	const outcomes: WebhookOutcome[] = [];
	for (; calls < requests; calls += 1) outcomes.push(await published.next());
	return outcomes.flatMap(({ run }) => (run?.node('Trigger').outputs[0] ?? []).map(({ json }) => json));
}

afterEach(() => published?.stop());

describe('the sign-in page', () => {
	it('starts the workflow once, with the number, when the code is right', async () => {
		const visitor = await publish();
		const to = newPhone();
		const number = await visitor.open();
		expect(headingIn(number)).toBe('Sign in');
		expect(number.headers.get('content-security-policy')).toContain("default-src 'none'");
		const code = await visitor.post({ phone: to });
		expect(headingIn(code)).toBe('Enter the code');
		expect(code.setCookie).toMatch(/; HttpOnly; SameSite=Lax$/);
		expect(code.html).not.toContain(to);
		const wrong = await visitor.post({ verificationId: idIn(code), code: wrongCode(codeOn(installation.sandbox, to)) });
		expect(headingIn(wrong)).toBe('Enter the code');
		expect(await runs(3)).toEqual([]);
		const done = await visitor.post({ verificationId: idIn(code), code: codeOn(installation.sandbox, to) });
		expect(headingIn(done)).toBe('Your number is verified');
		expect(await runs(4)).toEqual([
			{
				phone: to,
				verificationId: idIn(code),
				verifiedAt: anyString,
				purpose: 'sign-in',
				provider: 'dialog360',
				language: 'en',
				query: {},
			},
		]);
	});

	it('opens only the address that the builder entered', async () => {
		await publish({ parameters: { respond: 'redirect', redirectUrl: 'https://app.example.com/in' } });
		const visitor = new Visitor(`${await published.url()}?redirectUrl=https://evil.example.com&next=7`);
		const to = newPhone();
		await visitor.post({ phone: to });
		const done = await visitor.post({
			code: codeOn(installation.sandbox, to),
			redirectUrl: 'https://evil.example.com',
		});
		expect(done.html).toContain('href="https://app.example.com/in"');
		expect(done.html).not.toContain('evil.example.com');
		expect(await runs(2)).toMatchObject([{ query: { next: '7' } }]);
	});

	it('shows a second click on the button that the sign-in is done, without a second run', async () => {
		const visitor = await publish();
		const to = newPhone();
		const id = idIn(await visitor.post({ phone: to }));
		const code = codeOn(installation.sandbox, to);
		const clicks = await Promise.all(Array.from({ length: 20 }, () => visitor.post({ verificationId: id, code })));
		expect(new Set(clicks.map(headingIn))).toEqual(new Set(['Your number is verified']));
		expect(headingIn(await visitor.open())).toBe('Your number is verified');
		expect(await runs(22)).toHaveLength(1);
		// Another browser with the same id and code learns that the code was used.
		const thief = await new Visitor(await published.url()).post({ verificationId: id, code });
		expect(headingIn(thief)).not.toBe('Your number is verified');
		expect(await runs(23)).toEqual([]);
	});

	it('goes on with the code after a reload and after the same number', async () => {
		const visitor = await publish();
		const to = newPhone();
		const id = idIn(await visitor.post({ phone: to }));
		expect(idIn(await visitor.open())).toBe(id);
		expect(headingIn(await visitor.post({ verificationId: id, restart: 'true' }))).toBe('Sign in');
		const again = await visitor.post({ phone: to });
		expect([headingIn(again), idIn(again)]).toEqual(['Enter the code', id]);
		expect(installation.sandbox.messages({ to })).toHaveLength(1);
		// A browser that has not begun it does not get the verification of another person.
		const stranger = await new Visitor(await published.url()).post({ phone: to });
		expect(headingIn(stranger)).toBe('Sign in');
		expect(stranger.html).not.toContain(id);
	});

	it('sends one code for two clicks on the button of the number', async () => {
		const visitor = await publish();
		const to = newPhone();
		await visitor.open();
		const clicks = await Promise.all([visitor.post({ phone: to }), visitor.post({ phone: to })]);
		expect(clicks.map(headingIn)).toEqual(['Enter the code', 'Enter the code']);
		expect(idIn(clicks[0])).toBe(idIn(clicks[1]));
		expect(installation.sandbox.messages({ to })).toHaveLength(1);
	});

	it('does not resend within the pause', async () => {
		const visitor = await publish();
		const to = newPhone();
		const id = idIn(await visitor.post({ phone: to }));
		expect(headingIn(await visitor.post({ verificationId: id, resend: 'true' }))).toBe('Enter the code');
		expect(installation.sandbox.messages({ to })).toHaveLength(1);
	});

	it('ends after five wrong codes, without a run', async () => {
		const visitor = await publish();
		const to = newPhone();
		const id = idIn(await visitor.post({ phone: to }));
		const code = wrongCode(codeOn(installation.sandbox, to));
		for (let i = 0; i < 5; i += 1) await visitor.post({ verificationId: id, code });
		const right = await visitor.post({ verificationId: id, code: codeOn(installation.sandbox, to) });
		expect(right.html).not.toContain('name="code"');
		expect(headingIn(right)).not.toBe('Your number is verified');
		expect(await runs(7)).toEqual([]);
	});

	it('says that it is unavailable if the provider refuses the key', async () => {
		const visitor = await publish({
			credentials: { whatsAppOtp360DialogApi: { ...installation.account, apiKey: 'wrong' } },
		});
		const answer = await visitor.post({ phone: newPhone() });
		expect(answer.status).toBe(503);
		expect(await runs(1)).toEqual([]);
	});

	it('sends again after a send that the provider refused', async () => {
		const visitor = await publish();
		const to = newPhone();
		installation.sandbox.addFault({ call: 'send', to, times: 1, effect: { error: { code: 132001 } } });
		await visitor.open();
		expect((await visitor.post({ phone: to })).status).toBe(503);
		pass(5);
		expect(headingIn(await visitor.post({ phone: to }))).toBe('Enter the code');
		expect(installation.sandbox.messages({ to })).toHaveLength(1);
	});

	it('asks for another number if the number is not on WhatsApp', async () => {
		const visitor = await publish();
		const to = newPhone();
		installation.sandbox.addFault({ call: 'send', to, effect: { error: { code: 131026 } } });
		const answer = await visitor.post({ phone: to });
		expect(headingIn(answer)).toBe('Sign in');
		expect(answer.html).toContain('aria-invalid="true"');
	});

	it('resends after the pause, and the new code signs in', async () => {
		const visitor = await publish();
		const to = newPhone();
		const id = idIn(await visitor.post({ phone: to }));
		pass(30);
		const resent = await visitor.post({ verificationId: id, resend: 'true' });
		expect(idIn(resent)).toBe(id);
		expect(installation.sandbox.messages({ to })).toHaveLength(2);
		await visitor.post({ verificationId: id, code: codeOn(installation.sandbox, to) });
		expect(await runs(3)).toMatchObject([{ phone: to }]);
	});

	it('approves nothing while the store is down', async () => {
		const begun = newPhone();
		const verificationId = idIn(await (await publish()).post({ phone: begun }));
		await published.stop();
		const store = { store: 'redis', host: '127.0.0.1', port: 1, signingSecret: 'the secret of this test' };
		const visitor = await publish({
			credentials: { whatsAppOtp360DialogApi: installation.account, whatsAppOtpStoreApi: store },
		});
		const to = newPhone();
		expect((await visitor.post({ phone: to })).status).toBe(503);
		const checked = await visitor.post({ verificationId, code: codeOn(installation.sandbox, begun) });
		expect(checked.status).toBe(503);
		expect(installation.sandbox.messages({ to })).toEqual([]);
		expect(await runs(2)).toEqual([]);
	});

	it.each([
		['a form of another website', { origin: 'https://evil.example.com', 'sec-fetch-site': 'cross-site' }],
		['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
	])('refuses %s', async (_what, headers) => {
		const visitor = await publish();
		const to = newPhone();
		expect((await visitor.post({ phone: to }, headers)).status).toBe(403);
		expect(installation.sandbox.messages({ to })).toEqual([]);
	});

	it('refuses numbers of other countries, and all numbers after the limit for all people', async () => {
		const { perCallerHour, failedChecksPerCallerHour } = limits.limits.limit;
		const limit = { perCallerHour, failedChecksPerCallerHour, totalHour: 1 };
		const options = { allowedCountries: 'DE', namespace: 'one-an-hour', limits: { limit } };
		const visitor = await publish({ options });
		expect(headingIn(await visitor.post({ phone: '+12015553931' }))).toBe('Sign in');
		expect(headingIn(await visitor.post({ phone: newPhone() }))).toBe('Enter the code');
		const third = newPhone();
		expect(headingIn(await new Visitor(await published.url()).post({ phone: third }))).toBe('Sign in');
		expect(installation.sandbox.messages({ to: third })).toEqual([]);
	});

	it('counts the sends of one caller by the address that n8n gives', async () => {
		const visitor = await publish({ options: { namespace: 'one-caller', limits: { limit: { perCallerHour: 1 } } } });
		expect(headingIn(await visitor.post({ phone: newPhone() }))).toBe('Enter the code');
		const second = newPhone();
		const answer = await new Visitor(await published.url()).post({ phone: second });
		expect(headingIn(answer)).toBe('Sign in');
		expect(installation.sandbox.messages({ to: second })).toEqual([]);
	});

	it("works at the editor's test URL", async () => {
		const visitor = await publish({ isTest: true });
		const to = newPhone();
		await visitor.post({ phone: to });
		await visitor.post({ code: codeOn(installation.sandbox, to) });
		expect(await runs(2)).toMatchObject([{ phone: to }]);
	});

	it.each(['dialog360', 'metaCloud', 'oneMsg', 'onPremises', 'waCr'] as const)('signs in with %s', async (id) => {
		const { name: credential } = emulators[id].credential(installation.sandbox.url);
		approveTemplate(installation.sandbox, 'verification_code', 'en_US', id);
		const visitor = await publish({
			parameters: { provider: id },
			credentials: credentialOf(installation.sandbox.url, { credential }),
		});
		const to = newPhone();
		expect(headingIn(await visitor.post({ phone: to }))).toBe('Enter the code');
		const done = await visitor.post({ code: codeOn(installation.sandbox, to) });
		expect(headingIn(done)).toBe('Your number is verified');
		expect(await runs(2)).toMatchObject([{ phone: to, provider: id }]);
	});

	it("takes the browser's language among those of the template, for page and message", async () => {
		approveTemplate(installation.sandbox, 'in_two_languages', 'en_US');
		approveTemplate(installation.sandbox, 'in_two_languages', 'de');
		await publish({ parameters: byName('in_two_languages') });
		const visitor = new Visitor(await published.url(), { 'accept-language': 'de-AT,de;q=0.9,fr;q=0.8' });
		const to = newPhone();
		expect((await visitor.post({ phone: to })).html).toContain('<html lang="de"');
		expect(installation.sandbox.messages({ to })[0]).toMatchObject({ template: { language: 'de' } });
	});
});

describe("the list in 'Language'", () => {
	it("begins with the browser's language", async () => {
		const credentials = { whatsAppOtp360DialogApi: installation.account };
		const parameters = { provider: 'dialog360', ...byName('verification_code') };
		const node = { type: signInType, typeVersion: 2, parameters, credentials };
		expect(await installation.host.loadOptions('getSignInLanguages', node)).toEqual([
			{ name: "The Browser's Language", value: 'browser' },
			{ name: 'English (US)', value: 'en_US' },
		]);
	});
});

describe('publishing', () => {
	it.each([
		["'Redirect URL' is empty", { respond: 'redirect' }],
		["'Redirect URL' must be an address", { respond: 'redirect', redirectUrl: 'javascript:alert(1)' }],
		['holds an expression', { page: { title: '={{ $json.title }}' } }],
		["'Template' is empty", byName('')],
		["'Allowed Origins' must be addresses", { options: { allowedOrigins: '*' } }],
		["'Allowed Origins' must be addresses", { options: { allowedOrigins: 'https://app.example.com, null' } }],
	])('stops with the sentence: %s', async (message, parameters) => {
		await expect(publish({ parameters })).rejects.toThrow(message);
	});
});

describe('JSON at the address of the page', () => {
	const origin = 'https://app.example.com';

	async function post(body: object, headers: Record<string, string> = {}) {
		const sent = { 'content-type': 'application/json', ...headers };
		const response = await fetch(await published.url(), { method: 'POST', headers: sent, body: JSON.stringify(body) });
		const json = (await response.json()) as IDataObject;
		return { status: response.status, headers: response.headers, json };
	}

	it('signs a person in and starts one run', async () => {
		await publish();
		const to = newPhone();
		const sent = await post({ phone: to });
		expect(sent).toMatchObject({ status: 200, json: { result: 'sent', verificationId: anyString } });
		const { verificationId } = sent.json;
		const code = codeOn(installation.sandbox, to);
		expect(await post({ verificationId, code: wrongCode(code) })).toMatchObject({
			status: 401,
			json: { result: 'invalid_code', verified: false, attemptsRemaining: 4 },
		});
		const resent = await post({ verificationId, resend: true });
		expect(resent).toMatchObject({ status: 429, json: { result: 'cooldown' } });
		expect(Number(resent.headers.get('retry-after'))).toBe(resent.json.retryAfterSeconds);
		expect(await post({ verificationId, code })).toMatchObject({
			status: 200,
			json: { result: 'approved', verified: true, verificationId },
		});
		expect(await post({ verificationId, code })).toMatchObject({ status: 409, json: { result: 'already_used' } });
		expect(await runs(5)).toMatchObject([{ phone: to, verificationId }]);
	});

	it.each([
		['a number that is not valid', { phone: '12' }, 400, 'invalid_phone'],
		['an unknown verification', { verificationId: 'x'.repeat(32), code: '123456' }, 410, 'not_found'],
		['a list', [], 400, 'refused'],
		['an empty number', { phone: ' ' }, 400, 'invalid_phone'],
		['a code without a verification', { code: '123456' }, 400, 'refused'],
		['a restart, which only the page has', { restart: true, verificationId: 'x' }, 400, 'refused'],
		['two requests in one', { phone: '+12015553931', code: '123456' }, 400, 'refused'],
	])('answers %s', async (_what, body, status, result) => {
		await publish();
		expect(await post(body)).toMatchObject({ status, json: { result } });
		expect(await runs(1)).toEqual([]);
	});

	it('lets only the origins of the builder read and post', async () => {
		await publish({ options: { allowedOrigins: `${origin}/` } });
		const site = { 'sec-fetch-site': 'cross-site' };
		const allowed = await post({ phone: newPhone() }, { origin, ...site });
		expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
		const to = newPhone();
		const other = await post({ phone: to }, { origin: 'https://evil.example.com', ...site });
		expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([403, null]);
		expect(installation.sandbox.messages({ to })).toEqual([]);
	});
});

describe('a page without Allowed Countries', () => {
	const warnings = () => installation.host.log.entries.filter(({ text }) => text.includes('to every country'));

	it('warns when it is published, and a page with them does not', async () => {
		const before = warnings().length;
		await publish({ options: { allowedCountries: 'DE' } });
		expect(warnings()).toHaveLength(before);
		await published.stop();
		await publish();
		expect(warnings().length).toBeGreaterThan(before);
	});
});

describe('publishing with a template that cannot be used', () => {
	afterEach(() => {
		installation.sandbox.reset();
		approveTemplate(installation.sandbox, 'verification_code', 'en_US');
	});

	/** Found on a walk: the workflow had the green dot, and the page said 'Not available right now'. */
	it('stops if the template was typed wrong, and names those that are approved', async () => {
		await expect(publish({ parameters: byName('verfication_code') })).rejects.toThrow(
			/^360dialog has no approved template 'verfication_code'\. Choose .*verification_code.* in 'Template'/,
		);
	});

	it('goes on if the account has no template yet, and if the provider gives no list', async () => {
		installation.sandbox.addFault({ call: 'listTemplates', effect: { answer: { status: 500, body: {} } } });
		await expect(publish({ parameters: byName('verfication_code') })).resolves.toBeDefined();
		await published.stop();
		installation.sandbox.reset();
		await expect(publish()).resolves.toBeDefined();
	});

	it('happens again when n8n starts, also while the template is paused', async () => {
		await publish();
		approveTemplate(installation.sandbox, 'another_code', 'en_US');
		const { components } = copyCodeTemplate();
		installation.sandbox.setTemplate({ name: 'verification_code', language: 'en_US', components, status: 'PAUSED' });
		await expect(published.hook('checkExists', 'init')).resolves.toBe(true);
		await expect(published.hook('checkExists')).rejects.toThrow("has no approved template 'verification_code'");
	});
});
