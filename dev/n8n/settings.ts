import { nodePath } from './node24';

export interface Ports {
	web: number;
	/** Where the task runner that n8n starts beside itself finds its broker. */
	broker: number;
}

/** What of the caller's environment n8n gets to see: no N8N_* of another n8n, no NODE_ENV of a test run. */
const INHERITED = ['HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT'];

/** Nothing asks anything of n8n's servers (docs/reference/n8n-host.md, 'Installing n8n beside the project'). */
const OFFLINE = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	// Asks api.n8n.io for its list of MCP servers at every start.
	N8N_DISABLED_MODULES: 'mcp-registry',
};

/** Makes webhooks up to nine times as fast (docs/reference/n8n-host.md, 'What a webhook costs'). */
const FAST_WEBHOOKS = {
	N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
	N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'true',
};

export const LOOPBACK = '127.0.0.1';

export const addressOf = (ports: Ports): string => `http://${LOOPBACK}:${ports.web}`;

/** The whole environment of an n8n that keeps its data in `dataFolder` and can be reached from here only. */
export function settings(dataFolder: string, encryptionKey: string, ports: Ports): Record<string, string> {
	const inherited = INHERITED.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return {
		...Object.fromEntries(inherited),
		...OFFLINE,
		...FAST_WEBHOOKS,
		PATH: nodePath(),
		NODE_ENV: 'production',
		N8N_USER_FOLDER: dataFolder,
		N8N_ENCRYPTION_KEY: encryptionKey,
		N8N_LISTEN_ADDRESS: LOOPBACK,
		N8N_HOST: LOOPBACK,
		N8N_PORT: String(ports.web),
		N8N_RUNNERS_BROKER_PORT: String(ports.broker),
		N8N_EDITOR_BASE_URL: addressOf(ports),
		N8N_WEBHOOK_URL: `${addressOf(ports)}/`,
		N8N_SECURE_COOKIE: 'false',
		N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
	};
}
