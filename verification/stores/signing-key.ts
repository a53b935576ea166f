import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreUnavailableError, type VerificationError } from '../errors';
import { minSecretLength } from '../keys';
import { keepPrivate } from './private-mode';
import { codeOf, explainSqliteError } from './sqlite/errors';
import { Watch, type Warn } from './watch';

/** The random signing key in a file, which is created on first use. Only n8n's user can read it (mode 0600). */
export class SigningKey {
	readonly secret: string;
	private readonly watch: Watch;
	/** What `stat` says of the file whose content is known. */
	private known = '';

	/** @throws StoreUnavailableError if the key can't be read or created */
	constructor(
		private readonly path: string,
		private readonly warn: Warn,
	) {
		this.secret = this.read();
		keepPrivate(path, warn);
		this.known = stateOf(path);
		this.watch = new Watch(() => this.look(), warn);
		this.watch.start();
	}

	/** To be called with each use of the key. @returns what happened to the file since the key was read */
	change(): VerificationError | undefined {
		return this.watch.change();
	}

	/** Ends the use of this key. */
	stopWatching(): void {
		this.watch.stop();
	}

	/** Processes that start at the same time get the same key. */
	private read(): string {
		const { path } = this;
		try {
			mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
			if (!present(path)) create(path);
			const key = readFileSync(path, 'utf8').trim();
			if (key.length < minSecretLength) throw new Error(`the key has fewer than ${minSecretLength} characters`);
			return key;
		} catch (error) {
			throw explainSqliteError(error, path);
		}
	}

	private look(): VerificationError | undefined {
		try {
			const state = stateOf(this.path);
			if (state === this.known) return undefined;
			if (state === '') return this.changed('removed');
			const isSame = readFileSync(this.path, 'utf8').trim() === this.secret;
			if (!isSame) return this.changed('changed');
			keepPrivate(this.path, this.warn);
			this.known = stateOf(this.path);
			return undefined;
		} catch (error) {
			return explainSqliteError(error, this.path);
		}
	}

	private changed(change: string): StoreUnavailableError {
		return new StoreUnavailableError(
			`The signing key ${this.path} was ${change} while n8n ran`,
			'Put the old key back. Without it, codes that were sent before are no longer valid, ' +
				'and you have to publish the workflows with triggers again',
		);
	}
}

/** Changes with each change of the file, its content or its mode. Empty if there is no file. */
function stateOf(path: string): string {
	const file = statSync(path, { bigint: true, throwIfNoEntry: false });
	return file === undefined ? '' : [file.dev, file.ino, file.size, file.mode, file.mtimeNs].join(' ');
}

function create(path: string): void {
	const draft = `${path}.${randomBytes(6).toString('hex')}`;
	writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx', flush: true });
	linkUnlessPresent(draft, path);
	rmSync(draft);
}

function present(path: string): boolean {
	try {
		readFileSync(path);
		return true;
	} catch (error) {
		if (codeOf(error) === 'ENOENT') return false;
		throw error;
	}
}

/** A link appears with its whole content or not at all, and it never replaces a key. */
function linkUnlessPresent(from: string, to: string): void {
	try {
		linkSync(from, to);
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error;
	}
}
