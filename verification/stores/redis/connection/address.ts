import { StoreUnavailableError } from '../../../errors';

export interface RedisNode {
	host: string;
	port: number;
}

export interface RedisLogin {
	username?: string;
	password?: string;
}

/** Where a Redis is and how to get in. */
export interface RedisAddress extends RedisLogin {
	kind: 'server' | 'sentinel' | 'cluster';
	/** The server, or some of the Sentinels or of the cluster's nodes. */
	nodes: [RedisNode, ...RedisNode[]];
	tls: boolean;
	database: number;
	/** What the Sentinels call the primary, and how to log in to them. */
	primary?: string;
	sentinelLogin?: RedisLogin;
}

const usualPort = { server: 6379, sentinel: 26_379, cluster: 6379 };

const form = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^/?#]*)@)?([^/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

/**
 * Reads an address. One server: `redis://user:password@host:port/database`. A primary that Sentinels know:
 * `redis+sentinel://user:password@host:port,host:port/name/database?sentinelPassword=...`. A cluster:
 * `redis+cluster://user:password@host:port,host:port`. With `rediss` each of them speaks TLS.
 * @throws StoreUnavailableError that quotes nothing of it, for it may hold a password
 */
export function readRedisUrl(url: string): RedisAddress {
	const match = form.exec(url.trim());
	if (match === null) throw unreadable('is no address of a Redis');
	const [, secure, topology, user = '', hosts = '', path = '', query = ''] = match;
	const kind = topology === 'sentinel' || topology === 'cluster' ? topology : 'server';
	const [first, ...others] = hosts.split(',').map((host) => readNode(host, usualPort[kind]));
	if (first === undefined) throw unreadable('names no host');
	if (kind === 'server' && others.length > 0) {
		throw unreadable('names several hosts: begin it with redis+cluster:// or redis+sentinel://');
	}
	const segments = path.split('/').filter((segment) => segment !== '');
	const primary = kind === 'sentinel' ? segments.shift() : undefined;
	if (kind === 'sentinel' && primary === undefined) throw unreadable('names no primary: end it with /mymaster');
	const [database = '0'] = segments;
	if (!/^\d{1,5}$/.test(database)) throw unreadable('has a database that is no number');
	const [username = '', ...password] = user.split(':');
	const asked = new URLSearchParams(query);
	return {
		...{ kind, nodes: [first, ...others], tls: secure === 's', database: Number(database) },
		...loginOf(decoded(username), decoded(password.join(':'))),
		...(primary === undefined ? {} : { primary: decoded(primary) }),
		sentinelLogin: loginOf(asked.get('sentinelUsername') ?? '', asked.get('sentinelPassword') ?? ''),
	};
}

/** An empty name or password is none. */
export function loginOf(username: string, password: string): RedisLogin {
	return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
}

/** Host and port for messages: never the login. */
export function placeOf({ nodes, primary }: RedisAddress): string {
	const hosts = nodes
		.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`))
		.join(', ');
	return primary === undefined ? hosts : `${hosts} (${primary})`;
}

function readNode(text: string, port: number): RedisNode {
	const [, host, given] = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
	if (host === undefined) throw unreadable('has a host that is none');
	return { host: host.replace(/^\[|\]$/g, ''), port: given === undefined ? port : Number(given) };
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw unreadable('has a user or password with a % that is not written as %25');
	}
}

function unreadable(what: string): StoreUnavailableError {
	return new StoreUnavailableError(
		`'URL' of the WhatsApp OTP Store credential ${what}`,
		"Write it like redis://user:password@host:6379/0, or leave it empty and use 'Host' and 'Port'",
	);
}
