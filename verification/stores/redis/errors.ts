import { z } from 'zod';
import { StoreUnavailableError, VerificationError } from '../../errors';
import { RedisReplyError } from './transport';

interface Reason {
	/** After 'The verification store at host:port'. */
	what: string;
	fix: string;
}

const address = 'Check the address in the WhatsApp OTP Store credential, and that n8n may reach it';
const login = "Check 'Username' and 'Password' in the WhatsApp OTP Store credential";
const primary =
	"Let the WhatsApp OTP Store credential name the primary, or the Sentinels in 'URL' (redis+sentinel://...)";
const wait = 'Try again in a moment';
const cluster = "Write 'URL' in the WhatsApp OTP Store credential as redis+cluster://host:port";
const tls =
	"Check 'TLS' in the WhatsApp OTP Store credential; a certificate authority of your own goes into NODE_EXTRA_CA_CERTS";

const lost: Reason = { what: 'broke the connection off before it answered', fix: wait };

const slow: Reason = { what: 'did not answer in time', fix: address };
const wrongLogin: Reason = { what: 'refused the user name or password', fix: login };
const noLogin: Reason = { what: 'asks for a password', fix: login };
const tooFewRights: Reason = {
	what: 'does not let this user do all that is needed',
	fix: 'Allow the user EVAL, EVALSHA, GET, SET, DEL, HGET, HMGET, HGETALL, HSET, HDEL, ZADD, ZREM, ZRANGEBYSCORE, PTTL, PEXPIRE and TIME on keys that begin with whatsapp-otp:',
};

/** What a server says first. Inside a script Redis 6 and older put it after a dash. */
const replies: Record<string, Reason> = {
	WRONGPASS: wrongLogin,
	NOAUTH: noLogin,
	NOPERM: tooFewRights,
	READONLY: { what: 'is a read-only replica', fix: primary },
	MASTERDOWN: { what: 'is a replica that lost its primary', fix: primary },
	OOM: { what: 'has used up its memory', fix: "Raise 'maxmemory' of Redis, or give the codes a Redis of their own" },
	MISCONF: { what: 'can not write to its disk', fix: "Look at Redis' log; usually the disk is full" },
	LOADING: { what: 'is still loading its data', fix: wait },
	BUSY: { what: 'is busy with a script of somebody else', fix: wait },
	NOREPLICAS: { what: 'has too few replicas to take a write', fix: "Look at Redis' replicas" },
	CLUSTERDOWN: { what: 'is a cluster that is down or not complete', fix: "Look at the state of the cluster's nodes" },
	TRYAGAIN: { what: 'is a cluster that is moving these keys', fix: wait },
	MOVED: { what: 'is one node of a cluster', fix: cluster },
	CROSSSLOT: { what: 'is one node of a cluster', fix: cluster },
};

