import { lstatSync } from 'node:fs';
import { StoreUnavailableError, type VerificationError } from '../../errors';
import { keepPrivate } from '../private-mode';
import { Watch, type Warn } from '../watch';
import { explainSqliteError } from './errors';

/** The files that SQLite has open while a store is open. No process removes them while another one has them open. */
const suffixes = ['', '-wal', '-shm'];

/** What can happen to a file while n8n runs. */
type Change = 'removed' | 'replaced' | 'emptied or cut short';

interface SeenFile {
	identity: string;
	/** The largest size so far. SQLite makes the database smaller only if a person runs VACUUM. */
	size: bigint;
}

/** Notices what other programs do to the files of a SQLite store. SQLite itself would go on with a removed file. */
export class FileWatch {
	private readonly seen = new Map<string, SeenFile>();
	private readonly watch: Watch;
	private isOpen = false;

	constructor(
		private readonly path: string,
		private readonly warn: Warn,
	) {
		this.watch = new Watch(() => this.look(), warn);
	}

	/** To be called when the store has opened the file. */
	start(): void {
		this.seen.clear();
		this.isOpen = true;
		this.look();
		this.watch.start();
	}

	/** To be called when the store closes the file. The database is compared when the store is used again. */
	pause(): void {
		this.isOpen = false;
		this.watch.stop();
		for (const suffix of suffixes) if (suffix !== '') this.seen.delete(this.path + suffix);
	}

	/** To be called after an error: a person may repair or replace the file. */
	forget(): void {
		this.pause();
		this.seen.clear();
	}

	/** To be called with each call of the store. @returns what happened to the files */
	change(): VerificationError | undefined {
		if (!this.isOpen) {
			if (this.seen.size === 0) return undefined;
			this.watch.lookNow();
		}
		return this.watch.change();
	}

	private look(): VerificationError | undefined {
		try {
			for (const suffix of suffixes) {
				const change = this.changeOf(this.path + suffix, suffix === '');
				if (change !== undefined) return changed(this.path + suffix, change);
			}
			return undefined;
		} catch (error) {
			return explainSqliteError(error, this.path);
		}
	}

	/** Notes an open file if it was not seen yet. */
	private changeOf(path: string, isDatabase: boolean): Change | undefined {
		const file = lstatSync(path, { bigint: true, throwIfNoEntry: false });
		const seen = this.seen.get(path);
		if (seen === undefined && !this.isOpen) return undefined;
		if (file === undefined) return seen === undefined ? undefined : 'removed';
		const identity = `${file.dev}:${file.ino}`;
		if (seen !== undefined && seen.identity !== identity) return 'replaced';
		if (seen !== undefined && isDatabase && file.size < seen.size) return 'emptied or cut short';
		keepPrivate(path, this.warn);
		this.seen.set(path, { identity, size: file.size });
		return undefined;
	}
}

function changed(path: string, change: Change): StoreUnavailableError {
	return new StoreUnavailableError(
		`The verification store ${path} was ${change} while n8n ran`,
		'Send new codes: codes that were sent before may no longer be valid. Stop n8n before you change its files',
	);
}
