import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * jest's global set-up of every lane: makes one folder for all files that the tests write. The workers inherit the
 * variable that names it. `tear-down.ts` removes the folder.
 */
export default async function createScratchFolder(): Promise<void> {
	// Several lanes of one run share the folder.
	process.env.TEST_SCRATCH ??= await mkdtemp(join(tmpdir(), 'whatsapp-otp-test-'));
}

/** The folder for the files of this run. */
export function scratchRoot(): string {
	const folder = process.env.TEST_SCRATCH;
	if (folder) return folder;
	throw new Error('There is no folder for test data: jest.config.js must name the global set-up');
}
