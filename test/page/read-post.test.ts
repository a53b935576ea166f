import fc from 'fast-check';
import { readPost } from '../../page';

const bytes = (text: string) => new TextEncoder().encode(text);
const form = (text: string) => readPost('application/x-www-form-urlencoded', bytes(text));
const json = (value: unknown) => readPost('application/json; charset=utf-8', bytes(JSON.stringify(value)));

describe('readPost', () => {
	it('reads what the page posts', () => {
		expect(form('phone=%2B1+201+555+3931')).toEqual({
			format: 'form',
			action: 'send',
			phone: '+1 201 555 3931',
			proof: {},
		});
		expect(form('phone=1&altcha=abc%3D&cf-turnstile-response=x')).toMatchObject({
			proof: { altcha: 'abc=', turnstile: 'x' },
		});
		expect(form('verificationId=v1&code=123+456')).toEqual({
			format: 'form',
			action: 'verify',
			code: '123 456',
			verificationId: 'v1',
		});
		expect(form('code=123456')).toEqual({ format: 'form', action: 'verify', code: '123456' });
		expect(form('verificationId=v1&resend=true')).toEqual({
			format: 'form',
			action: 'resend',
			verificationId: 'v1',
		});
		expect(form('restart=true')).toEqual({ format: 'form', action: 'restart' });
	});

	it('reads an empty field, so that the page can ask for it', () => {
		expect(form('phone=')).toMatchObject({ action: 'send', phone: '' });
		expect(form('verificationId=v1&code=')).toMatchObject({ action: 'verify', code: '' });
	});

	it('reads what a front end posts', () => {
		expect(json({ phone: '+12015553931' })).toMatchObject({ format: 'json', action: 'send', phone: '+12015553931' });
		expect(json({ phone: 12015553931 })).toMatchObject({ action: 'send', phone: '12015553931' });
		expect(json({ verificationId: 'v1', code: '012345' })).toMatchObject({ action: 'verify', code: '012345' });
		// A number has lost its leading zeros. The engine says so (docs/reference/verification-rules.md 1.11).
		expect(json({ verificationId: 'v1', code: 12345 })).toMatchObject({ action: 'verify', code: 12345 });
		expect(json({ verificationId: 'v1', resend: true })).toMatchObject({ action: 'resend', verificationId: 'v1' });
		expect(json({ verificationId: 'v1', code: '1', resend: false, phone: null })).toMatchObject({ action: 'verify' });
	});

	it('ignores fields that it does not know', () => {
		expect(form('phone=1&utm_source=a&utm_source=b')).toMatchObject({ action: 'send', phone: '1' });
		expect(json({ phone: '1', extra: [1, { a: 1 }] })).toMatchObject({ action: 'send' });
	});

	it.each([
		['no field', form(''), 400],
		['an unknown field only', form('telephone=1'), 400],
		['a number and a code', form('phone=1&code=2'), 400],
		['a code and a resend', json({ code: '1', resend: true }), 400],
		['a doubled field', form('code=1&code=2'), 400],
		['a doubled id', form('code=1&verificationId=a&verificationId=b'), 400],
		['a list in a form', form('code[]=1'), 400],
		['a list beside a field', form('code=1&code[]=2'), 400],
		['a list in JSON', json({ code: ['123456'] }), 400],
		['an object', json({ code: { length: 6 } }), 400],
		['a fraction', json({ code: 1.5 }), 400],
		['a number that has lost digits', json({ phone: 2 ** 60 }), 400],
		['text in place of true', json({ verificationId: 'v1', resend: 'false' }), 400],
		['true in place of a code', json({ code: true }), 400],
		['a list of requests', json([{ phone: '1' }]), 400],
		['null', json(null), 400],
		['text', json('phone=1'), 400],
		['no JSON', readPost('application/json', bytes('{phone:1}')), 400],
		['a number in the prototype', readPost('application/json', bytes('{"__proto__":{"phone":"1"}}')), 400],
		['bytes that are not UTF-8', readPost('application/json', Uint8Array.of(0x22, 0xff, 0x22)), 400],
		['no body', readPost('application/json', undefined), 400],
		['no content type', readPost(undefined, bytes('phone=1')), 415],
		['a file form', readPost('multipart/form-data; boundary=x', bytes('--x')), 415],
		['plain text', readPost('text/plain', bytes('{"phone":"1"}')), 415],
		['a large form', form(`phone=1&extra=${'x'.repeat(20_000)}`), 413],
		['a large JSON', json({ phone: '1', extra: 'x'.repeat(20_000) }), 413],
	])('refuses %s', (_, read, status) => {
		expect(read).toMatchObject({ action: 'refuse', status });
	});

	it('answers every post of any type and content, and never repeats its content', () => {
		const type = fc.constantFrom(
			'application/json',
			'application/x-www-form-urlencoded',
			'APPLICATION/JSON;x',
			'text/plain',
			undefined,
		);
		const name = fc.constantFrom('phone', 'code', 'verificationId', 'resend', 'restart', 'altcha', '__proto__', 'x');
		const body = fc.oneof(
			fc.uint8Array({ maxLength: 300 }),
			fc.string({ unit: 'binary' }).map(bytes),
			fc.dictionary(name, fc.jsonValue()).map((value) => bytes(JSON.stringify(value))),
			fc
				.array(fc.tuple(name, fc.string()), { minLength: 1, maxLength: 2 })
				.map((fields) => bytes(new URLSearchParams(fields).toString())),
		);
		const actions = new Set<string>();
		fc.assert(
			fc.property(type, body, (contentType, content) => {
				const read = readPost(contentType, content);
				actions.add(read.action);
				if (read.action === 'refuse') expect(read.reason).toMatch(/^[A-Z'][A-Za-z0-9',/ -]+$/);
				else if (read.action === 'send') expect(typeof read.phone).toBe('string');
				else expect(['string', 'undefined']).toContain(typeof read.verificationId);
			}),
			{ numRuns: 2000 },
		);
		expect([...actions].sort()).toEqual(['refuse', 'resend', 'restart', 'send', 'verify']);
	});
});
