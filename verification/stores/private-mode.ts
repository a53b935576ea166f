import { chmodSync, statSync } from 'node:fs';
import type { Warn } from './watch';

/** The rights of all users but the owner. */
const others = 0o077;

/** Files whose rights cannot be changed. Each is reported once. */
const reported = new Set<string>();

/** Takes the rights on a file from all users but its owner, and reports it. Does nothing on Windows. */
export function keepPrivate(path: string, warn: Warn): void {
	if (!isOpenToOthers(path)) return;
	try {
		chmodSync(path, 0o600);
	} catch {
		// The file belongs to another user. What counts is the result.
	}
	if (!isOpenToOthers(path)) {
		warn(`Other users of this machine could read or change ${path}. The node has set its mode to 600.`);
	} else if (!reported.has(path)) {
		reported.add(path);
		warn(`Other users of this machine can read or change ${path}. Set its mode to 600, or use another disk.`);
	}
}

function isOpenToOthers(path: string): boolean {
	if (process.platform === 'win32') return false;
	return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & others) !== 0;
}
