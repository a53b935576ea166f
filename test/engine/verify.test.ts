import type { GenericValue, IDataObject, INodeParameters } from 'n8n-workflow';
import { matching } from '../unit/sandbox-account';
import {
	codeOn,
	newPhone,
	pass,
	sending,
	startInstallation,
	verifying,
	wrongCode,
	type Installation,
} from './installation';

let installation: Installation;

beforeAll(async () => {
	installation = await startInstallation();
});
afterAll(() => installation.stop());
beforeEach(() => installation.sandbox.reset({ keep: ['templates'] }));

interface Sent {
	to: string;
	verificationId: GenericValue;
	code: string;
	wrong: string;
}

async function sent(parameters: INodeParameters = {}, to = newPhone()): Promise<Sent> {
	const { json } = await installation.run(sending(parameters), { input: [{ to }] });
	const code = codeOn(installation.sandbox, to);
	return { to, verificationId: json[0]?.[0]?.verificationId, code, wrong: wrongCode(code) };
}

/** One check; answers the only item and the output it left by. */
async function check(item: IDataObject, more: INodeParameters = {}) {
	const { json, status, error } = await installation.run(verifying(more), { input: [item] });
	expect({ status, error }).toEqual({ status: 'success' });
	const [verified = [], notVerified = []] = json;
	expect([...verified, ...notVerified]).toHaveLength(1);
	return { output: verified.length > 0 ? 'Verified' : 'Not Verified', ...(verified[0] ?? notVerified[0]) };
}

const empty = { purpose: 'authentication', metadata: {}, verifiedAt: null, retryAfterSeconds: null };

test('the right code leaves by Verified, once', async () => {
	const { verificationId, code } = await sent();
	pass(10);
	const verifiedAt = new Date().toISOString();
	const about = { ...empty, verificationId, status: 'approved', attemptsRemaining: 4, verifiedAt };
	const approved = await check({ verificationId, code });
	expect(approved).toEqual({ output: 'Verified', result: 'approved', verified: true, ...about });
	pass(5);
	const again = await check({ verificationId, code });
	expect(again).toEqual({ output: 'Not Verified', result: 'already_used', verified: false, ...about });
	expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(1);
});

test('a wrong code leaves by Not Verified and costs an attempt, until the verification locks', async () => {
	const { verificationId, code, wrong } = await sent();
	const about = { output: 'Not Verified', verified: false, ...empty, verificationId };
	for (const attemptsRemaining of [4, 3, 2, 1]) {
		const refused = await check({ verificationId, code: wrong });
		expect(refused).toEqual({ ...about, result: 'invalid_code', status: 'pending', attemptsRemaining });
	}
	const locked = { ...about, result: 'locked', status: 'locked', attemptsRemaining: 0 };
	expect(await check({ verificationId, code: wrong })).toEqual(locked);
	expect(await check({ verificationId, code })).toEqual(locked);
});

test('one millisecond before it expires a code is good, then no more', async () => {
	const [early, late] = [await sent(), await sent()];
	pass(299.999);
	expect(await check(early as IDataObject & Sent)).toMatchObject({ result: 'approved' });
	pass(0.001);
	expect(await check(late as IDataObject & Sent)).toMatchObject({
		result: 'expired',
		status: 'expired',
		verified: false,
	});
});

test('after 24 hours nothing is left of a verification', async () => {
	const { verificationId, code } = await sent();
	await check({ verificationId, code });
	pass(24 * 3600 + 1);
	const forgotten = { result: 'not_found', verificationId: null, status: null, attemptsRemaining: null };
	expect(await check({ verificationId, code })).toEqual({
		output: 'Not Verified',
		verified: false,
		...empty,
		...forgotten,
	});
});

describe('by phone', () => {
	const byPhone: INodeParameters = { identifyBy: 'phone', to: '={{ $json.to }}' };

	it('finds the newest verification of the purpose', async () => {
		const { to, code, verificationId } = await sent();
		await sent({ options: { purpose: 'payment' } }, to);
		expect(await check({ to, code }, byPhone)).toMatchObject({ result: 'approved', verificationId });
		const purpose = 'payment';
		const payment = await check(
			{ to, code: codeOn(installation.sandbox, to) },
			{ ...byPhone, options: { purpose } },
		);
		expect(payment).toMatchObject({ result: 'approved', purpose });
	});

	it.each([
		['1 201 555 3941', '+12015553941'],
		['(201) 555-3942', '+12015553942'],
		[2015553943, '+12015553943'],
	])('reads %p with a default country', async (typed, to) => {
		const { code } = await sent({}, to);
		const options = { defaultCountry: 'US' };
		expect(await check({ to: typed, code }, { ...byPhone, options })).toMatchObject({
			result: 'approved',
		});
	});

	it.each([['+49'], [''], ['2015553931'], [null], [['+12015553931']], [{ a: 1 }]])(
		'%j is malformed',
		async (to) => {
			expect(await check({ to, code: '123456' }, byPhone)).toMatchObject({
				result: 'malformed',
				verificationId: null,
			});
		},
	);

	it('knows nobody whom nothing was sent to', async () => {
		expect(await check({ to: newPhone(), code: '123456' }, byPhone)).toMatchObject({
			result: 'not_found',
		});
	});
});

