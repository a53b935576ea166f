import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { tarballProblem } from './tarball';

const root = resolve(__dirname, '..');

/** Builds the package, unless the packed one is newer than its sources. @throws with gulp's output */
export async function buildIfNeeded(report: (line: string) => void): Promise<void> {
	if (tarballProblem(root) === undefined) return;
	report('Building the package');
	const child = spawn(process.execPath, [join(root, 'node_modules', 'gulp', 'bin', 'gulp.js'), 'build'], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => (output += text));
	}
	const code = await new Promise<number | null>((settle, reject) => {
		child.once('error', reject);
		child.once('close', settle);
	});
	if (code !== 0) throw new Error(`The package could not be built:\n${output.trim()}`);
}
