'use strict';

const { execFile } = require('node:child_process');
const { globSync } = require('node:fs');
const { mkdir, readFile, rm, utimes, writeFile } = require('node:fs/promises');
const { isBuiltin } = require('node:module');
const path = require('node:path');
const { promisify } = require('node:util');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const run = promisify(execFile);
const bundleFile = 'dist/whatsapp-otp.js';

/** n8n finds a class by the file name up to the first dot (docs/reference/n8n-host.md, 'Loading'). */
const entries = globSync(['nodes/*/*.node.ts', 'credentials/*.credentials.ts'])
	.map((source) => source.split(path.sep).join('/'))
	.sort()
	.map((source) => ({
		source,
		className: path.basename(source).split('.')[0],
		shim: `dist/${source.replace(/\.ts$/, '.js')}`,
	}));

async function clean() {
	await rm('dist', { recursive: true, force: true });
}

async function typeCheck() {
	const tsc = require.resolve('typescript/bin/tsc');
	const options = ['--incremental', '--tsBuildInfoFile', 'build/tsc.tsbuildinfo', '--pretty'];
	await run(process.execPath, [tsc, ...options]).catch((failure) => {
		throw new Error(`tsc refused the sources:\n${failure.stdout}${failure.stderr}`);
	});
}

const esbuildOptions = {
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node22',
	// A real `import()` of a builtin fails where n8n or jest runs the bundle in a vm context without a loader.
	supported: { 'dynamic-import': false },
	minifySyntax: true,
	minifyWhitespace: true,
	legalComments: 'none',
	metafile: true,
	logLevel: 'warning',
};

/**
 * One file for all classes: both nodes must share one instance of the stores' modules.
 * A module that the sources load with `await import()` is evaluated on first use. A package that is loaded in this way
 * gets a separate file, because to read a large package takes longer than to read all our code.
 */
async function bundle() {
	const lazy = new Map();
	const contents = entries.map(({ source }) => `export * from './${source.replace(/\.ts$/, '')}';`).join('\n');
	const main = await esbuild.build({
		...esbuildOptions,
		stdin: { contents, resolveDir: __dirname },
		outfile: bundleFile,
		external: ['n8n-workflow'],
		plugins: [{ name: 'lazy-packages', setup: (build) => splitLazyPackages(build, lazy) }],
	});
	const packages = await esbuild.build({
		...esbuildOptions,
		entryPoints: Object.fromEntries([...lazy].map(([name, file]) => [file, name])),
		outdir: 'dist/lazy',
	});
	const inputs = [main, packages].flatMap(({ metafile }) => Object.keys(metafile.inputs));
	await writeFile('dist/licenses.txt', await licenses(inputs));
}

function splitLazyPackages(build, lazy) {
	build.onResolve({ filter: /^[^./]/ }, ({ path: name, kind }) => {
		if (kind !== 'dynamic-import' || isBuiltin(name)) return undefined;
		const file = name.replace(/^@/, '').replace(/\W+/g, '-');
		lazy.set(name, file);
		return { path: `./lazy/${file}.js`, external: true };
	});
}

/** The licences of the bundled packages require their text in every copy. */
async function licenses(inputs) {
	const folders = inputs.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]);
	const texts = [...new Set(folders)]
		.filter(Boolean)
		.sort()
		.map(async (folder) => {
			const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
			const [file] = globSync(`${folder}/{LICENSE,LICENCE,license}*`);
			const text = file ? `\n${(await readFile(file, 'utf8')).trim()}\n` : '';
			return `${name} ${version}, ${license}\n${text}`;
		});
	return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

async function shims() {
	for (const { className, shim } of entries) {
		const target = path.posix.relative(path.posix.dirname(shim), bundleFile);
		await mkdir(path.dirname(shim), { recursive: true });
		await writeFile(shim, `exports.${className} = require('${target}').${className};\n`);
	}
}

function assets() {
	const shipped = ['{nodes,credentials}/**/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];
	return src(shipped, { base: '.', encoding: false }).pipe(dest('dist'));
}

/** `npm pack` of the `files` of package.json, to build/, where `packedTarball()` finds it. */
async function pack() {
	await Promise.all(globSync('build/*.tgz').map((old) => rm(old)));
	await mkdir('build', { recursive: true });
	const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', 'build']);
	const [{ filename }] = JSON.parse(stdout);
	// The tarball gets the time of the build's start. A source that is saved during the build is then newer.
	await utimes(`build/${filename}`, started, started);
}

const started = new Date();
const contents = series(clean, parallel(bundle, shims, assets));

exports.pack = series(contents, pack);
exports.build = series(parallel(typeCheck, contents), pack);
exports.default = exports.build;
