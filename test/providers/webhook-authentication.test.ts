import { providers } from '../../providers';

const webhookOf = (provider: string) => {
	const webhook = providers.find(({ id }) => id === provider)?.webhook;
	if (webhook === undefined) throw new Error(`${provider} has no webhook`);
	return webhook;
};

const secret = 'test-app-secret';
const signed = (body: string | Buffer, signature: unknown, key = secret) =>
	webhookOf('metaCloud').authenticate(
		{
			headers: { 'x-hub-signature-256': Object(signature) === signature ? ['a', 'b'] : String(signature) },
			query: {},
			body: Buffer.from(body),
		},
		key,
	);

/** The vectors of docs/reference/providers.md 1.9; the backslashes are part of the bytes. */
const vectors: Array<[string, string]> = [
	['{"object":"whatsapp_business_account"}', 'b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e'],
	['{"message":"caf\\u00e9"}', '5980113abfc4ffe911f1ae78f92dcf41e10b7d6bc792efd48dfe9ee94131aaf4'],
	['{"name":"Jos\\u00e9 \\ud83d\\ude00"}', 'a8f25fabc564f3723316d9fb67013d3a998ecab3441990022839a9a464f6f0bd'],
	['', 'a7dfadfa864dba471c925e814eca5ee032a7ded01574b16ac33dd477b5d6d0f7'],
];

describe("Meta's signature", () => {
	it.each(vectors)('is right over %p', (body, digest) => {
		expect(signed(body, `sha256=${digest}`)).toBe(true);
	});

	it.each(vectors)('is wrong over %p where anything else is signed, or by anything else', (body, digest) => {
		expect(signed(`${body} `, `sha256=${digest}`)).toBe(false);
		expect(signed(body, `sha256=${digest}`, 'another')).toBe(false);
		expect(signed(body, `sha256=${digest}`, '')).toBe(false);
		for (const other of [digest, `sha1=${digest}`, `sha256=${digest.slice(1)}`, `sha256=${digest}0`, '', {}]) {
			expect(signed(body, other)).toBe(false);
		}
	});

	it('is over the bytes and not over what they mean', () => {
		const [, , [escaped = '', digest = ''] = []] = vectors;
		expect(signed(JSON.stringify(JSON.parse(escaped)), `sha256=${digest}`)).toBe(false);
	});

	it('of an empty secret proves nothing', () => {
		const ofNothing = 'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad';
		expect(signed('', `sha256=${ofNothing}`, '')).toBe(false);
	});
});

describe.each(['oneMsg', 'onPremises'])('the secret in the address of %s', (provider) => {
	const webhook = webhookOf(provider);
	const known = (query: Record<string, unknown>) =>
		webhook.authenticate({ headers: {}, query, body: Buffer.alloc(0) }, 'the-secret');

	it('is right as it was registered, and nothing else is', () => {
		const target = { url: 'https://n8n.example.test/webhook/1/webhook', secret: 'the-secret', verifyToken: 'x' };
		const { searchParams } = new URL(webhook.address(target));
		expect(known(Object.fromEntries(searchParams))).toBe(true);
		for (const secretGiven of [
			undefined,
			'',
			'the-secre',
			'the-secret ',
			['the-secret'],
			{ 0: 'the-secret' },
			7,
			true,
		]) {
			expect(known({ secret: secretGiven })).toBe(false);
		}
		expect(known({})).toBe(false);
	});

	it('is nothing where there is none to compare with', () => {
		expect(webhook.authenticate({ headers: {}, query: { secret: '' }, body: Buffer.alloc(0) }, '')).toBe(false);
	});
});