/** What it says only after ERR. */
const phrases: Array<[RegExp, Reason]> = [
	[/invalid password|without any password configured|wrong number of arguments for 'auth'/i, wrongLogin],
	// Its bound on what strangers may send comes before its asking for a password.
	[/unauthenticated (multi)?bulk/, noLogin],
	[/user executing the script can't/, tooFewRights],
	[
		/Sentinels know no primary/,
		{
			what: 'knows no primary of this name',
			fix: "Check the name after the hosts in 'URL' of the WhatsApp OTP Store credential",
		},
	],
	[/max number of clients/i, { what: 'has no room for another connection', fix: "Raise 'maxclients' of Redis" }],
	[
		/DB index|SELECT is not allowed/i,
		{ what: 'has no database of this number', fix: "Check 'Database' in the WhatsApp OTP Store credential" },
	],
	[/unknown command/i, { what: 'runs no scripts', fix: 'Use Redis 5 or newer, and allow EVAL and EVALSHA' }],
	[
		/^unauthorized$/,
		{ what: 'does not accept the token', fix: "Check 'REST Token' in the WhatsApp OTP Store credential" },
	],
	[
		/^no REST protocol/,
		{
			what: 'does not speak the REST protocol of Upstash',
			fix: "Check 'REST URL' in the WhatsApp OTP Store credential",
		},
	],
];

/** What Node and the client call the ways in which no answer comes. */
const breaks: Record<string, Reason> = {
	ECONNREFUSED: { what: 'refused the connection', fix: address },
	ENOTFOUND: { what: 'was not found', fix: address },
	EAI_AGAIN: { what: 'could not be looked up', fix: address },
	EHOSTUNREACH: { what: 'can not be reached', fix: address },
	ENETUNREACH: { what: 'can not be reached', fix: address },
	CERT_HAS_EXPIRED: { what: 'has an expired certificate', fix: tls },
	DEPTH_ZERO_SELF_SIGNED_CERT: { what: 'has a self-signed certificate', fix: tls },
	SELF_SIGNED_CERT_IN_CHAIN: { what: 'has a certificate of an unknown authority', fix: tls },
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: { what: 'has a certificate of an unknown authority', fix: tls },
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { what: 'has a certificate of an unknown authority', fix: tls },
	ERR_TLS_CERT_ALTNAME_INVALID: { what: 'has a certificate of another host', fix: tls },
	ECONNRESET: lost,
	EPIPE: lost,
	ETIMEDOUT: slow,
	ECONNABORTED: slow,
	UND_ERR_HEADERS_TIMEOUT: slow,
	UND_ERR_CONNECT_TIMEOUT: slow,
	UND_ERR_SOCKET: lost,
	ERR_SSL_WRONG_VERSION_NUMBER: { what: 'does not speak TLS', fix: tls },
};

const blocked: Reason = {
	what: 'may not be called by n8n',
	fix: 'Add the host to N8N_SSRF_ALLOWED_HOSTNAMES of n8n, which keeps nodes from private addresses',
};
const strange: Reason = {
	what: 'did not answer as a Redis does',
	fix: "Look at what listens there, and at Redis' version and log",
};

/** By their words: the client's errors have neither codes nor names of their own. */
const words: Array<[RegExp, Reason]> = [
	[/^(Socket closed|Disconnects client|The client is)/, lost],
	[/SSRF|blocked by .*(policy|protection)|not allowed to access/i, blocked],
	[/^(Connection timeout|None of the root nodes)/, { what: 'can not be reached', fix: address }],
];

/**
 * One clear sentence for whatever went wrong; errors of ours pass.
 * @param place host and port, without user and password
 */
export function explainRedisError(error: unknown, place: string): VerificationError {
	if (error instanceof VerificationError) return error;
	const { what, fix } = error instanceof RedisReplyError ? reasonOfReply(error.message) : reasonOfBreak(error);
	return new StoreUnavailableError(`The verification store at ${place} ${what}`, fix, { cause: error });
}

/** The first word of a server's refusal, such as READONLY. */
export function replyCode(message: string): string {
	const [, code = ''] = /: -([A-Z]{3,})\b/.exec(message) ?? /^-?([A-Z]{3,})\b/.exec(message) ?? [];
	return code;
}

function reasonOfReply(message: string): Reason {
	const known = replies[replyCode(message)] ?? phrases.find(([pattern]) => pattern.test(message))?.[1];
	return known ?? { what: `did not do as asked: ${message.slice(0, 200)}`, fix: "Look at Redis' version and log" };
}

/** What lies deepest counts: HTTP clients wrap what the network said. */
function reasonOfBreak(error: unknown): Reason {
	if (error instanceof RedisTimeoutError) return { what: error.message, fix: address };
	if (error instanceof RedisSilentError) return { what: error.message, fix: error.isTls ? tls : address };
	const { code, message = '', cause } = thrown.safeParse(error).data ?? {};
	const below = cause === undefined || cause === null ? undefined : reasonOfBreak(cause);
	if (below !== undefined && below !== strange) return below;
	return breaks[code ?? ''] ?? words.find(([pattern]) => pattern.test(message))?.[1] ?? strange;
}

const thrown = z.object({
	code: z.string().optional().catch(undefined),
	message: z.string().optional(),
	cause: z.unknown(),
});

/** No answer in time: nobody knows whether it was done. */
export class RedisTimeoutError extends Error {
	constructor(milliseconds: number) {
		super(`did not answer within ${milliseconds / 1000} seconds`);
	}
}

/** No connection in time: nothing was asked. */
export class RedisSilentError extends Error {
	constructor(readonly isTls: boolean) {
		super(isTls ? 'did not answer to TLS' : 'can not be reached: nothing answers');
	}
}
