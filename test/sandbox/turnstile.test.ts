import { startTurnstile, type Turnstile } from '../../sandbox/turnstile';

const secret = 'the-secret-key';
const uuid = '6f1b3c1e-1d7d-4c3b-8a53-0f5a3a8e6f10';

let turnstile: Turnstile;
let now = Date.now();

beforeAll(async () => {
	turnstile = await startTurnstile({ secretKey: secret, now: () => now });
});
afterAll(() => turnstile.stop());

async function verify(body: Record<string, string>, type: 'form' | 'json' = 'form'): Promise<unknown> {
	const init = {
		form: { body: new URLSearchParams(body) },
		json: { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
	};
	const response = await fetch(`${turnstile.url}/turnstile/v0/siteverify`, { method: 'POST', ...init[type] });
	return await response.json();
}

const refusedWith = (code: string) => ({ success: false, 'error-codes': [code] });

it.each(['form', 'json'] as const)('validates a token once, posted as %s', async (type) => {
	const response = turnstile.issueToken();
	expect(await verify({ secret, response }, type)).toMatchObject({ success: true, 'error-codes': [] });
	expect(await verify({ secret, response }, type)).toMatchObject(refusedWith('timeout-or-duplicate'));
});

it('validates a token again for the same idempotency key, and for no other', async () => {
	const response = turnstile.issueToken();
	const asked = { secret, response, idempotency_key: uuid };
	expect(await verify(asked)).toMatchObject({ success: true });
	expect(await verify(asked)).toMatchObject({ success: true });
	const other = { ...asked, idempotency_key: uuid.replace('6', '7') };
	expect(await verify(other)).toMatchObject(refusedWith('timeout-or-duplicate'));
	expect(await verify({ ...asked, idempotency_key: 'no UUID' })).toMatchObject(refusedWith('bad-request'));
});

it('refuses a token that is older than 300 seconds', async () => {
	const [first, second] = [turnstile.issueToken(), turnstile.issueToken()];
	now += 300_000;
	expect(await verify({ secret, response: first })).toMatchObject({ success: true });
	now += 1;
	expect(await verify({ secret, response: second })).toMatchObject(refusedWith('timeout-or-duplicate'));
});

it.each([
	['missing-input-secret', { response: 'x' }],
	['invalid-input-secret', { secret: 'another', response: 'x' }],
	['missing-input-response', { secret }],
	['invalid-input-response', { secret, response: 'forged' }],
	['invalid-input-response', { secret, response: 'x'.repeat(2049) }],
	['invalid-input-response', { secret, response: 'XXXX.DUMMY.TOKEN.XXXX' }],
	['invalid-input-response', { secret: '2x0000000000000000000000000000000AA', response: 'XXXX.DUMMY.TOKEN.XXXX' }],
	['timeout-or-duplicate', { secret: '3x0000000000000000000000000000000AA', response: 'XXXX.DUMMY.TOKEN.XXXX' }],
	['invalid-input-response', { secret: '1x0000000000000000000000000000000AA', response: 'forged' }],
])('answers %s to %j', async (code, body: Record<string, string>) => {
	expect(await verify(body)).toMatchObject(refusedWith(code));
});

it('accepts the token for tests with the secret key for tests', async () => {
	const body = { secret: '1x0000000000000000000000000000000AA', response: 'XXXX.DUMMY.TOKEN.XXXX' };
	expect(await verify(body)).toMatchObject({ success: true });
});
