import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { packedTarball } from '../dev/tarball';

const loadSchema = z.object({
	milliseconds: z.number(),
	/** Constructor names, in package.json's order: nodes, then credentials. */
	classes: z.array(z.string()),
	/** The package's own scripts that were evaluated on the way, relative to its folder. */
	files: z.array(z.string()),
});

/** Milliseconds that the package may add to n8n's start. */
export const loadLimit = 40;

/** A new temporary folder for the package, which is the caller's to remove. */
export function packageFolder(): string {
	return realpathSync(mkdtempSync(join(tmpdir(), 'whatsapp-otp-package-')));
}

export function unpackInto(folder: string): void {
	execFileSync('tar', ['-xzf', packedTarball(), '-C', folder, '--strip-components=1']);
}

/** Loads the unpacked package in a fresh Node process. */
export function loadOnce(folder: string): z.infer<typeof loadSchema> {
	// n8n-workflow is a peer that n8n brings along; here it is the project's own.
	const env = { ...process.env, NODE_PATH: resolve(__dirname, '../node_modules') };
	const output = execFileSync(process.execPath, [join(__dirname, 'support', 'load-once.js'), folder], {
		env,
		encoding: 'utf8',
	});
	return loadSchema.parse(JSON.parse(output));
}

/** @returns the median over `runs` fresh processes, in milliseconds */
export function medianLoad(folder: string, runs: number): number {
	const times = Array.from({ length: runs }, () => loadOnce(folder).milliseconds).sort((a, b) => a - b);
	return times[Math.floor(times.length / 2)] ?? Number.NaN;
}

if (require.main === module) {
	const folder = packageFolder();
	unpackInto(folder);
	const median = medianLoad(folder, 20);
	rmSync(folder, { recursive: true });
	console.log(`Loading the package: ${median.toFixed(1)} ms (median of 20 processes; limit ${loadLimit} ms)`);
}
