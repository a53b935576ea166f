import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { z } from 'zod';
import { byName, codeOn, newPhone, useInstallation, wrongCode, type RunOptions } from '../support/installation';
import { anyString } from '../support/matchers';
import type { RunResult } from '../support/n8n-core';
import { RedisServer } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';
import { headingIn, Visitor } from '../support/sign-in-visitor';
import { inSeconds, pass } from '../support/time';

const { it: withRedis } = testsThatNeed('Redis');
const installation = useInstallation();

/** All tests come from one address, so its limits would end them. */
const limits = { limit: { perCallerHour: 0, failedChecksPerCallerHour: 0 } };

const waiting = (options: INodeParameters = {}, more: INodeParameters = {}): INodeParameters => ({
	resource: 'otp',
	operation: 'sendAndWaitForCode',
	to: '={{ $json.to }}',
	...byName('verification_code'),
	options: { limits, ...options },
	...more,
});

/** A No Operation stands behind each output. */
const connections = { Start: [['OTP']], OTP: [['No'], ['Yes']] };

async function run(parameters: INodeParameters, input: IDataObject[], options: RunOptions = {}): Promise<RunResult> {
	return (await installation.run(parameters, { input, connections, ...options })).result;
}

/** Sends a code, and comes to the page as the person. */
async function begin(parameters = waiting(), options?: RunOptions) {
	const to = newPhone();
	const result = await run(parameters, [{ to }], options);
	expect(result.status).toBe('waiting');
	const url = await installation.host.resumeUrl(result);
	return { result, to, url, visitor: new Visitor(url), code: codeOn(installation.sandbox, to) };
}

/** The JSON of what left by each output in the end. */
const ends = ({ status, runs }: RunResult) => {
	const of = (name: string) => runs[name]?.at(-1)?.outputs[0]?.map(({ json }) => json);
	return { status, no: of('No'), yes: of('Yes') };
};

const resumed = async (waitingRun: RunResult) => ends(await installation.host.resumed(waitingRun));

const approved = (to: string, attemptsRemaining: number) => ({
	result: 'approved',
	verified: true,
	to,
	verificationId: anyString,
	status: 'approved',
	attemptsRemaining,
	purpose: 'authentication',
	metadata: {},
	verifiedAt: anyString,
});

