import type { GenericValue, INodeParameters } from 'n8n-workflow';
import { byName, codeOn, newPhone, sending, useInstallation, verifying, wrongCode } from '../support/installation';
import { anyString, matching } from '../support/matchers';
import { inSeconds, pass, skipPauses } from '../support/time';

const installation = useInstallation();

afterEach(() => jest.restoreAllMocks());

async function sent(more: INodeParameters = {}) {
	const to = newPhone();
	const { json } = await installation.run(sending(more), { input: [{ to }] });
	return { to, verificationId: json[1]?.[0]?.verificationId };
}

/** Resend, Get or Cancel of one verification. */
async function continued(operation: string, verificationId: GenericValue, more: INodeParameters = {}) {
	const parameters = { resource: 'otp', operation, verificationId: '={{ $json.verificationId }}' };
	return await installation.run(
		{ ...parameters, ...byName('verification_code'), ...more },
		{ input: [{ verificationId }] },
	);
}

const check = async (verificationId: GenericValue, code: string) => {
	const { json } = await installation.run(verifying(), { input: [{ verificationId, code }] });
	return json.flat()[0]?.result;
};

describe('Resend', () => {
	it('sends a new code for the same verification and replaces the old one', async () => {
		const { to, verificationId } = await sent({ options: { metadata: '{"userId": 7}' } });
		const old = codeOn(installation.sandbox, to);
		await check(verificationId, wrongCode(old));
		pass(30);
		const { json, pairs } = await continued('resend', verificationId);
		expect(json).toEqual([
			[],
			[
				{
					result: 'sent',
					verificationId,
					status: 'pending',
					isResend: true,
					to,
					provider: 'dialog360',
					template: { name: 'verification_code', language: 'en_US' },
					message: { id: matching(/^wamid\./), status: 'accepted', waId: to.slice(1) },
					expiresAt: inSeconds(300),
					attemptsRemaining: 4,
					sendsRemaining: 2,
					resendAvailableAt: inSeconds(60),
					purpose: 'authentication',
					metadata: { userId: 7 },
				},
			],
		]);
		expect(pairs).toEqual([[], [{ item: 0 }]]);
		const fresh = codeOn(installation.sandbox, to);
		expect(await check(verificationId, old)).toBe(old === fresh ? 'approved' : 'invalid_code');
		expect(await check(verificationId, fresh)).toBe('approved');
	});

	it('keeps the old code valid if the provider limits the rate', async () => {
		const { to, verificationId } = await sent();
		const expiresAt = inSeconds(300);
		pass(30);
		skipPauses();
		installation.sandbox.addFault({ call: 'send', to, effect: { error: { code: 130429 } } });
		const { json } = await continued('resend', verificationId);
		expect(json[0]).toMatchObject([
			{ result: 'rate_limited', verificationId, status: 'pending', expiresAt, sendsRemaining: 3 },
		]);
		expect(await check(verificationId, codeOn(installation.sandbox, to))).toBe('approved');
	});

	it('must wait 30, 60 and 120 seconds between sends, allows four, and says when the next is possible', async () => {
		const { verificationId } = await sent();
		for (const [index, cooldown] of [30, 60, 120].entries()) {
			pass(cooldown - 1);
			const early = await continued('resend', verificationId);
			expect(early.json[0]).toMatchObject([
				{
					result: 'cooldown',
					retryAfterSeconds: 1,
					reason: matching(/ in 1 s$/),
					sendsRemaining: 3 - index,
				},
			]);
			pass(1);
			expect((await continued('resend', verificationId)).json[1]).toMatchObject([{ result: 'sent' }]);
		}
		pass(240);
		const { json } = await continued('resend', verificationId);
		expect(json[0]).toMatchObject([
			{
				result: 'rate_limited',
				limit: 'sends per verification',
				sendsRemaining: 0,
			},
		]);
		for (const unknown of ['resendAvailableAt', 'verifiedAt']) expect(json[0]?.[0]).not.toHaveProperty(unknown);
		expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(4);
	});

	it('extends neither the deadline of ten minutes nor the number of attempts', async () => {
		const { to, verificationId } = await sent();
		pass(240);
		await check(verificationId, wrongCode(codeOn(installation.sandbox, to)));
		await continued('resend', verificationId);
		pass(240);
		const { json } = await continued('resend', verificationId);
		expect(json[1]).toMatchObject([{ result: 'sent', expiresAt: inSeconds(120), attemptsRemaining: 4 }]);
		pass(120);
		expect(await check(verificationId, codeOn(installation.sandbox, to))).toBe('expired');
	});

	it('keeps the metadata that the verification began with', async () => {
		const { verificationId } = await sent({ options: { metadata: '{"userId": 7}' } });
		pass(30);
		const { json } = await continued('resend', verificationId, {
			options: { metadata: '{"userId": 8}' },
		});
		expect(json[1]).toMatchObject([{ metadata: { userId: 7 } }]);
	});

	it.each(['canceled', 'approved', 'locked', 'expired'])(
		'does not reopen a verification that is %s',
		async (status) => {
			const { to, verificationId } = await sent();
			const code = codeOn(installation.sandbox, to);
			if (status === 'canceled') await continued('cancel', verificationId);
			if (status === 'approved') await check(verificationId, code);
			for (let tries = 0; status === 'locked' && tries < 5; tries += 1) await check(verificationId, wrongCode(code));
			pass(status === 'expired' ? 300 : 30);
			const { json } = await continued('resend', verificationId);
			expect(json[0]).toMatchObject([
				{
					result: status === 'approved' ? 'already_used' : status,
					status,
					verificationId,
					to,
					reason: `The verification is ${status}; begin a new one with Send`,
				},
			]);
			expect(installation.sandbox.messages({ to })).toHaveLength(1);
		},
	);

	it.each([['nonsense'], ['x'.repeat(32)], [''], [null], [7], [['a']], [{ id: 1 }]])(
		'finds no verification with the id %j',
		async (verificationId) => {
			const { json } = await continued('resend', verificationId);
			const expected = { result: 'not_found', reason: anyString, metadata: {} };
			expect(json[0]).toMatchObject([expected]);
		},
	);
});

