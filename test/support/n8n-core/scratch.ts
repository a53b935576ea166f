import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** jest's global set-up: one folder for all that the tests write. Workers inherit the variable. */
export default async function createScratch(): Promise<void> {
	process.env.TEST_SCRATCH = await mkdtemp(join(tmpdir(), 'whatsapp-otp-test-'));
}
