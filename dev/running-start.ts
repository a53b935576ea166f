import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { tryLock } from './n8n/folder-lock';

const addressesSchema = z.object({ signInPage: z.string(), phone: z.string(), editor: z.string() });
const runningSchema = z.object({ pid: z.number(), addresses: addressesSchema.optional() });

export type Addresses = z.output<typeof addressesSchema>;

/** What a running `npm start` has written about itself. Without `addresses` until they answer. */
export type RunningStart = z.output<typeof runningSchema>;

export interface Claim {
	/** Tells later starts the addresses. */
	publish(addresses: Addresses): void;
	release(): void;
}

const fileIn = (dataFolder: string) => join(dataFolder, 'running.json');

/** Claims the data folder until this process ends. Returns undefined if another start has it. */
export function claimFolder(dataFolder: string): Claim | undefined {
	mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
	const unlock = tryLock(join(dataFolder, 'start.lock'));
	if (!unlock) return undefined;
	const write = (running: RunningStart) => writeFileSync(fileIn(dataFolder), `${JSON.stringify(running)}\n`);
	write({ pid: process.pid });
	return {
		publish: (addresses) => write({ pid: process.pid, addresses }),
		release: () => {
			rmSync(fileIn(dataFolder), { force: true });
			unlock();
		},
	};
}

/** The start that has claimed the folder. Undefined if it is just beginning or ending. */
export function runningIn(dataFolder: string): RunningStart | undefined {
	const file = fileIn(dataFolder);
	return existsSync(file) ? runningSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}
