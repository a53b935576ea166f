import { StoreUnavailableError, VerificationError } from '../../errors';

/** SQLITE_BUSY: another process holds the lock. */
export const lockedCode = '5';

/** Our own code: the file is a database of another program. */
export const foreignCode = 'FOREIGN_DATABASE';

/** Our own code: a person removed the database, but not the files beside it. */
export const leftoversCode = 'LEFTOVERS';

/** Our own codes: a name leads to a file that this store must not open. */
export const linkCode = 'LINK';
export const specialFileCode = 'SPECIAL_FILE';
export const openElsewhereCode = 'OPEN_ELSEWHERE';

/** Result codes of SQLite and of the file system that a person can act on. */
const reasons: Record<string, { what: string; fix: string }> = {
	5: { what: 'is locked by another process', fix: 'Try again. Use a Redis store if many processes share it' },
	8: { what: 'is read-only', fix: 'Give the user that runs n8n write access to the file and its folder' },
	10: { what: 'can not be read or written', fix: 'Check its disk and the free space' },
	11: { what: 'is damaged', fix: 'Restore it from a backup, or remove it: codes that were sent before stop working' },
	13: { what: 'can not grow, the disk is full', fix: 'Free some disk space' },
	14: {
		what: 'can not be opened',
		fix: 'Check that it is a file, and give the user that runs n8n write access to it and its folder',
	},
	26: { what: 'is not a SQLite database', fix: "Choose another 'Path' in the WhatsApp OTP Store credential" },
	[foreignCode]: {
		what: 'is the database of another program',
		fix: "Choose another 'Path' in the WhatsApp OTP Store credential",
	},
	[leftoversCode]: {
		what: 'is missing, but its files verifications.sqlite-wal and verifications.sqlite-shm are still there',
		fix: 'Stop n8n, remove these two files as well, and start n8n',
	},
	[linkCode]: {
		what: 'is a link, and a link can lead to the file of another program',
		fix: "Remove the link, or choose another 'Path' in the WhatsApp OTP Store credential",
	},
	[specialFileCode]: {
		what: 'is not a file',
		fix: "Remove it, or choose another 'Path' in the WhatsApp OTP Store credential",
	},
	[openElsewhereCode]: {
		what: 'is in use by another part of n8n',
		fix: "Choose another 'Path' in the WhatsApp OTP Store credential",
	},
	EACCES: { what: 'can not be written', fix: 'Give the user that runs n8n write access to the file and its folder' },
	EPERM: { what: 'can not be written', fix: 'Give the user that runs n8n write access to the file and its folder' },
	EROFS: { what: 'is on a read-only disk', fix: "Choose another 'Path' in the WhatsApp OTP Store credential" },
	ENOSPC: { what: 'can not grow, the disk is full', fix: 'Free some disk space' },
	ENOTDIR: {
		what: 'can not be created: part of its path is not a folder',
		fix: "Choose another 'Path' in the WhatsApp OTP Store credential",
	},
	EEXIST: {
		what: 'can not be created: part of its path is not a folder',
		fix: "Choose another 'Path' in the WhatsApp OTP Store credential",
	},
	EISDIR: {
		what: 'is a folder',
		fix: "Remove that folder, or choose another 'Path' in the WhatsApp OTP Store credential",
	},
	ERR_UNKNOWN_BUILTIN_MODULE: { what: 'needs Node.js 22.16 or newer', fix: 'Update n8n and its Node.js' },
};

/** Turns an error of SQLite or the file system into one sentence. A VerificationError stays as it is. */
export function explainSqliteError(error: unknown, path: string): VerificationError {
	if (error instanceof VerificationError) return error;
	const reason = reasons[codeOf(error)];
	const what = reason?.what ?? `did not answer: ${error instanceof Error ? error.message : String(error)}`;
	return new StoreUnavailableError(
		`The verification store ${path} ${what}`,
		reason?.fix ?? 'Check the file and its disk',
		{
			cause: error,
		},
	);
}

/** Not by `instanceof`: jest runs us in a vm context, and errors of Node itself are not instances of its Error. */
export function codeOf(error: unknown): string {
	if (typeof error !== 'object' || error === null) return '';
	if ('errcode' in error && typeof error.errcode === 'number') return String(error.errcode & 0xff);
	return 'code' in error ? String(error.code) : '';
}
