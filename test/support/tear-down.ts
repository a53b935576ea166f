import { rm } from 'node:fs/promises';
import { skippedTests } from './required-tools';

/** jest's global tear-down of every lane. It says what was skipped and why, then removes the folder of the run. */
export default async function tearDown(): Promise<void> {
	const folder = process.env.TEST_SCRATCH;
	if (!folder) return;
	const skipped = skippedTests();
	// On stderr, as all that jest tells a person: with --json, stdout is for programs.
	if (skipped !== '') console.error(skipped);
	await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
