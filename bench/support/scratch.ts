import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the sources, not in the system's temporary folder: that one may lie in memory, where a commit costs nothing. */
const scratch = join(__dirname, '..', '..', '.data');

export function makeScratch(): string {
	mkdirSync(scratch, { recursive: true });
	return mkdtempSync(join(scratch, 'bench-'));
}

export function removeScratch(folder: string): void {
	rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Gives the work a folder of its own on the disk, which is gone when it is done. */
export async function withScratch<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
	const folder = makeScratch();
	try {
		return await work(folder);
	} finally {
		removeScratch(folder);
	}
}
