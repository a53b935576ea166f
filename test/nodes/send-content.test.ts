import { codeOn, newPhone, sending, useInstallation, verifying, type Ran } from '../support/installation';
import { matching } from '../support/matchers';

const installation = useInstallation();

/** Sends to one number, with these options of the node. */
async function send(to: string, options: object = {}): Promise<Ran> {
	return await installation.run(sending({ options: { ...options } }), { input: [{ to }] });
}

const sentTo = (to: string) => installation.sandbox.messages({ to });

describe('the code', () => {
	it.each([
		[{ codeLength: 8 }, /^\d{8}$/],
		[{ codeAlphabet: 'alphanumeric' }, /^[2-9A-HJKMNP-Z]{6}$/],
		[{ codeAlphabet: 'alphanumeric', codeLength: 12 }, /^[2-9A-HJKMNP-Z]{12}$/],
	])('has the form that %j asks for, and Verify accepts it', async (options, shape) => {
		const to = newPhone();
		const { json } = await send(to, options);
		const code = codeOn(installation.sandbox, to);
		expect(code).toMatch(shape);
		const { verificationId } = json[1]?.[0] ?? {};
		const checked = await installation.run(verifying(), {
			input: [{ verificationId, code: code.toLowerCase() }],
		});
		expect(checked.json[1]).toMatchObject([{ result: 'approved' }]);
	});

	it.each([
		[{ codeLength: 9 }, "'Code Length'"],
		[{ codeLength: 5 }, "'Code Length' must be a whole number from 6 to 12 [item 0]"],
		[{ codeLength: 13 }, "'Code Length' must be a whole number from 6 to 12 [item 0]"],
		[{ codeLength: 6.5 }, "'Code Length' must be a whole number from 6 to 12 [item 0]"],
		[{ codeLength: '={{ "six" }}' }, "'Code Length' must be a whole number from 6 to 12 [item 0]"],
		[{ codeAlphabet: '={{ "runes" }}' }, "'Code Alphabet'"],
	])('is refused for the options %j', async (options, message) => {
		const to = newPhone();
		const { error, status } = await send(to, options);
		expect(status).toBe('error');
		expect(`${error?.message} ${error?.description}`).toContain(message);
		expect(error).toMatchObject({ message: matching(/\[item 0\]$/), itemIndex: 0 });
		expect(sentTo(to)).toEqual([]);
	});

	const own = async (code: string | number, to = newPhone()) => ({
		to,
		...(await installation.run(sending({ codeSource: 'custom', code: '={{ $json.code }}' }), {
			input: [{ to, code }],
		})),
	});

	it.each(['J$FpnYnP', '123456', 'abc-123', 'aaaaaaaaaaaaaaa', '${{$json}}'])(
		"can be the builder's own: %s",
		async (code) => {
			const { to, json } = await own(code);
			expect(codeOn(installation.sandbox, to)).toBe(code);
			const { verificationId } = json[1]?.[0] ?? {};
			const checked = await installation.run(verifying(), { input: [{ verificationId, code }] });
			expect(checked.json[1]).toMatchObject([{ result: 'approved' }]);
		},
	);

	it("can be the builder's own number", async () => {
		const { to } = await own(104729);
		expect(codeOn(installation.sandbox, to)).toBe('104729');
	});

	it.each(['12345', 'sixteen-letters!', '', '12 345', 'code😀😀', 12345])(
		"can not be the builder's own if WhatsApp refuses it: %p",
		async (code) => {
			const { to, error } = await own(code);
			expect(error).toMatchObject({
				message: 'The code must have 6 to 15 letters, digits or symbols, and no spaces [item 0]',
				description: matching(/'My Code'|'Code'/),
				itemIndex: 0,
			});
			expect(sentTo(to)).toEqual([]);
		},
	);
});

describe('metadata', () => {
	it.each([
		['JSON text', '{"userId": 7, "plan": {"name": "pro"}, "tags": ["a", null]}'],
		['an object', '={{ { userId: 7, plan: { name: "pro" }, tags: ["a", null] } }}'],
	])('as %s is returned by every operation', async (_form, metadata) => {
		const to = newPhone();
		const { json } = await send(to, { metadata });
		const expected = { userId: 7, plan: { name: 'pro' }, tags: ['a', null] };
		expect(json[1]).toMatchObject([{ metadata: expected }]);
		const { json: again } = await send(to, { metadata });
		expect(again[0]).toMatchObject([{ result: 'cooldown', metadata: expected }]);
		const { verificationId } = json[1]?.[0] ?? {};
		const input = [{ verificationId, code: codeOn(installation.sandbox, to) }];
		expect((await installation.run(verifying(), { input })).json[1]).toMatchObject([{ metadata: expected }]);
	});

	it.each(['', '  ', '{}'])('can be empty: %p', async (metadata) => {
		expect((await send(newPhone(), { metadata })).json[1]).toMatchObject([{ result: 'sent', metadata: {} }]);
	});

	it.each([
		['{user: 7', "'Metadata' must be JSON [item 0]"],
		['[1, 2]', `'Metadata' must be a JSON object such as {"userId": 7} [item 0]`],
		['"text"', `'Metadata' must be a JSON object such as {"userId": 7} [item 0]`],
		[`{"long": "${'x'.repeat(10_000)}"}`, "'Metadata' must not be longer than 10,000 characters [item 0]"],
	])('is refused as %.20s', async (metadata, message) => {
		const { error } = await send(newPhone(), { metadata });
		expect(error?.message).toBe(message);
	});
});