describe('Get', () => {
	it('returns the state and the deliveries', async () => {
		const { to, verificationId } = await sent({
			options: { metadata: '{"userId": 7}', purpose: 'payment' },
		});
		const began = inSeconds(0);
		pass(30);
		const { json: resent } = await continued('resend', verificationId);
		const { json, pairs } = await continued('get', verificationId);
		const delivery = {
			provider: 'dialog360',
			status: 'accepted',
			sentAt: undefined,
			deliveredAt: undefined,
			readAt: undefined,
			failedAt: undefined,
			droppedAt: undefined,
			error: undefined,
		};
		const message = { id: matching(/^wamid\./), status: 'accepted', waId: to.slice(1) };
		expect(json).toEqual([
			[
				{
					verificationId,
					status: 'pending',
					to,
					attemptsRemaining: 5,
					sendsRemaining: 2,
					expiresAt: inSeconds(300),
					resendAvailableAt: inSeconds(60),
					verifiedAt: undefined,
					purpose: 'payment',
					metadata: { userId: 7 },
					deliveries: [
						{ ...delivery, message, startedAt: began, acceptedAt: began },
						{
							...delivery,
							message: resent[1]?.[0]?.message,
							startedAt: inSeconds(0),
							acceptedAt: inSeconds(0),
						},
					],
				},
			],
		]);
		expect(pairs).toEqual([[{ item: 0 }]]);
	});

	it('works without a credential', async () => {
		const { verificationId } = await sent();
		const { json } = await installation.run(
			{ resource: 'otp', operation: 'get', verificationId: '={{ $json.verificationId }}' },
			{ input: [{ verificationId }], credentials: {} },
		);
		expect(json[0]).toMatchObject([{ verificationId }]);
	});

	it.each(['get', 'cancel'])('fails with the field to check, as does %s', async (operation) => {
		const { verificationId } = await sent({ options: { namespace: 'shop' } });
		for (const id of ['nonsense', verificationId]) {
			const { error } = await continued(operation, id);
			expect(error).toMatchObject({
				message: 'There is no such verification in this namespace [item 0]',
				itemIndex: 0,
				description: matching(/^Check 'Verification ID' and the option 'Namespace'/),
			});
		}
		const found = await continued(operation, verificationId, { options: { namespace: 'shop' } });
		expect(found.json[0]).toMatchObject([{ verificationId }]);
		const messageFor = async (id: GenericValue) => (await continued(operation, id)).error?.message;
		expect(await messageFor(' ')).toBe("'Verification ID' is empty [item 0]");
		expect(await messageFor(null)).toBe("'Verification ID' is empty [item 0]");
		expect(await messageFor([verificationId])).toBe("'Verification ID' must be text [item 0]");
	});
});

describe('Cancel', () => {
	it('ends a pending verification', async () => {
		const { to, verificationId } = await sent();
		const { json } = await continued('cancel', verificationId);
		// Items leave out what is not known.
		expect(JSON.stringify(json)).not.toContain('null');
		expect(json[0]).toMatchObject([
			{
				verificationId,
				status: 'canceled',
				sendsRemaining: 0,
			},
		]);
		expect(await check(verificationId, codeOn(installation.sandbox, to))).toBe('canceled');
	});

	it('does not change a verification that has ended, and Send begins a new one', async () => {
		const { to, verificationId } = await sent();
		await check(verificationId, codeOn(installation.sandbox, to));
		expect((await continued('cancel', verificationId)).json[0]).toMatchObject([{ status: 'approved' }]);
		pass(30);
		const { json } = await installation.run(sending(), { input: [{ to }] });
		expect(json[1]).toMatchObject([{ result: 'sent', isResend: false }]);
		expect(json[1]?.[0]?.verificationId).not.toBe(verificationId);
	});
});
