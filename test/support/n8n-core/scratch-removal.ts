import { rm } from 'node:fs/promises';

/** jest's global tear-down. */
export default async function removeScratch(): Promise<void> {
	const folder = process.env.TEST_SCRATCH;
	if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
