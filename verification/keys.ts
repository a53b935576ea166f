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

/** Shortest signing secret taken, in characters: below it a stolen store could be searched offline. */
export const shortestSecret = 16;

const randomLength = 16;
const phoneKeyLength = 8;

/** Everything derived from one signing secret. Node takes ten times as long for a key given as bytes. */
interface DerivedKeys {
	id: string;
	mac: KeyObject;
	index: KeyObject;
	seal: KeyObject;
	mask: KeyObject;
}

/** The phone key inside an id, as it reads under one of the keys. */
export interface LocatedPhone {
	keyId: string;
	phoneKey: string;
}

/** Half a megabyte. */
const mostPhoneKeys = 2500;

export interface CodeBinding {
	namespace: string;
	verificationId: string;
	phoneKey: string;
	purpose: string;
	code: string;
}

/**
 * Signs, seals and finds. The newest secret signs; older ones still verify and open (docs/reference/verification-rules.md 1.8).
 */
export class Keyring {
	private readonly keys: [DerivedKeys, ...DerivedKeys[]];
	/** Ids of all keys, newest first. */
	readonly ids: readonly string[];
	/** Of recent ids, and of those before them: who got a code enters it soon, and more than once. */
	private phoneKeys = new Map<string, readonly LocatedPhone[]>();
	private olderPhoneKeys: ReadonlyMap<string, readonly LocatedPhone[]> = new Map();
	/** Asked for with every webhook. */
	private readonly derivedSecrets = new Map<string, string>();

	/** @param secrets newest first, each of at least `shortestSecret` characters; named twice, one counts once */
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

	/** The only form in which a code is stored: 32 bytes, base64url (rule 8). Bound as rule 10 demands. */
	mac(keyId: string, binding: CodeBinding): string {
		const { namespace, verificationId, phoneKey, purpose, code } = binding;
		return hmac(this.key(keyId).mac, [namespace, verificationId, phoneKey, purpose, code]).digest('base64url');
	}

	/** The keyed index by which a phone is found without being stored: 8 bytes, hex. */
	phoneKey(keyId: string, namespace: string, foldedPhone: string): string {
		return this.index(keyId, 'phone', namespace, foldedPhone).subarray(0, phoneKeyLength).toString('hex');
	}

	/** A keyed name for anything that is looked up but not to be read in the store: 16 bytes, base64url. */
	lookup(keyId: string, ...parts: string[]): string {
		return this.index(keyId, ...parts)
			.subarray(0, 16)
			.toString('base64url');
	}

	/**
	 * A new id: 128 random bits (rule 9), then the phone key masked with a key of ours, so that a store finds all
	 * that belongs to one phone from the id alone and nobody else sees which ids share a phone.
	 */
	newId(keyId: string, phoneKey: string): string {
		const random = randomBytes(randomLength);
		const id = Buffer.concat([random, this.masked(keyId, random, Buffer.from(phoneKey, 'hex'))]).toString('base64url');
		if (this.keys.length === 1) this.rememberPhone(id, [{ keyId, phoneKey }]);
		return id;
	}

	/** Whether it looks like an id of ours, under whatever key. */
	canBeId(text: string): boolean {
		return /^[\w-]{32}$/.test(text);
	}

	/** The phone key inside an id under each key, newest first; empty where it can't be an id of ours. */
	phoneKeysOf(id: string): readonly LocatedPhone[] {
		const known = this.phoneKeys.get(id) ?? this.olderPhoneKeys.get(id);
		if (known !== undefined) return known;
		if (!this.canBeId(id)) return [];
		const bytes = Buffer.from(id, 'base64url');
		const random = bytes.subarray(0, randomLength);
		const found = this.keys.map(({ id: keyId }) => ({
			keyId,
			phoneKey: this.masked(keyId, random, bytes.subarray(randomLength)).toString('hex'),
		}));
		this.rememberPhone(id, found);
		return found;
	}

	private rememberPhone(id: string, found: readonly LocatedPhone[]): void {
		if (this.phoneKeys.size >= mostPhoneKeys) {
			this.olderPhoneKeys = this.phoneKeys;
			this.phoneKeys = new Map();
		}
		this.phoneKeys.set(id, found);
	}

	/** AES-256-GCM under the newest key. `context` is authenticated, so a sealed value fits in one place only. */
	seal(plain: string, context: string): string {
		const { id, seal } = this.keys[0];
		const nonce = randomBytes(12);
		const cipher = createCipheriv('aes-256-gcm', seal, nonce).setAAD(Buffer.from(context));
		const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
		return `${id}.${sealed.toString('base64url')}`;
	}

	/** @throws SigningKeyMissingError where the secret it was sealed under is not configured any more */
	open(sealed: string, context: string): string {
		const [keyId = '', body = ''] = sealed.split('.');
		const bytes = Buffer.from(body, 'base64url');
		const decipher = createDecipheriv('aes-256-gcm', this.key(keyId).seal, bytes.subarray(0, 12))
			.setAAD(Buffer.from(context))
			.setAuthTag(bytes.subarray(-16));
		return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
	}

	/** A secret of its own for something outside, such as a webhook's header: 32 bytes, hex. */
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

/** JSON keeps the parts apart, so that no two lists of parts share an input. */
function hmac(key: KeyObject, parts: string[]): Hmac {
	return createHmac('sha256', key).update(JSON.stringify(parts));
}
