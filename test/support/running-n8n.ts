import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { N8nRelease } from '../../dev/n8n/install';
import { openPlayground, type Playground } from '../../dev/playground';
import type { WaitOptions } from '../../sandbox/awaitable-list';

/** Milliseconds for opening a playground, on a machine that does other things as well. */
export const openingTime = 600_000;

/** A folder for one test file; jest's global tear-down removes it. */
export function newFolder(): Promise<string> {
	const scratch = process.env.TEST_SCRATCH;
	if (!scratch) throw new Error('The folder for test data is missing: jest.config.js names its global set-up');
	return mkdtemp(join(scratch, 'e2e-'));
}

/** Sandbox and n8n for one test file alone. */
export async function openPlaygroundForTest(release: N8nRelease = 'current'): Promise<Playground> {
	return openPlayground({ dataFolder: await newFolder(), release });
}

/** Changes n8n's default store, to end what takes minutes. */
export function changeStore({ n8n }: Playground, sql: string, ...values: (string | number)[]): void {
	const file = join(n8n.dataFolder, '.n8n', 'whatsapp-otp', 'verifications.sqlite');
	const store = new DatabaseSync(file, { timeout: 30_000 });
	store.prepare(sql).run(...values);
	store.close();
}

/** Ends the pauses between two sends to one phone. */
export function endCooldowns(playground: Playground): void {
	changeStore(playground, "DELETE FROM counter WHERE key LIKE 'cooldown %'");
}

/** The code of the first message to this number, as soon as it is there. */
export async function codeOnPhone({ sandbox }: Playground, to: string, options?: WaitOptions): Promise<string> {
	const [message] = await sandbox.waitForMessages({ to }, options);
	return message?.code ?? '';
}
