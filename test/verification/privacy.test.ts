import { createHash, createHmac, hash } from 'node:crypto';
import { newWamid } from '../../sandbox/providers/meta/message';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { policySchema } from '../../verification/policy';
import { SecondProcess } from '../support/second-process';
import { stores } from './stores';
import { secret, type Sent, wrong } from './verifier';

const phone = '+12015550123';
const nationalNumber = '2015550123';
const customCode = 'J$FpnYnP';
const metadata = { order: 'order-4711', mail: 'person@shop.example' };

/** The values that the MAC of a code is bound to. */
function bound({ ticket, verification: { namespace, purpose } }: Sent) {
	const { verificationId, phoneKey } = ticket;
	const parts = [namespace, verificationId, phoneKey, purpose];
	const binding = { namespace, verificationId, phoneKey, purpose };
	return { id: new Keyring([secret]).newest, parts, binding };
}

/** A message id of Meta contains the number in base64 (docs/reference/providers.md 1.6). */
const accepted = newWamid(phone.slice(1));
const heard = newWamid(phone.slice(1));
const retried = newWamid(phone.slice(1));

/** The base64 characters of a text, for each position at which it can begin in a longer value. */
function base64Forms(text: string): string[] {
	return [0, 1, 2].flatMap((before) => {
		const from = Math.ceil((before * 8) / 6);
		const to = Math.floor(((before + text.length) * 8) / 6);
		const bytes = Buffer.from('\0'.repeat(before) + text);
		return (['base64', 'base64url'] as const).map((encoding) => bytes.toString(encoding).slice(from, to));
	});
}

/** All parts of a text with the length of a MAC. */
const windows = (text: string) => Array.from({ length: text.length - 42 }, (_, at) => text.slice(at, at + 43));