describe('Send and Wait for Code', () => {
	it('waits until the code has expired, shows the page, and goes on by Verified with the right code', async () => {
		const { result, to, visitor, code } = await begin();
		expect(result.waitTill?.toISOString()).toBe(inSeconds(310));
		const page = await visitor.open();
		expect(headingIn(page)).toBe('Enter the code');
		expect(page.html).not.toContain(to);
		expect(page.html).not.toContain('verificationId');
		expect(page.html).not.toContain('Wrong number');
		expect(headingIn(await visitor.post({ code: wrongCode(code) }))).toBe('Enter the code');
		expect(headingIn(await visitor.post({ code }))).toBe('Your number is verified');
		expect(await resumed(result)).toEqual({ status: 'success', no: undefined, yes: [approved(to, 3)] });
	});

	it('goes on by Verified once for 20 right codes at once', async () => {
		const { result, to, visitor, code } = await begin();
		const visits = await Promise.all(Array.from({ length: 20 }, () => visitor.post({ code })));
		expect(visits.filter((visit) => headingIn(visit) === 'Your number is verified')).toHaveLength(1);
		const { runs } = await installation.host.resumed(result);
		expect(runs.Yes).toHaveLength(1);
		expect(runs.Yes?.[0]?.outputs[0]?.map(({ json }) => json)).toEqual([approved(to, 4)]);
		expect(runs.No).toBeUndefined();
		expect((await visitor.post({ code })).status).toBe(409);
	});

	it('goes on by Not Verified after too many wrong codes', async () => {
		const { result, visitor, code } = await begin(waiting({ maxAttempts: 2 }));
		await visitor.post({ code: wrongCode(code) });
		expect(headingIn(await visitor.post({ code: wrongCode(code) }))).toBe('Too many wrong codes');
		expect(await resumed(result)).toMatchObject({
			no: [{ result: 'locked', verified: false, reason: 'Too many wrong codes were entered' }],
			yes: undefined,
		});
		expect((await visitor.post({ code })).status).toBe(409);
	});

	it('goes on by Not Verified at the end of the wait', async () => {
		const { result } = await begin(waiting({ metadata: '{"order": 7}' }));
		expect(ends(await installation.host.resumeByTime(result))).toEqual({
			status: 'success',
			yes: undefined,
			no: [
				{
					result: 'expired',
					verified: false,
					reason: 'The right code was not entered in time',
					verificationId: anyString,
					status: 'expired',
					purpose: 'authentication',
					metadata: { order: 7 },
				},
			],
		});
	});

	it('goes on by Not Verified when a code is posted after the limit', async () => {
		const { result, visitor, code } = await begin(waiting({ waitLimit: 90 }));
		expect(result.waitTill?.toISOString()).toBe(inSeconds(100));
		pass(91);
		expect(headingIn(await visitor.open())).toBe('The code has expired');
		expect(headingIn(await visitor.post({ code }))).toBe('The code has expired');
		expect(await resumed(result)).toMatchObject({ no: [{ result: 'expired', verified: false }], yes: undefined });
	});

	it('sends a new code to the same number, and counts as the first one did', async () => {
		const { result, to, visitor, code } = await begin();
		const early = await visitor.post({ resend: 'true' });
		expect(early.html).toContain('You cannot request a new code yet.');
		pass(31);
		expect((await visitor.post({ resend: 'true' })).html).toContain('We sent a new code.');
		const newer = codeOn(installation.sandbox, to);
		expect(newer).not.toBe(code);
		expect(headingIn(await visitor.post({ code: newer }))).toBe('Your number is verified');
		expect(await resumed(result)).toMatchObject({ yes: [{ result: 'approved', to }] });
	});

	it('ignores the id of another verification and the wish to change the number', async () => {
		const [own, other] = [await begin(), await begin()];
		const sent = z.object({ verificationId: z.string() }).parse(own.result.node('OTP').outputs[0]?.[0]?.json);
		const posted = await other.visitor.post({ ...sent, code: own.code });
		expect(headingIn(posted)).toBe('Enter the code');
		expect(headingIn(await other.visitor.post({ restart: 'true' }))).toBe('Enter the code');
		expect(headingIn(await other.visitor.post({ phone: newPhone() }))).toBe('Enter the code');
		expect(headingIn(await own.visitor.post({ code: own.code }))).toBe('Your number is verified');
		expect(await resumed(own.result)).toMatchObject({ yes: [{ to: own.to }] });
		expect(headingIn(await other.visitor.open())).toBe('Enter the code');
	});

	it.each([
		['another website', { 'sec-fetch-site': 'cross-site' }, 403],
		['plain text', { 'content-type': 'text/plain' }, 415],
	])('does not take a post of %s', async (_what, headers, status) => {
		const { result, visitor, code } = await begin();
		expect((await visitor.post({ code }, headers)).status).toBe(status);
		expect(headingIn(await visitor.post({ code }))).toBe('Your number is verified');
		expect(await resumed(result)).toMatchObject({ yes: [{ result: 'approved' }] });
	});

	it('does not take JSON', async () => {
		const { url, visitor, code } = await begin();
		const headers = { 'content-type': 'application/json' };
		const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ code }) });
		expect(status).toBe(415);
		expect(headingIn(await visitor.post({ code }))).toBe('Your number is verified');
	});

	it('keeps what the builder chose for the page, and says it at the end', async () => {
		const page = { title: 'Pay {{1}}', accentColor: '#123456', message: '={{ "Thank you, " + $json.to.slice(0, 3) }}' };
		const { result, visitor, code } = await begin(waiting({}, { page }), { node: { name: 'OTP' } });
		expect((await visitor.open()).html).toContain('Pay {{1}}');
		expect((await visitor.post({ code })).html).toContain('Thank you, +49');
		expect(await resumed(result)).toMatchObject({ yes: [{ result: 'approved' }] });
	});

	it('opens only the address that the builder entered', async () => {
		const page = { redirectUrl: 'https://example.com/paid' };
		const { url, code } = await begin(waiting({}, { page }));
		const visitor = new Visitor(`${url}&redirectUrl=https%3A%2F%2Fevil.example.com`);
		const done = await visitor.post({ code });
		expect(done.html).toContain('href="https://example.com/paid"');
		expect(done.html).not.toContain('evil');
	});

	it('works for a node whose name ends an expression', async () => {
		const name = 'Ask "twice" }} {{ $json }} \\';
		const to = newPhone();
		const { result } = await installation.run(waiting(), {
			input: [{ to }],
			connections: { Start: [[name]], [name]: [['No'], ['Yes']] },
			node: { name },
		});
		const visitor = new Visitor(await installation.host.resumeUrl(result));
		await visitor.post({ code: codeOn(installation.sandbox, to) });
		expect(await resumed(result)).toMatchObject({ yes: [{ to }] });
	});

	it.each([
		['an invalid number', { to: '+49' }, {}, 'invalid_phone'],
		['a country that is not allowed', { to: '+12015553931' }, { allowedCountries: 'DE' }, 'blocked_country'],
	])('goes on at once by Not Verified for %s', async (_what, item, options, result) => {
		const ended = await run(waiting(options), [item]);
		expect(ends(ended)).toMatchObject({ status: 'success', no: [{ result, verified: false, reason: anyString }] });
		expect(ended.runs.Yes).toBeUndefined();
	});

	it('goes on at once by Not Verified during the pause of a number', async () => {
		const { to } = await begin();
		expect(ends(await run(waiting(), [{ to }]))).toMatchObject({
			no: [{ result: 'cooldown', verified: false, retryAfterSeconds: 30 }],
		});
	});

	it.each([{}, { onError: 'continueRegularOutput' as const }, { onError: 'continueErrorOutput' as const }])(
		'refuses several items before it sends anything: %p',
		async (node) => {
			const result = await run(waiting(), [{ to: newPhone() }, { to: newPhone() }], { node });
			const what = /'Send and Wait for Code' takes one item, but it got 2/;
			if (node.onError === undefined) expect(result.error?.message).toMatch(what);
			else expect(result.runs.No?.[0]?.outputs[0] ?? result.node('OTP').outputs.at(-1)).toHaveLength(2);
			expect(result.runs.Yes).toBeUndefined();
			expect(installation.sandbox.messages()).toEqual([]);
		},
	);

	it.each([
		['Always Output Data', { alwaysOutputData: true }],
		['On Error: Continue', { onError: 'continueRegularOutput' as const }],
		['On Error: Continue (using error output)', { onError: 'continueErrorOutput' as const }],
	])('goes on by Not Verified at the end of the wait with %s', async (_setting, node) => {
		const { result } = await begin(waiting(), { node });
		expect(ends(await installation.host.resumeByTime(result))).toMatchObject({
			no: [{ result: 'expired' }],
			yes: undefined,
		});
	});

	it('leaves by Not Verified where it is disabled', async () => {
		const result = await run(waiting(), [{ to: newPhone() }], { node: { disabled: true } });
		expect(result.status).toBe('success');
		expect(result.runs.Yes).toBeUndefined();
		expect(installation.sandbox.messages()).toEqual([]);
	});

	withRedis('says that it is unavailable while the store does not answer, and goes on waiting', async () => {
		const redis = await RedisServer.start();
		const store = { store: 'redis', signingSecret: 'a signing secret of this test', url: redis.url };
		const credentials = { whatsAppOtp360DialogApi: installation.account, whatsAppOtpStoreApi: store };
		const { result, visitor, code } = await begin(waiting(), { credentials });
		await redis.stop();
		for (const visit of [await visitor.open(), await visitor.post({ code })]) {
			expect([visit.status, headingIn(visit)]).toEqual([503, 'Not available right now']);
		}
		expect(ends(await installation.host.resumeByTime(result))).toMatchObject({
			no: [{ result: 'expired' }],
			yes: undefined,
		});
	});
});
