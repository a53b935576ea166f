import type { IDataObject } from 'n8n-workflow';
import { codeOn, newPhone, wrongCode } from '../../support/installation';
import { matching } from '../../support/matchers';
import { inSeconds, pass } from '../../support/time';
import type { Subject } from '../subjects/subject';
import { unpaced, type Nodes } from './nodes';

const wrongFormat = 'The code must have 6 to 15 letters, digits or symbols, and no spaces';
const template = { name: 'verification_code', language: 'en_US' };

/** Send, Resend and Verify: the requests and the output items. */
export function sends(subject: Subject, nodes: Nodes): void {
	const { provider, receipt } = subject;
	const digitsOf = (to: string) => to.slice(1);

	it('sends the exact body, and puts out what the answer says', async () => {
		const to = newPhone();
		const { json, pairs, hints } = await nodes.send([{ to }]);
		const code = codeOn(nodes.sandbox(), to);
		expect(code).toMatch(/^\d{6}$/);
		expect(nodes.requests()).toMatchObject([{ method: 'POST', path: subject.sendPath }]);
		expect(nodes.requests()[0]?.body).toEqual(subject.body({ to, code }));
		const [message] = nodes.sandbox().messages({ to });
		expect(message?.id).toMatch(receipt.id);
		const sent: IDataObject = {
			result: 'sent',
			status: 'pending',
			isResend: false,
			to,
			provider,
			template,
			message: { id: message?.id, status: receipt.status, waId: receipt.tellsWaId ? digitsOf(to) : undefined },
			expiresAt: inSeconds(300),
			attemptsRemaining: 5,
			sendsRemaining: 3,
			resendAvailableAt: inSeconds(30),
			purpose: 'authentication',
			metadata: {},
		};
		expect(json).toEqual([[], [{ ...sent, verificationId: matching(/^[\w-]{32}$/) }]]);
		expect(pairs).toEqual([[], [{ item: 0 }]]);
		expect(hints).toEqual([]);
	});

	it('keeps the number as the person typed it, and the code as a text', async () => {
		const people = [
			{ to: '+52 1 55 1234 5678', as: '+5215512345678', code: '001234' },
			{ to: '+54 9 11 2345 6789', as: '+5491123456789', code: '0x1f00' },
			{ to: '+55 (61) 2312-2026', as: '+556123122026', code: '1e5000' },
			{ to: '+1 201 555 3931', as: '+12015553931', code: 'J$FpnYnP' },
			{ to: '+49 1512 3456789', as: '+4915123456789', code: '$&$1$$abc' },
		];
		const options = { ...unpaced, namespace: subject.id };
		const { json } = await nodes.send(people, { codeSource: 'custom', code: '={{ $json.code }}', options });
		expect(json[1]?.map(({ to }) => to)).toEqual(people.map(({ as }) => as));
		const bodies = new Set(nodes.requests().map(({ body }) => body));
		expect(bodies).toEqual(new Set(people.map(({ as, code }) => subject.body({ to: as, code }))));
		for (const { as, code } of people) expect(codeOn(nodes.sandbox(), as)).toBe(code);
	});

	it('sends a new code on Resend, and rejects the old one', async () => {
		const to = newPhone();
		const { json } = await nodes.send([{ to }]);
		const { verificationId } = json[1]?.[0] ?? {};
		const old = codeOn(nodes.sandbox(), to);
		expect((await nodes.resend(verificationId)).json[0]).toMatchObject([{ result: 'cooldown', retryAfterSeconds: 30 }]);
		pass(30);
		const again = await nodes.resend(verificationId);
		expect(again.json[1]).toMatchObject([
			{ result: 'sent', isResend: true, verificationId, to, provider, sendsRemaining: 2, attemptsRemaining: 5 },
		]);
		const code = codeOn(nodes.sandbox(), to);
		expect(code).not.toBe(old);
		expect(nodes.requests().map(({ body }) => body)).toEqual(
			[old, code].map((each) => subject.body({ to, code: each })),
		);
		expect(await nodes.check({ verificationId, code: old })).toMatchObject({
			result: 'invalid_code',
			attemptsRemaining: 4,
		});
		expect(await nodes.check({ verificationId, code })).toMatchObject({ result: 'approved', verified: true });
	});

	it('approves the right code once, and rejects a wrong one', async () => {
		const to = newPhone();
		const { json } = await nodes.send([{ to }]);
		const { verificationId } = json[1]?.[0] ?? {};
		const code = codeOn(nodes.sandbox(), to);
		const wrong = await nodes.check({ verificationId, code: wrongCode(code) });
		expect(wrong).toMatchObject({ result: 'invalid_code', verified: false, status: 'pending', attemptsRemaining: 4 });
		const right = { result: 'approved', verified: true, status: 'approved', verifiedAt: inSeconds(0) };
		expect(await nodes.check({ verificationId, code })).toMatchObject(right);
		expect(await nodes.check({ verificationId, code })).toMatchObject({ result: 'already_used', verified: false });
	});

	it("sends the workflow's own code, and checks its letters exactly", async () => {
		const to = newPhone();
		const parameters = { codeSource: 'custom', code: 'k7-Tulip' };
		const { json } = await nodes.send([{ to }], parameters);
		expect(nodes.requests().map(({ body }) => body)).toEqual([subject.body({ to, code: 'k7-Tulip' })]);
		const { verificationId } = json[1]?.[0] ?? {};
		expect(await nodes.check({ verificationId, code: 'K7-TULIP' })).toMatchObject({ result: 'invalid_code' });
		expect(await nodes.check({ verificationId, code: 'k7-Tulip' })).toMatchObject({ result: 'approved' });
	});

	it('stops before a request if the own code is too short, or not possible in WhatsApp', async () => {
		const codes = ['12345', '1234567890123456', 'with space', 'çodeçode', ''];
		const input = codes.map((code) => ({ to: newPhone(), code }));
		const parameters = { codeSource: 'custom', code: '={{ $json.code }}' };
		const { json } = await nodes.send(input, parameters, { node: { onError: 'continueRegularOutput' } });
		expect(json).toEqual([codes.map((_, item) => ({ error: `${wrongFormat} [item ${item}]` })), []]);
		expect(nodes.requests()).toEqual([]);
	});

	it('uses the template, language, lifetime, alphabet and length of the parameters', async () => {
		const components = [{ type: 'BODY' }, { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] }];
		nodes.sandbox().setTemplate({ provider: subject.id, name: 'sign_in', language: 'pt_BR', components });
		const to = newPhone();
		const options = { ...unpaced, expiresIn: 600, codeAlphabet: 'alphanumeric', codeLength: 8 };
		const { json } = await nodes.send([{ to }], {
			template: { __rl: true, mode: 'name', value: 'sign_in' },
			language: 'pt-BR',
			options,
		});
		const code = codeOn(nodes.sandbox(), to);
		expect(code).toMatch(/^[2-9A-HJKMNP-Z]{8}$/);
		const expected = subject.body({ to, code, template: 'sign_in', language: 'pt_BR', minutes: 10 });
		expect(nodes.requests().map(({ body }) => body)).toEqual([expected]);
		expect(json[1]).toMatchObject([{ template: { name: 'sign_in', language: 'pt_BR' }, expiresAt: inSeconds(600) }]);
		const entry = { verificationId: json[1]?.[0]?.verificationId, code: code.toLowerCase() };
		expect(await nodes.check(entry)).toMatchObject({ result: 'approved' });
	});

	it('makes no request for an invalid number', async () => {
		const { json } = await nodes.send([{ to: '+49' }, { to: 'Ada' }]);
		expect(json[0]).toMatchObject([{ result: 'invalid_phone' }, { result: 'invalid_phone' }]);
		expect(nodes.requests()).toEqual([]);
	});
}
