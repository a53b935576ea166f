import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { installN8n } from './install';
import { launchN8n, type N8n } from './launch';
import { freePorts } from './ports';
import { type Ports, LOOPBACK, settings } from './settings';
import { assertLoaded, type Started, startN8n } from './start-process';
import { readState } from './state';
import { unpackPackage } from './unpack';

export interface QueueOptions {
	/** Holds a folder for each process, as if each were on a machine of its own. */
	dataFolder: string;
	/** What `npm pack` made of the community package. */
	packageTarball: string;
	/** On 127.0.0.1, reached without a password; the database exists and is empty. */
	postgres: { port: number; user: string; database: string };
	/** On 127.0.0.1: n8n's own queue. */
	redis: { port: number };
	workers: number;
	report?: (line: string) => void;
}

/** An n8n in queue mode. */
export interface QueueN8n {
	/** Editor, API, and the registration of webhooks; it runs no published workflow itself. */
	main: N8n;
	/** Takes all webhooks, at its `url`. */
	webhook: Started;
	/** Run the workflows. */
	workers: Started[];
	/** Of all processes. */
	dataFolders: string[];
	stop(): Promise<void>;
}

/** Bull gives an execution up whose worker died, by default after a minute. */
const IMPATIENT = {
	QUEUE_WORKER_LOCK_DURATION: '8000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '1000',
};

function sharedSettings({ postgres, redis }: QueueOptions, webhookUrl: string): Record<string, string> {
	return {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		QUEUE_BULL_REDIS_HOST: LOOPBACK,
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		...IMPATIENT,
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: LOOPBACK,
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: postgres.database,
		DB_POSTGRESDB_USER: postgres.user,
		N8N_WEBHOOK_URL: `${webhookUrl}/`,
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		// A worker starts a task runner beside itself unless somebody else does; no Code node runs here.
		N8N_RUNNERS_MODE: 'external',
		N8N_RUNNERS_AUTH_TOKEN: 'nobody comes',
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: LOOPBACK,
	};
}

/** A worker serves nothing but its health, at a port of its own. */
const healthOf = ({ web }: Ports) => ({
	QUEUE_HEALTH_CHECK_ACTIVE: 'true',
	QUEUE_HEALTH_CHECK_PORT: String(web),
	N8N_WORKER_SERVER_ADDRESS: LOOPBACK,
});

/**
 * Starts n8n in queue mode with the community package in every process: one main, some workers, one process for
 * webhooks. Throws with the end of a log when one of them doesn't come up.
 */
export async function launchQueueN8n(options: QueueOptions): Promise<QueueN8n> {
	const { dataFolder, packageTarball, workers: count, report = () => {} } = options;
	const { bin } = await installN8n(report);
	const [web = 0] = await freePorts([0]);
	const webhookUrl = `http://${LOOPBACK}:${web}`;
	const environment = sharedSettings(options, webhookUrl);
	const mainFolder = join(dataFolder, 'main');
	// Alone at first: it makes the tables.
	const main = await launchN8n({ dataFolder: mainFolder, packageTarball, environment, webhookUrl, report });
	const { encryptionKey } = await readState(mainFolder);

	const member = async (name: string, command: readonly string[], port = 0): Promise<Started> => {
		const folder = join(dataFolder, name);
		await mkdir(folder, { recursive: true, mode: 0o700 });
		const { name: packageName } = await unpackPackage(packageTarball, folder);
		const started = await startN8n({
			...{ bin, command, dataFolder: folder, logFile: join(folder, 'n8n.log') },
			choosePorts: async () => {
				const [own = 0, broker = 0] = await freePorts([port, 0]);
				return { web: port || own, broker };
			},
			arePortsFixed: port !== 0,
			environment: (ports) => ({ ...settings(folder, encryptionKey, ports), ...environment, ...healthOf(ports) }),
		});
		assertLoaded(started, packageName);
		report(`n8n's ${name} is up`);
		return started;
	};
	const names = Array.from({ length: count }, (_, i) => `worker ${i + 1}`);
	const started = await Promise.allSettled([
		member('webhook', ['webhook'], web),
		...names.map((name) => member(name, ['worker', '--concurrency=10'])),
	]);
	const [webhook, ...workers] = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
	const stop = async (): Promise<void> => {
		// Workers first: what they run still tells the others how it ended.
		await Promise.all(workers.map((worker) => worker.stop()));
		await Promise.all([webhook?.stop(), main.stop()]);
	};
	const failed = started.find((one) => one.status === 'rejected');
	if (failed === undefined && webhook !== undefined) {
		const dataFolders = ['main', 'webhook', ...names].map((name) => join(dataFolder, name));
		return { main, webhook, workers, dataFolders, stop };
	}
	await stop();
	throw failed?.reason;
}
