import {
	createCipheriv,
	createDecipheriv,
	createHmac,
	createSecretKey,
	hkdfSync,
	randomBytes,
	type Hmac,
	type KeyObject,
} from 'node:crypto';
import { SigningKeyMissingError } from './errors';

/** Characters of a signing secret. With a shorter secret, an attacker who has the store could find it by trying. */
export const minSecretLength = 16;

const randomLength = 16;
const phoneKeyLength = 8;

/** Everything derived from one signing secret. KeyObjects, because Node needs ten times as long for a key in bytes. */
interface DerivedKeys {
	id: string;
	mac: KeyObject;
	index: KeyObject;
	seal: KeyObject;
	mask: KeyObject;
}

/** The phone key inside an id, read with one of the keys. */
export interface LocatedPhone {
	keyId: string;
	phoneKey: string;
}

/** About one megabyte. */
const maxCachedIds = 5000;

export interface CodeBinding {
	namespace: string;
	verificationId: string;
	phoneKey: string;
	purpose: string;
	code: string;
}

/**
 * Signs codes, seals values and derives lookup keys. The newest secret signs; older ones still verify and open
 * (docs/reference/verification-rules.md 1.8).
 */
export class Keyring {
	private readonly keys: [DerivedKeys, ...DerivedKeys[]];
	/** Ids of all keys, newest first. */
	readonly ids: readonly string[];
	/**
	 * Phone keys of recent ids: reading one takes 5 µs, a third of a check, and a new id is checked soon and repeatedly.
	 */
	private readonly phoneKeys = new Map<string, readonly LocatedPhone[]>();
	/** Cached, because every webhook needs its secret. */
	private readonly derivedSecrets = new Map<string, string>();

	/** @param secrets newest first, each of at least `minSecretLength` characters; a repeated secret counts once */
	constructor(secrets: readonly [string, ...string[]]) {
		const [newest, ...older] = secrets;
		const others = [...new Set(older)].filter((secret) => secret !== newest);
		this.keys = [deriveKeys(newest), ...others.map(deriveKeys)];
		this.ids = this.keys.map(({ id }) => id);
	}

	/** Id of the key that signs. */
	get newest(): string {
		return this.keys[0].id;
	}

	/**
	 * The only form in which a code is stored: 32 bytes, base64url (docs/reference/verification-rules.md 1.8 and 1.10).
	 */
	mac(keyId: string, binding: CodeBinding): string {
		const { namespace, verificationId, phoneKey, purpose, code } = binding;
		return hmac(this.key(keyId).mac, [namespace, verificationId, phoneKey, purpose, code]).digest('base64url');
	}

	/** The keyed hash by which a store finds a phone without storing it: 8 bytes, hex. */
	phoneKey(keyId: string, namespace: string, foldedPhone: string): string {
		return this.index(keyId, 'phone', namespace, foldedPhone).subarray(0, phoneKeyLength).toString('hex');
	}

	/** A keyed hash for something that a store looks up but must not read: 16 bytes, base64url. */
	lookup(keyId: string, ...parts: string[]): string {
		return this.index(keyId, ...parts)
			.subarray(0, 16)
			.toString('base64url');
	}

	/**
	 * A new id: 128 random bits (docs/reference/verification-rules.md 1.9), then the masked phone key. So the id alone
	 * leads to everything that belongs to the phone, and without the secret it does not show which ids share a phone.
	 */
	newId(keyId: string, phoneKey: string): string {
		const random = randomBytes(randomLength);
		const id = Buffer.concat([random, this.masked(keyId, random, Buffer.from(phoneKey, 'hex'))]).toString('base64url');
		if (this.keys.length === 1) this.cache(id, [{ keyId, phoneKey }]);
		return id;
	}

	/** Whether a text has the form of our ids. */
	canBeId(text: string): boolean {
		return /^[\w-]{32}$/.test(text);
	}

	/**
	 * The phone key inside an id, read with each key, newest first. Empty if the text does not have the form of our ids.
	 */
	phoneKeysOf(id: string): readonly LocatedPhone[] {
		const cached = this.phoneKeys.get(id);
		if (cached !== undefined) return cached;
		if (!this.canBeId(id)) return [];
		const bytes = Buffer.from(id, 'base64url');
		const random = bytes.subarray(0, randomLength);
		const found = this.keys.map(({ id: keyId }) => ({
			keyId,
			phoneKey: this.masked(keyId, random, bytes.subarray(randomLength)).toString('hex'),
		}));
		this.cache(id, found);
		return found;
	}

	private cache(id: string, found: readonly LocatedPhone[]): void {
		if (this.phoneKeys.size >= maxCachedIds) this.phoneKeys.clear();
		this.phoneKeys.set(id, found);
	}

	/** AES-256-GCM under the newest key. `context` is authenticated: a sealed value opens with the same context only. */
	seal(plain: string, context: string): string {
		const { id, seal } = this.keys[0];
		const nonce = randomBytes(12);
		const cipher = createCipheriv('aes-256-gcm', seal, nonce).setAAD(Buffer.from(context));
		const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
		return `${id}.${sealed.toString('base64url')}`;
	}

	/** @throws SigningKeyMissingError if the secret that sealed it is no longer configured */
	open(sealed: string, context: string): string {
		const [keyId = '', body = ''] = sealed.split('.');
		const bytes = Buffer.from(body, 'base64url');
		const decipher = createDecipheriv('aes-256-gcm', this.key(keyId).seal, bytes.subarray(0, 12))
			.setAAD(Buffer.from(context))
			.setAuthTag(bytes.subarray(-16));
		return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
	}

	/** A separate secret for one use, for example a webhook's header: 32 bytes, hex. */
	derivedSecret(...parts: string[]): string {
		const name = JSON.stringify(parts);
		const secret = this.derivedSecrets.get(name) ?? this.index(this.newest, 'derived', ...parts).toString('hex');
		this.derivedSecrets.set(name, secret);
		return secret;
	}

	private index(keyId: string, ...parts: string[]): Buffer {
		return hmac(this.key(keyId).index, parts).digest();
	}

	private masked(keyId: string, random: Buffer, bytes: Buffer): Buffer {
		const mask = createHmac('sha256', this.key(keyId).mask).update(random).digest();
		return Buffer.from(bytes.map((byte, i) => byte ^ (mask[i] ?? 0)));
	}

	private key(keyId: string): DerivedKeys {
		const key = this.keys.find(({ id }) => id === keyId);
		if (key === undefined) throw new SigningKeyMissingError(keyId);
		return key;
	}
}

function deriveKeys(secret: string): DerivedKeys {
	const derive = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'n8n-nodes-whatsapp-otp', use, 32));
	return {
		id: derive('key id').toString('hex').slice(0, 8),
		mac: createSecretKey(derive('mac')),
		index: createSecretKey(derive('index')),
		seal: createSecretKey(derive('seal')),
		mask: createSecretKey(derive('mask')),
	};
}

/** JSON separates the parts: two different lists of parts never give the same input. */
function hmac(key: KeyObject, parts: string[]): Hmac {
	return createHmac('sha256', key).update(JSON.stringify(parts));
}
