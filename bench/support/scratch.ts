import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** In the project, not in the system's temporary folder, which may be in memory, where a commit costs nothing. */
const scratch = join(__dirname, '..', '..', '.data');

export function makeScratch(): string {
	mkdirSync(scratch, { recursive: true });
	return mkdtempSync(join(scratch, 'bench-'));
}

export function removeScratch(folder: string): void {
	rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Runs the work with a new folder on the disk, and removes the folder afterwards. */
export async function withScratch<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
	const folder = makeScratch();
	try {
		return await work(folder);
	} finally {
		removeScratch(folder);
	}
}
