/** What a browser or a front end asks for. Values are as they were sent: the verification engine reads them. */
export type PageRequest =
	| { action: 'send'; phone: string; proof: BotProof }
	| { action: 'verify'; code: string | number; verificationId?: string }
	| { action: 'resend'; verificationId?: string }
	| { action: 'restart'; verificationId?: string };

/** What the page sends for `BotProtection` in page/view.ts. */
export interface BotProof {
	/** Base64 of JSON, as ALTCHA's libraries read it. */
	altcha?: string;
	turnstile?: string;
}

export interface PostRefusal {
	action: 'refuse';
	/** For the answer. */
	status: 400 | 413 | 415;
	/** For front ends: what is wrong, and what to do. It holds nothing of the request. */
	reason: string;
}

/** `json`: answer with JSON. */
export type ReadPost = { format: 'form' | 'json' } & (PageRequest | PostRefusal);

/** The solution of a challenge has about 700 bytes, a token of Turnstile at most 2,048. */
const maxBytes = 16_384;

const fieldNames = ['phone', 'code', 'verificationId', 'resend', 'restart', 'altcha', 'cf-turnstile-response'] as const;
type FieldName = (typeof fieldNames)[number];
type Fields = Partial<Record<FieldName, string | number>>;

/**
 * Reads a post of the page or of a front end. Never throws.
 * @param body the raw bytes; undefined if the host has none
 */
export function readPost(contentType: string | undefined, body: Uint8Array | undefined): ReadPost {
	const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
	const isJson = type === 'application/json';
	const format = isJson ? 'json' : 'form';
	if (!isJson && type !== 'application/x-www-form-urlencoded') {
		return { format, ...refuse(415, 'Send application/json or application/x-www-form-urlencoded') };
	}
	if (body !== undefined && body.byteLength > maxBytes) {
		return { format, ...refuse(413, `The body must have at most ${maxBytes} bytes`) };
	}
	const text = decode(body ?? new Uint8Array());
	if (text === undefined) return { format, ...refuse(400, 'The body must be UTF-8') };
	const fields = isJson ? fieldsOfJson(text) : fieldsOfForm(text);
	return { format, ...(typeof fields === 'string' ? refuse(400, fields) : requestOf(fields)) };
}

function requestOf(fields: Fields): PageRequest | PostRefusal {
	const { phone, code, resend, restart } = fields;
	const wanted = [phone, code, resend, restart].filter((field) => field !== undefined);
	if (wanted.length !== 1) return refuse(400, "Send exactly one of 'phone', 'code', 'resend' and 'restart'");
	if (phone !== undefined) return { action: 'send', phone: String(phone), proof: proofOf(fields) };
	const id = fields.verificationId;
	const named = id === undefined ? {} : { verificationId: String(id) };
	if (code !== undefined) return { action: 'verify', code, ...named };
	return { action: resend === undefined ? 'restart' : 'resend', ...named };
}

function proofOf({ altcha, 'cf-turnstile-response': turnstile }: Fields): BotProof {
	const proof: BotProof = {};
	if (altcha !== undefined) proof.altcha = String(altcha);
	if (turnstile !== undefined) proof.turnstile = String(turnstile);
	return proof;
}

/** @returns what is wrong, if it is text */
function fieldsOfForm(text: string): Fields | string {
	const values = new URLSearchParams(text);
	const fields: Fields = {};
	for (const name of fieldNames) {
		const [value, second] = values.getAll(name);
		if (second !== undefined) return `Send '${name}' once`;
		if (value !== undefined) fields[name] = value;
		// Other libraries read these as one field, or as a list.
		if (values.has(`${name}[]`)) return `Send '${name}' once`;
	}
	return fields;
}

/** @returns what is wrong, if it is text */
function fieldsOfJson(text: string): Fields | string {
	const parsed = parseJson(text);
	if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'The body must be a JSON object';
	const values = new Map<string, unknown>(Object.entries(parsed));
	const fields: Fields = {};
	for (const name of fieldNames) {
		const value = values.get(name);
		if (value === undefined || value === null || value === false) continue;
		const isFlag = name === 'resend' || name === 'restart';
		if (isFlag && value === true) fields[name] = 'true';
		else if (!isFlag && (typeof value === 'string' || isWhole(value))) fields[name] = value;
		else return `'${name}' must be ${isFlag ? 'true' : 'text'}`;
	}
	return fields;
}

/** A number whose digits are those that were sent. */
function isWhole(value: unknown): value is number {
	return Number.isSafeInteger(value);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function decode(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return undefined;
	}
}

function refuse(status: PostRefusal['status'], reason: string): PostRefusal {
	return { action: 'refuse', status, reason };
}
