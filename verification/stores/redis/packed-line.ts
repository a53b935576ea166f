import { isCodeShape, type CodeShape } from '../../code';
import { verificationStates, type VerificationState } from '../../state';

/**
 * The packed line holds everything that a check needs to know about a verification, in one field of a Redis hash.
 * Only this file packs and unpacks it: `packLine` and `unpackLine` exist in Lua, for the scripts, and in TypeScript.
 *
 * Place. Each phone has a hash, `<prefix>:{<phone key>}:checks`. Each verification of the phone has a field there,
 * named by its id, with the packed line. The field `failed` holds the times of the failed checks, see
 * scripts/parts/windows.ts.
 *
 * Format. Eleven words, each followed by one space, then the subject, a line feed, and the replaced codes:
 *
 *     state attempts purgeAt verifiedAt mac keyId,shape, maxAttempts sealedMetadata sealedPhone expiresAt subject\n
 *     replaced
 *
 * Times are milliseconds since 1970; `verifiedAt` is 0 before the approval. An empty `mac`, `sealedMetadata` or
 * `sealedPhone` is written as `-`. `subject` is JSON without line feeds, and may hold spaces. `replaced` is JSON, or
 * empty: the codes that a resend replaced, by send id.
 *
 * Why. A check reads and writes one hash with one HMGET and one HSET, and parses no JSON. With a hash of named fields
 * a check takes longer (docs/decisions/0007-redis-record-and-batch.md has the figures).
 *
 * What must not change. Lines of a running installation stay in its Redis for up to a day, so a new version must read
 * the lines of the old one. A MAC stands nowhere but in this line. After a verification has ended, the line must hold
 * no MAC, neither the current one nor a replaced one.
 *
 * How to measure. `npm run bench -- --only verify.redis`, on a quiet machine, several times before and after.
 */
export interface PackedLine {
	state: VerificationState;
	attempts: number;
	/** Milliseconds since 1970. From then on the verification counts as deleted. */
	purgeAt: number;
	/** Milliseconds since 1970, or 0. */
	verifiedAt: number;
	/** Base64url, or empty after the end. */
	mac: string;
	/** The id of the signing key and the shape of the code. */
	keyId: string;
	shape: CodeShape;
	maxAttempts: number;
	/** Empty if there is none. */
	sealedMetadata: string;
	/** Empty in an answer that approves nothing. */
	sealedPhone: string;
	/** Milliseconds since 1970. */
	expiresAt: number;
	/** Namespace and purpose, as `subjectOf` writes them. */
	subject: string;
	/** JSON of the codes that a resend replaced, or empty. */
	replaced: string;
}

/** `packLine` and `unpackLine` in Lua. A line there is a table with the fields of `PackedLine`. */
export const packedLine = `
local function packLine(line)
	return ('%s %d %.0f %.0f %s %s,%s, %d %s %s %.0f %s\\n%s'):format(
		line.state, line.attempts, line.purgeAt, line.verifiedAt, line.mac == '' and '-' or line.mac,
		line.keyId, line.shape, line.maxAttempts, line.sealedMetadata == '' and '-' or line.sealedMetadata,
		line.sealedPhone == '' and '-' or line.sealedPhone, line.expiresAt, line.subject, line.replaced)
end

local packedFormat =
	'^(%S+) (%d+) (%d+) (%d+) (%S+) ([^%s,]+),([^%s,]+), (%d+) (%S+) (%S+) (%d+) ([^\\n]*)\\n(.*)$'

-- Raises an error if the text is not a packed line.
local function unpackLine(text)
	local state, attempts, purgeAt, verifiedAt, mac, keyId, shape, maxAttempts, metadata, phone, expiresAt, subject,
		replaced =
		text:match(packedFormat)
	if not state then error('a packed line has an unknown format') end
	return {
		state = state, attempts = tonumber(attempts), purgeAt = tonumber(purgeAt), verifiedAt = tonumber(verifiedAt),
		mac = mac == '-' and '' or mac, keyId = keyId, shape = shape, maxAttempts = tonumber(maxAttempts),
		sealedMetadata = metadata == '-' and '' or metadata, sealedPhone = phone == '-' and '' or phone,
		expiresAt = tonumber(expiresAt), subject = subject,
		replaced = replaced,
	}
end
`;

export function packLine(line: PackedLine): string {
	const { state, attempts, purgeAt, verifiedAt, mac, keyId, shape, maxAttempts, expiresAt, subject } = line;
	const sealed = [line.sealedMetadata || '-', line.sealedPhone || '-'];
	const words = [state, attempts, purgeAt, verifiedAt, mac || '-', `${keyId},${shape},`];
	return [...words, maxAttempts, ...sealed, expiresAt, subject].join(' ') + `\n${line.replaced}`;
}

const packedFormat = /^(\S+) (\d+) (\d+) (\d+) (\S+) ([^\s,]+),([^\s,]+), (\d+) (\S+) (\S+) (\d+) ([^\n]*)\n([^]*)$/;

const states = new Set<string>(verificationStates);
const isState = (word: string): word is VerificationState => states.has(word);

/** @throws Error if the text is not a packed line */
export function unpackLine(text: string): PackedLine {
	const [, state = '', attempts, purgeAt, verifiedAt, mac = '', keyId = '', shape = '', maxAttempts, ...rest] =
		packedFormat.exec(text) ?? [];
	const [sealedMetadata = '', sealedPhone = '', expiresAt, subject = '', replaced = ''] = rest;
	if (!isState(state) || !isCodeShape(shape)) throw new Error('A packed line has an unknown format');
	return {
		state,
		attempts: Number(attempts),
		purgeAt: Number(purgeAt),
		verifiedAt: Number(verifiedAt),
		mac: mac === '-' ? '' : mac,
		keyId,
		shape,
		maxAttempts: Number(maxAttempts),
		sealedMetadata: sealedMetadata === '-' ? '' : sealedMetadata,
		sealedPhone: sealedPhone === '-' ? '' : sealedPhone,
		expiresAt: Number(expiresAt),
		subject,
		replaced,
	};
}
