import { nodePath } from './node24';

export interface Ports {
	web: number;
	/** The broker's port for n8n's task runner. */
	broker: number;
}

/** The variables that n8n gets from this process: no N8N_* of another n8n, no NODE_ENV of a test run. */
const inheritedNames = ['HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT'];

/** n8n calls no server of its makers (docs/reference/n8n-host.md, 'Installing n8n beside the project'). */
const offline = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	// This module asks api.n8n.io for a list of MCP servers at every start.
	N8N_DISABLED_MODULES: 'mcp-registry',
};

/** Makes webhooks up to nine times as fast (docs/reference/n8n-host.md, 'What a webhook costs'). */
const fastWebhooks = {
	N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
	N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'true',
};

export const loopback = '127.0.0.1';

export const addressOf = (ports: Ports): string => `http://${loopback}:${ports.web}`;

/** The whole environment of an n8n with its data in `dataFolder`. Only this machine can reach it. */
export function settings(dataFolder: string, encryptionKey: string, ports: Ports): Record<string, string> {
	const inherited = inheritedNames.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return {
		...Object.fromEntries(inherited),
		...offline,
		...fastWebhooks,
		PATH: nodePath(),
		NODE_ENV: 'production',
		N8N_USER_FOLDER: dataFolder,
		N8N_ENCRYPTION_KEY: encryptionKey,
		N8N_LISTEN_ADDRESS: loopback,
		N8N_HOST: loopback,
		N8N_PORT: String(ports.web),
		N8N_RUNNERS_BROKER_PORT: String(ports.broker),
		N8N_EDITOR_BASE_URL: addressOf(ports),
		N8N_WEBHOOK_URL: `${addressOf(ports)}/`,
		N8N_SECURE_COOKIE: 'false',
		N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
	};
}
