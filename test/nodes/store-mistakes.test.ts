import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newPhone, sending } from '../support/installation';
import type { CredentialData } from '../support/n8n-core';
import { testsThatNeed } from '../support/required-tools';
import { scratchRoot } from '../support/scratch-folder';
import { kinds, password, signingSecret, useInstallationWithRedis, token, user } from '../support/store-credentials';

const { describe, it } = testsThatNeed('Redis');

const base = useInstallationWithRedis();

interface Mistake {
	/** What is wrong in the credential. */
	what: string;
	sentence: RegExp;
	fix: RegExp;
	store: () => CredentialData;
}

/** The path of a file that another program made. */
function newFile(): string {
	const folder = join(mkdtempSync(join(scratchRoot(), 'path-')), 'a-folder');
	mkdirSync(folder);
	const file = join(folder, 'a file');
	writeFileSync(file, 'of another program');
	return file;
}

const overRest = { store: 'redisRest', restToken: token };
const changeIt = /^Change it in the credential\.$/;

const unreadable: Mistake[] = [
	{
		what: 'a short secret',
		sentence: /^'Signing Secret' must have at least 16 characters/,
		fix: changeIt,
		store: () => ({ ...base.fields, signingSecret: 'too short' }),
	},
	{
		what: 'no secret',
		sentence: /^'Signing Secret' must have at least 16 characters/,
		fix: changeIt,
		store: () => ({ ...base.fields, signingSecret: '' }),
	},
	{
		what: 'a comma in the secret',
		sentence: /^'Signing Secret' must not contain a comma/,
		fix: changeIt,
		store: () => ({ ...base.fields, signingSecret: `${signingSecret},${signingSecret}` }),
	},
	{
		what: 'a short previous secret',
		sentence: /^'Previous Signing Secrets' must have at least 16 characters each/,
		fix: changeIt,
		store: () => ({ ...base.fields, previousSigningSecrets: `${signingSecret}, too short` }),
	},
	{
		what: 'no host',
		sentence: /^'Host' is empty/,
		fix: /'URL'/,
		store: () => ({ ...base.fields, host: ' ' }),
	},
	{
		what: 'an invalid port',
		sentence: /^'Port' must be a whole number from 1 to 65535/,
		fix: changeIt,
		store: () => ({ ...base.fields, port: 70_000 }),
	},
	{
		what: 'an invalid database',
		sentence: /^'Database' must be a whole number/,
		fix: changeIt,
		store: () => ({ ...base.fields, database: -1 }),
	},
	{
		what: 'an invalid URL',
		sentence: /^'URL' of the .* is not a Redis URL$/,
		fix: /'Host'/,
		store: () => ({ store: 'redis', url: `http://:${password}@127.0.0.1` }),
	},
	{
		what: 'a URL without a host',
		sentence: /^'URL' of the .* is not a Redis URL$/,
		fix: /'Host'/,
		store: () => ({ store: 'redis', url: 'redis://' }),
	},
	{
		what: 'no REST URL',
		sentence: /^'REST URL' must be a URL/,
		fix: changeIt,
		store: () => overRest,
	},
	{
		what: 'a REST URL that is not HTTP',
		sentence: /^'REST URL' must be a URL/,
		fix: changeIt,
		store: () => ({ ...overRest, restUrl: `redis://:${password}@127.0.0.1` }),
	},
	{
		what: 'an invalid REST URL',
		sentence: /^'REST URL' must be a URL/,
		fix: changeIt,
		store: () => ({ ...overRest, restUrl: 'https://a b:c' }),
	},
	{
		what: 'no REST token',
		sentence: /^'REST Token' is empty/,
		fix: changeIt,
		store: () => ({ store: 'redisRest', restUrl: base.rest.url }),
	},
];

