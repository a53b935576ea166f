import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { Engine } from '../../verification/engine';
import { StoreUnavailableError } from '../../verification/errors';
import { Keyring } from '../../verification/keys';
import { SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import {
	asOrdinaryUser,
	damagePages,
	holdLock,
	inAnotherProcess,
	linkToNowhere,
	release,
	replaceByFolder,
	replaceFolderByFile,
} from './sqlite-damage';
import { secret, type Sent, TestClock, Verifier } from './verifier';

const filled = z.object({
	sends: z.number(),
	complaints: z.array(z.string()),
	check: z.string(),
	verificationId: z.string(),
	code: z.string(),
});

/** An engine on a file, as in each n8n process. */
function verifierOn(file: string): Verifier {
	const clock = new TestClock();
	const store = new SqliteStore(file, clock.read);
	return new Verifier(new Engine(store, new Keyring([secret])), clock, store);
}

/** The error of a verb if the store can't answer: one sentence with the file, and one with what to do. */
async function complaint(answer: Promise<unknown>): Promise<string> {
	const error: unknown = await answer.then(
		() => 'It answered',
		(reason: unknown) => reason,
	);
	if (!(error instanceof StoreUnavailableError)) throw new Error(`Not the store's refusal: ${String(error)}`);
	expect(error.code).toBe('store_unavailable');
	expect(error.fix).toMatch(/^[A-Z].{10,}/);
	expect(error.message).not.toMatch(/\d{6}|\n/);
	return error.message;
}

describe('A SQLite file that fails', () => {
	let folder: string;
	let file: string;
	const verifiers: Verifier[] = [];

	const open = (path = file) => {
		const verifier = verifierOn(path);
		verifiers.push(verifier);
		return verifier;
	};

	beforeEach(() => {
		folder = mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'sqlite-'));
		file = join(folder, 'verifications.sqlite');
	});
	afterEach(async () => {
		await Promise.all(verifiers.splice(0).map((verifier) => verifier.store.close()));
	});

	/** All verbs: none of them may answer. */
	const everyVerb = (verifier: Verifier, sent: Sent): Array<() => Promise<unknown>> => {
		const news = { provider: 'dialog360', messageId: 'wamid.1', status: 'read', occurredAt: 0 } as const;
		return [
			() => verifier.check(sent, sent.code),
			() => verifier.begin(),
			() => verifier.accepted(sent, 'wamid.1'),
			() => verifier.engine.cancel({ ...sent.ticket, namespace: 'default' }),
			() => verifier.engine.recordDelivery(news),
			() => verifier.engine.vault.firstTime('an event'),
			() => verifier.engine.notes.set('a name', 'a note', 1),
			() => verifier.engine.notes.get('a name'),
			() => verifier.engine.notes.delete('a name'),
			() => verifier.store.probe(),
		];
	};

	/** A send in a file that is closed again. */
	const sendAndLeave = async (): Promise<Sent> => {
		const verifier = open();
		const sent = await verifier.send();
		await verifier.accepted(sent, 'wamid.1');
		await verifier.store.close();
		return sent;
	};

	test.each<[what: string, damage: () => void, sentence: RegExp]>([
		['is not a database', () => writeFileSync(file, 'x'.repeat(8192)), /is not a SQLite database$/],
		['is damaged', () => damagePages(file), /is damaged$/],
		['was cut short', () => truncateSync(file, 5000), /is damaged$|is not a SQLite database$/],
		['is a folder', () => replaceByFolder(file), /is a folder$/],
		['is in a path that is a file', () => replaceFolderByFile(dirname(file)), /not a folder$/],
		['is a link to nowhere', () => linkToNowhere(file), /is a link, and a link can lead to/],
	])('that %s makes every verb fail with a sentence', async (_, damage, sentence) => {
		const sent = await sendAndLeave();
		damage();
		const verifier = open();
		for (const ask of everyVerb(verifier, sent)) expect(await complaint(ask())).toMatch(sentence);
	});

	test('of a newer release stays unchanged, and the error says so', async () => {
		const sent = await sendAndLeave();
		inAnotherProcess(file, `database.exec('PRAGMA user_version = 99')`);
		expect(await complaint(open().check(sent, sent.code))).toMatch(/written by a newer release/);
	});

	test('works again without a restart once it is repaired', async () => {
		writeFileSync(file, 'x'.repeat(8192));
		const verifier = open();
		await complaint(verifier.begin());
		rmSync(file);
		const sent = await verifier.send();
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('is opened again if it broke while it was open and was replaced', async () => {
		const verifier = open();
		const sent = await verifier.send();
		inAnotherProcess(file, `database.exec('PRAGMA wal_checkpoint(TRUNCATE)')`);
		damagePages(file);
		expect(await complaint(verifier.check(sent, sent.code))).toMatch(/is damaged$/);
		for (const name of readdirSync(folder)) rmSync(join(folder, name));
		const next = await verifier.send();
		expect(await verifier.results(next, next.code)).toEqual(['approved']);
	});

	test('makes a check fail if another process holds the lock past the timeout, and counts no attempt', async () => {
		const verifier = open();
		const sent = await verifier.send();
		const holder = await holdLock(file);
		expect(await complaint(verifier.check(sent, sent.code))).toMatch(/is locked by another process$/);
		// Reading still works.
		expect((await verifier.get(sent))?.status).toBe('pending');
		await release(holder);
		expect(await verifier.check(sent, sent.code)).toMatchObject({
			result: 'approved',
			verification: { attemptsRemaining: 4 },
		});
	});

	test('lets this process do other work while another process holds the lock', async () => {
		const verifier = open();
		const sent = await verifier.send();
		const holder = await holdLock(file);
		const done: string[] = [];
		const checked = verifier.check(sent, sent.code).then(({ result }) => done.push(result));
		for (let i = 0; i < 10; i += 1) {
			await turn();
			await verifier.get(sent);
		}
		done.push('read');
		await release(holder);
		await checked;
		expect(done).toEqual(['read', 'approved']);
	});

	test('is waited for if another process holds the lock shortly', async () => {
		const verifier = open();
		const sent = await verifier.send();
		const holder = await holdLock(file, 300);
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
		await release(holder);
	});

	test('that can not grow makes a send fail, approves nothing, and works again when it can grow', async () => {
		const sent = await sendAndLeave();
		const script = join(__dirname, 'fill-sqlite.ts');
		const tsx = require.resolve('tsx/cli');
		// The shell's limit on file sizes simulates a full disk.
		const limited = `ulimit -f 300; exec "$@"`;
		const command = [process.execPath, tsx, script, file];
		const printed = execFileSync('sh', ['-c', limited, 'sh', ...command], { encoding: 'utf8' });
		const told = filled.parse(JSON.parse(printed));
		expect(told.sends).toBeGreaterThan(1);
		for (const each of told.complaints) expect(each).toMatch(/can not be read or written$|the disk is full$/);
		const verifier = open();
		// An approval is in the file, and a refused check did not use the code.
		const afterwards = await verifier.results(told.verificationId, told.code);
		expect([told.check, ...afterwards]).toEqual(
			told.check === 'approved' ? ['approved', 'already_used'] : ['refused', 'approved'],
		);
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test.each<[what: string, modes: { file: number; folder: number }]>([
		['read-only', { file: 0o400, folder: 0o700 }],
		['in a read-only folder', { file: 0o600, folder: 0o500 }],
		['unreadable', { file: 0o000, folder: 0o700 }],
	])('that is %s makes every verb fail with what to change', async (_, modes) => {
		folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
		file = join(folder, 'verifications.sqlite');
		const sent = await asOrdinaryUser(folder, () => sendAndLeave());
		chmodSync(file, modes.file);
		chmodSync(folder, modes.folder);
		await asOrdinaryUser(folder, async () => {
			const verifier = open();
			for (const ask of everyVerb(verifier, sent)) {
				expect(await complaint(ask())).toMatch(/is read-only$|can not be (opened|written)$/);
			}
			await verifier.store.close();
		});
		chmodSync(folder, 0o700);
		chmodSync(file, 0o600);
		const verifier = open();
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
		await verifier.store.close();
		rmSync(folder, { recursive: true });
	});
});
