'use strict';

/** Packages that come as ES modules only; jest runs CommonJS. */
const esModulesOnly = ['p-limit', 'yocto-queue', '@noble/[^/]+'];

/**
 * n8n-workflow loads the expression engine by a real `import()`, which jest's vm has no loader for.
 * Transformed, it is a `require` of the same CommonJS build.
 */
const dynamicImports = ['n8n-workflow/dist/cjs/expression\\.js'];

const support = '<rootDir>/test/support';
const errorRealm = `${support}/error-realm.ts`;

/**
 * A part of the tests that can run alone: `npm run test:<name>` runs `test/<name>/`.
 * @param more what the lane needs beside Node: set-up before each file, or once before all
 */
function lane(name, more) {
	return {
		displayName: name,
		roots: ['<rootDir>/test'],
		testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
		testEnvironment: 'node',
		// As TypeScript resolves: phone.ts before phone.js.
		moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
		globalSetup: `${support}/scratch-folder.ts`,
		globalTeardown: `${support}/tear-down.ts`,
		setupFiles: [errorRealm],
		transform: {
			'\\.m?[jt]s$': [
				'@swc/jest',
				{
					jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
					module: { type: 'commonjs' },
					sourceMaps: 'inline',
				},
			],
		},
		transformIgnorePatterns: [
			`/node_modules/(?!(?:${esModulesOnly.join('|')})/|${dynamicImports.join('|')})`,
			'/dist/(?!cjs/expression\\.js)',
		],
		// As n8n does by NODE_PATH: a package unpacked anywhere finds n8n-workflow (docs/reference/n8n-host.md, 'Loading').
		modulePaths: ['<rootDir>/node_modules'],
		...more,
	};
}

const withN8nCore = { setupFiles: [errorRealm, `${support}/n8n-core/environment.ts`] };

module.exports = {
	maxWorkers: 2,
	// It only ends what hangs: a machine that is ten times slower must not reach it.
	testTimeout: 300_000,
	projects: [
		lane('verification'),
		lane('providers', withN8nCore),
		lane('nodes', withN8nCore),
		lane('sandbox'),
		lane('page'),
		lane('package', withN8nCore),
		// The only lanes for which an n8n server is installed.
		lane('e2e', { globalSetup: `${support}/set-up-n8n.ts` }),
		lane('older-n8n', { globalSetup: `${support}/set-up-older-n8n.ts` }),
	],
};
