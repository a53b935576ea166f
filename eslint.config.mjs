import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import stylistic from '@stylistic/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import importX from 'eslint-plugin-import-x';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

const n8nRules = n8nCommunityNodesPlugin.configs.recommendedWithoutN8nCloudSupport.rules;

/** n8n's scanner makes these exceptions: its newer plugin replaces the rule, or only n8n's repository needs it. */
const credentialExceptions = {
	'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
	'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
};
const nodeExceptions = {
	'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
	'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
	'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
};

/** Dependencies point one way: what a folder may not reach for. */
function keepsOut(folder, ...patterns) {
	const message = 'Dependencies point one way: nodes -> providers, verification, page.';
	return {
		files: [`${folder}/**/*.ts`],
		rules: { 'no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }] },
	};
}

export default defineConfig(
	globalIgnores(['node_modules/', 'dist/', 'build/', 'coverage/', '.data/']),
	{
		files: ['**/*.ts'],
		extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		rules: {
			'max-depth': ['error', 3],
			// A method answers with a promise because its interface does, whether or not it has to wait.
			'@typescript-eslint/require-await': 'off',
		},
	},
	{
		files: ['**/*.{ts,js,mjs}'],
		plugins: { 'import-x': importX, '@stylistic': stylistic },
		rules: {
			// The formatter breaks code; this holds comments and templates to the same width.
			'@stylistic/max-len': ['error', { code: 120, tabWidth: 2, ignoreUrls: true, ignoreRegExpLiterals: true }],
			'import-x/first': 'error',
			'import-x/newline-after-import': 'error',
			'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
			'import-x/order': [
				'error',
				{
					groups: ['builtin', 'external', 'parent', ['sibling', 'index']],
					'newlines-between': 'never',
					alphabetize: { order: 'asc', caseInsensitive: true },
				},
			],
		},
	},
	{
		files: ['**/*.{js,mjs}'],
		extends: [js.configs.recommended],
		languageOptions: {
			globals: Object.fromEntries(
				['require', 'module', 'exports', '__dirname', 'process', 'console', 'URL'].map((name) => [name, 'readonly']),
			),
		},
	},
	{ files: ['**/*.js'], languageOptions: { sourceType: 'commonjs' } },
	keepsOut(
		'verification',
		'n8n-*',
		'**/nodes/**',
		'**/providers/**',
		'**/page/**',
		'**/sandbox/**',
		'**/dev/**',
		'**/bench/**',
		'**/test/**',
	),
	keepsOut(
		'providers',
		'n8n-*',
		'**/nodes/**',
		'**/verification/**',
		'**/page/**',
		'**/sandbox/**',
		'**/dev/**',
		'**/bench/**',
		'**/test/**',
	),
	keepsOut(
		'page',
		'n8n-*',
		'**/nodes/**',
		'**/providers/**',
		'**/verification/**',
		'**/sandbox/**',
		'**/dev/**',
		'**/bench/**',
		'**/test/**',
	),
	keepsOut('nodes', '**/sandbox/**', '**/dev/**', '**/bench/**', '**/test/**'),
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts', 'package.json'],
		plugins: { '@n8n/community-nodes': n8nCommunityNodesPlugin, 'n8n-nodes-base': n8nNodesBase },
		rules: { ...n8nRules, 'no-console': 'error' },
	},
	{ files: ['nodes/**/*.ts'], rules: { ...n8nNodesBase.configs.nodes.rules, ...nodeExceptions } },
	{ files: ['credentials/**/*.ts'], rules: { ...n8nNodesBase.configs.credentials.rules, ...credentialExceptions } },
	{
		files: ['package.json'],
		languageOptions: { parser: tseslint.parser },
		rules: n8nNodesBase.configs.community.rules,
	},
);
