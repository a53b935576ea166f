import { z } from 'zod';
import { StoreUnavailableError, VerificationError } from '../../errors';
import { RedisReplyError } from './transport';

interface Reason {
	/** Follows 'The verification store at host:port'. */
	what: string;
	fix: string;
}

const address = 'Check the address in the WhatsApp OTP Store credential, and that n8n can reach it';
const login = "Check 'Username' and 'Password' in the WhatsApp OTP Store credential";
const primary =
	"In the WhatsApp OTP Store credential, enter the address of the primary, or the Sentinels in 'URL' " +
	'(redis+sentinel://...)';
const wait = 'Try again in a moment';
const cluster = "Write 'URL' in the WhatsApp OTP Store credential as redis+cluster://host:port";
const tls =
	"Check 'TLS' in the WhatsApp OTP Store credential. If you use a private certificate authority, set " +
	'NODE_EXTRA_CA_CERTS of n8n to its certificate file';

const lost: Reason = { what: 'closed the connection before it answered', fix: wait };

const slow: Reason = { what: 'did not answer in time', fix: address };
const wrongLogin: Reason = { what: 'refused the user name or password', fix: login };
const noLogin: Reason = { what: 'requires a password', fix: login };
const tooFewRights: Reason = {
	what: 'does not give this user all the rights that are needed',
	fix:
		'Allow the user EVAL, EVALSHA, GET, SET, DEL, HGET, HMGET, HGETALL, HSET, HDEL, ZADD, ZREM, ZRANGEBYSCORE, ' +
		'PTTL, PEXPIRE and TIME on keys that begin with whatsapp-otp:',
};

/** By the first word of the server's reply. Inside a script, Redis 6 and older write a dash before it. */
const replies: Record<string, Reason> = {
	WRONGPASS: wrongLogin,
	NOAUTH: noLogin,
	NOPERM: tooFewRights,
	READONLY: { what: 'is a read-only replica', fix: primary },
	MASTERDOWN: { what: 'is a replica that lost its primary', fix: primary },
	OOM: { what: 'has used up its memory', fix: "Raise 'maxmemory' of Redis, or use a separate Redis for the codes" },
	MISCONF: { what: 'cannot write to its disk', fix: 'Check the log of Redis. Usually the disk is full' },
	LOADING: { what: 'is still loading its data', fix: wait },
	BUSY: { what: 'is busy with a script of another program', fix: wait },
	NOREPLICAS: { what: 'has too few replicas to accept a write', fix: 'Check the replicas of Redis' },
	CLUSTERDOWN: {
		what: 'is a cluster that is down or not complete',
		fix: 'Check the state of the nodes of the cluster',
	},
	TRYAGAIN: { what: 'is a cluster that is moving these keys', fix: wait },
	MOVED: { what: 'is one node of a cluster', fix: cluster },
	CROSSSLOT: { what: 'is one node of a cluster', fix: cluster },
};

/** By the text of the reply, for replies that start with ERR. */
const phrases: Array<[RegExp, Reason]> = [
	[/invalid password|without any password configured|wrong number of arguments for 'auth'/i, wrongLogin],
	// Redis limits the size of commands before the login, and answers this before it asks for a password.
	[/unauthenticated (multi)?bulk/, noLogin],
	[/user executing the script can't/, tooFewRights],
	[
		/Sentinels know no primary/,
		{
			what: 'knows no primary of this name',
			fix: "Check the name after the hosts in 'URL' of the WhatsApp OTP Store credential",
		},
	],
	[/max number of clients/i, { what: 'accepts no more connections', fix: "Raise 'maxclients' of Redis" }],
	[
		/DB index|SELECT is not allowed/i,
		{ what: 'has no database of this number', fix: "Check 'Database' in the WhatsApp OTP Store credential" },
	],
	[/unknown command/i, { what: 'does not run scripts', fix: 'Use Redis 5 or newer, and allow EVAL and EVALSHA' }],
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

/** By the error code of Node or the HTTP client, if no answer came. */
const breaks: Record<string, Reason> = {
	ECONNREFUSED: { what: 'refused the connection', fix: address },
	ENOTFOUND: { what: 'was not found', fix: address },
	EAI_AGAIN: { what: 'could not be looked up', fix: address },
	EHOSTUNREACH: { what: 'cannot be reached', fix: address },
	ENETUNREACH: { what: 'cannot be reached', fix: address },
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
	what: 'is at an address that n8n blocks',
	fix: 'n8n blocks requests to private addresses. Add the host to N8N_SSRF_ALLOWED_HOSTNAMES of n8n',
};
const unexpected: Reason = {
	what: 'did not answer like a Redis server',
	fix: 'Check which server listens at this address, and the version and log of Redis',
};

/** By the message, since the errors of the Redis client have neither codes nor names. */
const messages: Array<[RegExp, Reason]> = [
	[/^(Socket closed|Disconnects client|The client is)/, lost],
	[/SSRF|blocked by .*(policy|protection)|not allowed to access/i, blocked],
	[/^(Connection timeout|None of the root nodes)/, { what: 'cannot be reached', fix: address }],
];

/**
 * Turns any error into one that says what happened and what to do. Returns a VerificationError as it is.
 * @param place host and port, without user and password
 */
export function explainRedisError(error: unknown, place: string): VerificationError {
	if (error instanceof VerificationError) return error;
	const reason = error instanceof RedisEndedError ? error.cause : error;
	const { what, fix } = reason instanceof RedisReplyError ? reasonOfReply(reason.message) : reasonOfBreak(reason);
	return new StoreUnavailableError(`The verification store at ${place} ${what}`, fix, { cause: error });
}

/** The first word of a server's error reply, such as READONLY. */
export function replyCode(message: string): string {
	const [, code = ''] = /: -([A-Z]{3,})\b/.exec(message) ?? /^-?([A-Z]{3,})\b/.exec(message) ?? [];
	return code;
}

function reasonOfReply(message: string): Reason {
	const known = replies[replyCode(message)] ?? phrases.find(([pattern]) => pattern.test(message))?.[1];
	return known ?? { what: `refused the command: ${message.slice(0, 200)}`, fix: 'Check the version and log of Redis' };
}

/** HTTP clients wrap the error of the network, so the innermost cause that is known decides. */
function reasonOfBreak(error: unknown): Reason {
	if (error instanceof RedisTimeoutError) return { what: error.message, fix: address };
	if (error instanceof RedisSilentError) return { what: error.message, fix: error.isTls ? tls : address };
	const { code, message = '', cause } = thrownError.safeParse(error).data ?? {};
	const inner = cause === undefined || cause === null ? undefined : reasonOfBreak(cause);
	if (inner !== undefined && inner !== unexpected) return inner;
	return breaks[code ?? ''] ?? messages.find(([pattern]) => pattern.test(message))?.[1] ?? unexpected;
}

const thrownError = z.object({
	code: z.string().optional().catch(undefined),
	message: z.string().optional(),
	cause: z.unknown(),
});

/** No answer in time. It is unknown whether the command was done. */
export class RedisTimeoutError extends Error {
	constructor(timeoutMs: number) {
		super(`did not answer within ${timeoutMs / 1000} seconds`);
	}
}

/** The connection ended because of this or another command. It is unknown whether the command was done. */
export class RedisEndedError extends Error {
	/** @param cause the error of the command because of which it ended */
	constructor(cause: unknown) {
		super('the connection ended', { cause });
	}
}

/** No connection in time. No command was sent. */
export class RedisSilentError extends Error {
	constructor(readonly isTls: boolean) {
		super(isTls ? 'did not answer to TLS' : 'cannot be reached: nothing answers');
	}
}