const useless: Mistake[] = [
	{
		what: 'a wrong REST token',
		sentence: /does not accept the token$/,
		fix: /'REST Token'/,
		store: () => ({ ...overRest, restUrl: base.rest.url, restToken: `${token}!` }),
	},
	{
		what: 'a REST URL where nothing listens',
		sentence: /refused the connection$/,
		fix: /^Check the address/,
		store: () => ({ ...overRest, restUrl: 'http://127.0.0.1:1' }),
	},
	{
		what: 'a REST URL of something else',
		sentence: /does not speak the REST protocol/,
		fix: /'REST URL'/,
		store: () => ({ ...overRest, restUrl: base.installation.sandbox.url }),
	},
	{
		what: 'a host where nothing listens',
		sentence: /refused the connection$/,
		fix: /^Check the address/,
		store: () => ({ ...base.fields, port: 1 }),
	},
	{
		what: 'a URL where nothing listens',
		sentence: /refused the connection$/,
		fix: /^Check the address/,
		store: () => ({ store: 'redis', url: `redis://${user}:${encodeURIComponent(password)}@127.0.0.1:1` }),
	},
	{
		what: 'a wrong password',
		sentence: /refused the user name or password$/,
		fix: /'Password'/,
		store: () => ({ ...base.fields, username: user, password: 'wrong password' }),
	},
	{
		what: 'a wrong user',
		sentence: /refused the user name or password$/,
		fix: /'Username'/,
		store: () => ({ ...base.fields, username: 'unknown', password }),
	},
	{
		what: 'a database that Redis lacks',
		sentence: /has no database of this number$/,
		fix: /'Database'/,
		store: () => ({ ...base.fields, database: 99 }),
	},
	{
		what: 'TLS for a server without TLS',
		sentence: /did not answer to TLS$/,
		fix: /'TLS'/,
		store: () => ({ ...base.fields, tls: true }),
	},
	{
		what: 'a file as path',
		sentence: /^'Path' must name a folder, not a file /,
		fix: /^Enter .*\/a-folder, or another folder\. .* verifications\.sqlite there\.$/,
		store: () => ({ store: 'sqlite', path: newFile() }),
	},
	{
		what: 'a path that ends as a file does',
		sentence: /^'Path' must name a folder, not a file /,
		fix: /^Enter \/nowhere, or another folder\./,
		store: () => ({ store: 'sqlite', path: '/nowhere/verifications.sqlite' }),
	},
	{
		what: 'a path below a file',
		sentence: / can not be created: part of its path is not a folder$/,
		fix: /'Path'/,
		store: () => ({ store: 'sqlite', path: join(newFile(), 'codes') }),
	},
	{
		what: 'a path that is not a full path',
		sentence: /^'Path' must be the full path of a folder, for example \/home\/node\//,
		fix: changeIt,
		store: () => ({ store: 'sqlite', path: '~/.n8n/codes' }),
	},
	{
		what: 'a folder where a folder has the name of the file',
		sentence: /verifications\.sqlite is a folder$/,
		fix: /^Remove that folder, .*'Path'/,
		store: () => {
			const path = mkdtempSync(join(scratchRoot(), 'path-'));
			mkdirSync(join(path, 'verifications.sqlite'));
			return { store: 'sqlite', path };
		},
	},
];

describe.each([...unreadable, ...useless])('$what in the credential', ({ sentence, fix, store }) => {
	it('stops the node and fails the Test button, with a message that names the field and no secret', async () => {
		const { host, sandbox } = base.installation;
		const credential = store();
		const { error, status, result } = await base.with(credential).run(sending(), { input: [{ to: newPhone() }] });
		expect(status).toBe('error');
		const [message = '', description = ''] = [error?.message.replace(/ \[item 0\]$/, ''), error?.description];
		expect(message).toMatch(sentence);
		expect(description).toMatch(fix);
		expect(sandbox.requests({ call: 'send' })).toEqual([]);
		const tested = await base.test(credential);
		expect(tested).toEqual({ status: 'Error', message: `${message}. ${description}` });
		const written = JSON.stringify([tested.message, error, result.kept(), host.log.text()]);
		for (const secret of [signingSecret, password, token]) expect(written).not.toContain(secret);
	});
});

describe('the Test button', () => {
	it.each(kinds)('passes for %s', async (_kind, settings) => {
		expect(await base.test(settings(base))).toEqual({ status: 'OK', message: 'Connection successful!' });
	});

	it.each([
		['appendonly', 'yes', 'no', /keeps no append-only file\. .*\. Set appendonly yes\.$/],
		['maxmemory-policy', 'noeviction', 'allkeys-lru', /deletes keys .*\. Set maxmemory-policy noeviction\.$/],
	])('passes with a warning if the Redis setting %s is not %s', async (name, right, wrong, words) => {
		const { redis, rest, installation } = base;
		const warnings = (about: RegExp) => installation.host.log.entries.filter(({ message }) => about.test(message));
		const both: CredentialData[] = [
			{ store: 'redis', url: redis.url, signingSecret: `the secret beside ${name}` },
			{ ...overRest, restUrl: rest.url, signingSecret: `the secret beside ${name}` },
		];
		await redis.ask('CONFIG', 'SET', name, wrong);
		try {
			for (const store of both) {
				const { status, message } = await base.test(store);
				expect(status).toBe('OK');
				expect(message).toMatch(/^Connected\. Warning: Redis /);
				expect(message).toMatch(words);
				expect(warnings(words)).toHaveLength(1);
				// The first manual run shows it, too.
				const runs = [{ mode: 'trigger' }, { mode: 'manual' }, { mode: 'manual' }] as const;
				const hints = [];
				for (const { mode } of runs) {
					const run = await base.with(store).run(sending(), { input: [{ to: newPhone() }], mode });
					hints.push(run.hints.filter((hint) => words.test(hint)).length);
				}
				expect(hints).toEqual([0, 1, 0]);
				expect(warnings(words)).toHaveLength(2);
				installation.host.log.clear();
			}
		} finally {
			await redis.ask('CONFIG', 'SET', name, right);
		}
	});
});