describe('what a form posts', () => {
	it.each([
		['with spaces and dashes', (code: string) => ` ${code.slice(0, 3)} - ${code.slice(3)}\n`],
		[
			'in full-width digits',
			(code: string) => code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + +digit)),
		],
		[
			'in Arabic-Indic digits',
			(code: string) => code.replace(/\d/g, (digit) => String.fromCharCode(0x660 + +digit)),
		],
	])('is the right code %s', async (_how, write) => {
		const { verificationId, code } = await sent();
		expect(await check({ verificationId, code: write(code) })).toMatchObject({ result: 'approved' });
	});

	it('may be a number with all its digits', async () => {
		const { verificationId } = await sent({ codeSource: 'custom', code: '730518' });
		expect(await check({ verificationId, code: 730518 })).toMatchObject({ result: 'approved' });
	});

	it('is malformed as a number that lost its zeros, and says so', async () => {
		const { verificationId, to } = await sent();
		pass(30);
		await installation.run(sending(), { input: [{ to }] });
		const lost = { verificationId, code: 49281 };
		expect(await check(lost)).toMatchObject({
			...{ output: 'Not Verified', result: 'malformed', attemptsRemaining: 5, status: 'pending' },
			reason: 'Expected a code of 6 characters: a number loses its leading zeros, so pass the code as text',
		});
	});

	it.each([
		[['123456']],
		[['1', '2', '3', '4', '5', '6']],
		[{ $ne: '' }],
		[{ length: 6 }],
		[true],
		[null],
		[''],
		['12345'],
		['1234567'],
		['12345a'],
		['1'.repeat(10_000)],
		[-123456],
		[1234.56],
		['0x1E240'],
	])('is malformed and costs no attempt: %.40j', async (code) => {
		const { verificationId } = await sent();
		const answer = await check({ verificationId, code });
		expect(answer).toMatchObject({
			output: 'Not Verified',
			result: 'malformed',
			attemptsRemaining: 5,
			status: 'pending',
		});
		expect(answer).toMatchObject({ reason: matching(/^Expected a code of 6 characters/) });
	});

	it('is malformed where the code is missing, and a code is not guessed from one that is in an array', async () => {
		const { verificationId, code } = await sent();
		expect(await check({ verificationId })).toMatchObject({ result: 'malformed', attemptsRemaining: 5 });
		for (const posted of [[code], { code }, [[code]], `${code}${code}`]) {
			expect(await check({ verificationId, code: posted })).toMatchObject({ result: 'malformed' });
		}
	});

	it.each([
		[['a']],
		[{ id: 1 }],
		[null],
		[''],
		['nonsense'],
		['x'.repeat(32)],
		[7],
		[true],
		['../../etc/passwd'],
	])('names no verification: %j', async (verificationId) => {
		const answer = await check({ verificationId, code: '123456' });
		expect(answer).toMatchObject({ output: 'Not Verified', result: 'not_found', verificationId: null });
	});

	it('names none of ours in an array', async () => {
		const { verificationId, code } = await sent();
		const answer = await check({ verificationId: [verificationId], code });
		expect(answer).toMatchObject({ result: 'not_found' });
		expect(await check({ verificationId, code })).toMatchObject({ result: 'approved' });
	});
});

test('a code is good for its own purpose and namespace only', async () => {
	const { verificationId, code } = await sent({ options: { purpose: 'payment', namespace: 'shop' } });
	for (const options of [
		{},
		{ purpose: 'payment' },
		{ namespace: 'shop' },
		{ purpose: 'Payment', namespace: 'shop' },
	]) {
		expect(await check({ verificationId, code }, { options })).toMatchObject({ result: 'not_found' });
	}
	const options = { purpose: 'payment', namespace: 'shop' };
	expect(await check({ verificationId, code }, { options })).toMatchObject({
		result: 'approved',
		attemptsRemaining: 4,
	});
});

test('the fifteenth wrong code of a phone in 24 hours is its last, whichever the verification', async () => {
	const to = newPhone();
	for (let verification = 0; verification < 3; verification += 1) {
		const { verificationId, wrong } = await sent({}, to);
		const input = Array.from({ length: 5 }, () => ({ verificationId, code: wrong }));
		const { json } = await installation.run(verifying(), { input });
		expect(json[1]?.filter(({ result }) => result === 'invalid_code')).toHaveLength(4);
		expect(json[1]?.filter(({ result }) => result === 'locked')).toHaveLength(1);
		pass(600);
	}
	const { json } = await installation.run(sending(), { input: [{ to }] });
	expect(json[1]).toMatchObject([
		{
			result: 'rate_limited',
			to,
			limit: 'failed checks per phone in 24 hours',
			retryAfterSeconds: 24 * 3600 - 1800,
		},
	]);
});

test('checks need no credential and call nobody', async () => {
	const { verificationId, code } = await sent();
	installation.sandbox.reset({ keep: ['templates'] });
	const { json } = await installation.run(verifying(), {
		input: [{ verificationId, code }],
		credentials: {},
	});
	expect(json[0]).toMatchObject([{ result: 'approved' }]);
	expect(installation.sandbox.requests()).toEqual([]);
});
