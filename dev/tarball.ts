import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import manifest from '../package.json';

/** The sources of the tarball. The time of a folder changes when a file in it is added or removed. */
const sources = ['nodes', 'credentials', 'providers', 'verification', 'page', 'package.json', 'gulpfile.js'];

const tarballIn = (root: string) => join(root, 'build', `${manifest.name}-${manifest.version}.tgz`);

/** Why the packed package can not be used, and what to do. Undefined if it can. */
export function tarballProblem(root: string): string | undefined {
	const tarball = tarballIn(root);
	if (!existsSync(tarball)) return `The package is not built: ${tarball} is missing. Run "npm run build" first.`;
	const built = statSync(tarball).mtimeMs;
	const newer = sources.flatMap((source) => withContents(join(root, source))).find((path) => modified(path) > built);
	return newer && `The built package is older than ${newer}. Run "npm run build" again.`;
}

/**
 * Finds the packed package that `npm run build` makes.
 * @param root the repository
 * @returns the absolute path of the tarball
 * @throws if it is missing or older than a source; the message says what to do
 */
export function packedTarball(root = resolve(__dirname, '..')): string {
	const problem = tarballProblem(root);
	if (problem !== undefined) throw new Error(problem);
	return tarballIn(root);
}

function withContents(path: string): string[] {
	if (!statSync(path).isDirectory()) return [path];
	return [path, ...readdirSync(path, { recursive: true, encoding: 'utf8' }).map((child) => join(path, child))];
}

function modified(path: string): number {
	return statSync(path).mtimeMs;
}

/** A new temporary folder for the unpacked package. The caller removes it. */
export function packageFolder(): string {
	return realpathSync(mkdtempSync(join(tmpdir(), 'whatsapp-otp-package-')));
}

/** Unpacks the built package into the folder. */
export function unpackInto(folder: string): void {
	execFileSync('tar', ['-xzf', packedTarball(), '-C', folder, '--strip-components=1']);
}
