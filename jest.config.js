'use strict';

/** Packages that come as ES modules only; jest runs CommonJS. */
const esModulesOnly = ['p-limit', 'yocto-queue', '@noble/[^/]+'];

/**
 * n8n-workflow loads the expression engine by a real `import()`, which jest's vm has no loader for.
 * Transformed, it is a `require` of the same CommonJS build.
 */
const dynamicImports = ['n8n-workflow/dist/cjs/expression\\.js'];

module.exports = {
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	testEnvironment: 'node',
	maxWorkers: 2,
	testTimeout: 20_000,
	globalSetup: '<rootDir>/test/support/set-up.ts',
	globalTeardown: '<rootDir>/test/support/n8n-core/scratch-removal.ts',
	setupFiles: ['<rootDir>/test/support/n8n-core/environment.ts'],
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
};
