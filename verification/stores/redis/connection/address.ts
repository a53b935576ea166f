import { StoreUnavailableError } from '../../../errors';

export interface RedisNode {
	host: string;
	port: number;
}

export interface RedisLogin {
	username?: string;
	password?: string;
}

/** Where a Redis is, and how to log in. */
export interface RedisAddress extends RedisLogin {
	kind: 'server' | 'sentinel' | 'cluster';
	/** The server, or some of the Sentinels or of the cluster's nodes. */
	nodes: [RedisNode, ...RedisNode[]];
	tls: boolean;
	database: number;
	/** The name of the primary at the Sentinels, and the login for the Sentinels. */
	primary?: string;
	sentinelLogin?: RedisLogin;
}

const defaultPort = { server: 6379, sentinel: 26_379, cluster: 6379 };

const form = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^/?#]*)@)?([^/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

/**
 * Reads an address. One server: `redis://user:password@host:port/database`. A primary that Sentinels know:
 * `redis+sentinel://user:password@host:port,host:port/name/database?sentinelPassword=...`. A cluster:
 * `redis+cluster://user:password@host:port,host:port`. With `rediss` in place of `redis` they use TLS.
 * @throws StoreUnavailableError, which quotes no part of the address, since it may hold a password
 */
export function readRedisUrl(url: string): RedisAddress {
	const match = form.exec(url.trim());
	if (match === null) throw unreadable('is not a Redis URL');
	const [, secure, topology, user = '', hosts = '', path = '', query = ''] = match;
	const kind = topology === 'sentinel' || topology === 'cluster' ? topology : 'server';
	const [first, ...others] = hosts.split(',').map((host) => readNode(host, defaultPort[kind]));
	if (first === undefined) throw unreadable('has no host');
	if (kind === 'server' && others.length > 0) {
		throw unreadable('has several hosts, so it must start with redis+cluster:// or redis+sentinel://');
	}
	const segments = path.split('/').filter((segment) => segment !== '');
	const primary = kind === 'sentinel' ? segments.shift() : undefined;
	if (kind === 'sentinel' && primary === undefined) {
		throw unreadable('does not name the primary: add its name after the hosts, for example /mymaster');
	}
	const [database = '0'] = segments;
	if (!/^\d{1,5}$/.test(database)) throw unreadable('has an invalid database number');
	const [username = '', ...password] = user.split(':');
	const parameters = new URLSearchParams(query);
	return {
		kind,
		nodes: [first, ...others],
		tls: secure === 's',
		database: Number(database),
		...loginOf(decode(username), decode(password.join(':'))),
		primary: primary === undefined ? undefined : decode(primary),
		sentinelLogin: loginOf(parameters.get('sentinelUsername') ?? '', parameters.get('sentinelPassword') ?? ''),
	};
}

/** Leaves out an empty name or password. */
export function loginOf(username: string, password: string): RedisLogin {
	return { username: username || undefined, password: password || undefined };
}

/** Host and port for messages, without the login. */
export function placeOf({ nodes, primary }: RedisAddress): string {
	const hosts = nodes
		.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`))
		.join(', ');
	return primary === undefined ? hosts : `${hosts} (${primary})`;
}

function readNode(text: string, defaultPort: number): RedisNode {
	const [, host, port] = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
	if (host === undefined) throw unreadable('has an invalid host');
	return { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? defaultPort : Number(port) };
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw unreadable('has a % in the user name or password that is not written as %25');
	}
}

function unreadable(what: string): StoreUnavailableError {
	return new StoreUnavailableError(
		`'URL' of the WhatsApp OTP Store credential ${what}`,
		"Write it as redis://user:password@host:6379/0, or leave it empty and fill in 'Host' and 'Port'",
	);
}