describe.each(stores)('A thief of the store, on $name', (store) => {
	let place: string;
	let peer: SecondProcess;
	let sent: Sent[];
	let stolen: Buffer;
	/** Every part of the store that can be a MAC. A store may keep its values without separators. */
	let macs: Set<string>;

	beforeAll(async () => {
		place = await store.place();
		peer = await SecondProcess.start({ store: store.name, place, secrets: [secret] });
		const policy = policySchema.parse({});
		const about = { namespace: 'default', policy, provider: 'dialog360', message: {}, metadata };
		const [generated, custom, checked] = ['authentication', 'payment', 'address'].map((purpose) => {
			return { ...about, purpose, idempotencyKey: purpose, recipient: { to: phone } };
		});
		const { issued } = await peer.run({ begins: [generated!, { ...custom!, customCode }, checked!] });
		sent = issued.flatMap((each) => (each.outcome === 'begun' ? [each] : []));
		const { verificationId } = sent[2]!.ticket;
		const check = { by: { verificationId }, namespace: 'default', purpose: 'address' };
		const right = sent[2]!.code;
		await peer.run({
			checks: [
				{ ...check, code: wrong(right) },
				{ ...check, code: right },
			],
		});
		await reportMessages();
		stolen = await store.dump(place);
		macs = new Set((stolen.toString('latin1').match(/[\w-]{43,}/g) ?? []).flatMap(windows));
	});
	afterAll(() => peer.stop());

	/** Everything else that is stored about a message, from a provider that writes the number into every field. */
	async function reportMessages(): Promise<void> {
		const [first, second, third] = sent.map(({ ticket }) => ticket);
		const provider = 'dialog360';
		const waId = phone.slice(1);
		const error = {
			code: waId,
			title: `Message to ${phone} undeliverable`,
			details: `${waId}: ${accepted}`,
			class: 'recipient',
		};
		await peer.run({
			reports: [
				{ ticket: first!, outcome: { outcome: 'accepted', messageId: accepted, waId } },
				{ ticket: second!, outcome: { outcome: 'failed', error } },
			],
		});
		const event = { provider, waId, occurredAt: Date.now() };
		await peer.run({
			news: [
				{ ...event, messageId: heard, sendId: third!.sendId, status: 'failed', error },
				{ ...event, messageId: accepted, status: 'sent' },
				{ ...event, messageId: retried, sendId: first!.sendId, status: 'delivered' },
			],
			events: [[provider, accepted, 'delivered', phone]],
			claims: [provider],
		});
		const verifications = await Promise.all(sent.map(({ ticket }) => messagesOf(ticket.verificationId)));
		expect(verifications).toMatchObject([
			[{ status: 'delivered', messageId: accepted, waId }],
			[{ status: 'failed', error }],
			[{ status: 'failed', messageId: heard, waId, error }],
		]);
	}

	const messagesOf = async (verificationId: string) => {
		const opened = store.open(place);
		const verification = await new Engine(opened, new Keyring([secret])).get({ verificationId, namespace: 'default' });
		await opened.close();
		return verification?.deliveries;
	};

	const holds = (text: string) =>
		(['utf8', 'utf16le'] as const).some((encoding) => stolen.includes(Buffer.from(text, encoding)));

	test('finds values that are stored in clear, so that this test can fail', () => {
		expect(sent).toHaveLength(3);
		for (const { ticket } of sent) expect(holds(ticket.verificationId)).toBe(true);
		expect(holds('payment')).toBe(true);
	});

	test('finds no code that was sent or entered', () => {
		for (const { code } of sent) {
			expect(holds(code)).toBe(false);
			for (const digest of ['md5', 'sha1', 'sha256', 'sha512']) {
				const hash = createHash(digest).update(code).digest();
				for (const encoding of ['hex', 'base64', 'base64url'] as const) {
					expect(holds(hash.toString(encoding).slice(0, 20))).toBe(false);
				}
				expect(stolen.includes(hash.subarray(0, 16))).toBe(false);
			}
		}
		expect(holds(wrong(sent[2]!.code))).toBe(false);
	});

	const numbers = [phone, phone.slice(1), nationalNumber, nationalNumber.slice(3)];

	test('finds no phone number in any form', () => {
		const forms = numbers.flatMap((number) => [number, ...base64Forms(number)]);
		// These forms must be found in a text that contains them, or the test shows nothing.
		for (const id of [accepted, `x${accepted}`].map((text) => Buffer.from(text).toString('base64'))) {
			expect(base64Forms(accepted).some((form) => id.includes(form))).toBe(true);
		}
		expect(forms.some((form) => accepted.includes(form))).toBe(true);
		expect(forms.filter(holds)).toEqual([]);
	});

	test('finds no message id, and no part of one', () => {
		const ids = [accepted, heard, retried].flatMap((id) => [id, id.slice('wamid.'.length), id.slice(-16)]);
		const forms = ids.flatMap((id) => [id, ...base64Forms(id), Buffer.from(id).toString('hex')]);
		expect([...forms, 'wamid.', 'Message to'].filter(holds)).toEqual([]);
	});

	test('finds no metadata and no signing secret', () => {
		expect(['order-4711', 'person@', 'shop.example', '"order"', secret].filter(holds)).toEqual([]);
	});

	test('finds no code by guessing, but finds it with the secret', () => {
		const { code } = sent[0]!;
		const keyring = new Keyring([secret]);
		const { id, parts, binding } = bound(sent[0]!);
		// What a thief can compute: unkeyed hashes, and MACs under what stands in the store.
		const before = JSON.stringify([...parts, '']).slice(0, -2);
		const text = (guess: string) => `${before}${guess}"]`;
		expect(text('012345')).toBe(JSON.stringify([...parts, '012345']));
		const hashed = (guess: string) => hash('sha256', text(guess), 'base64url');
		const plain = (guess: string) => hash('sha256', guess, 'base64url');
		const keyed = (guess: string) => createHmac('sha256', id).update(text(guess)).digest('base64url');
		// Guesses with the right one among them show it as well as a million, which one store gets: MACs take longer.
		const count = store.needsRedis ? 10_000 : 1_000_000;
		const from = Number(code) - (Number(code) % count);
		const guesses = Array.from({ length: count }, (_, n) => String(from + n).padStart(6, '0'));
		expect(guesses.filter((guess) => macs.has(hashed(guess)) || macs.has(plain(guess)))).toEqual([]);
		const among = guesses.filter((guess) => guess.slice(0, 3) === code.slice(0, 3));
		expect(among).toHaveLength(1000);
		expect(among.filter((guess) => macs.has(keyed(guess)))).toEqual([]);
		expect(among.filter((guess) => macs.has(keyring.mac(id, { ...binding, code: guess })))).toEqual([code]);
	});

	test('finds nothing of a used code after the store was closed', async () => {
		const { code } = sent[2]!;
		const keyring = new Keyring([secret]);
		const { id, binding } = bound(sent[2]!);
		const mac = keyring.mac(id, { ...binding, code });
		await peer.stop();
		const opened = store.open(place);
		await opened.verifications.get({ namespace: 'default', ...sent[2]!.ticket });
		await opened.close();
		const left = await store.dump(place);
		expect(left.includes(mac)).toBe(false);
		const unused = keyring.mac(id, { ...bound(sent[0]!).binding, code: sent[0]!.code });
		expect(left.includes(unused)).toBe(true);
	});
});
