import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { installN8n } from './install';
import { launchN8n, type N8n } from './launch';
import { freePorts } from './ports';
import { type Ports, loopback, settings } from './settings';
import { assertLoaded, type Started, startN8n } from './start-process';
import { readState } from './state';
import { unpackPackage } from './unpack';

export interface QueueOptions {
	/** Holds one folder per process, as if each process ran on a separate machine. */
	dataFolder: string;
	/** The tarball that `npm pack` made of the community package. */
	packageTarball: string;
	/** On 127.0.0.1, without a password. The database must exist and be empty. */
	postgres: { port: number; user: string; database: string };
	/** On 127.0.0.1, for n8n's queue. */
	redis: { port: number };
	workers: number;
	report?: (line: string) => void;
}

/** An n8n in queue mode. */
export interface QueueN8n {
	/** Serves the editor and the API and registers webhooks. It runs no published workflow. */
	main: N8n;
	/** Receives all webhooks at its `url`. */
	webhook: Started;
	/** They run the workflows. */
	workers: Started[];
	/** The data folders of all processes. */
	dataFolders: string[];
	stop(): Promise<void>;
}

/** Bull notices a dead worker after a minute by default. These settings make it notice after seconds. */
const fastStallDetection = {
	QUEUE_WORKER_LOCK_DURATION: '20000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '1000',
};

function sharedSettings({ postgres, redis }: QueueOptions, webhookUrl: string): Record<string, string> {
	return {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		QUEUE_BULL_REDIS_HOST: loopback,
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		...fastStallDetection,
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: loopback,
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: postgres.database,
		DB_POSTGRESDB_USER: postgres.user,
		N8N_WEBHOOK_URL: `${webhookUrl}/`,
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		// In this mode a worker starts no task runner. No Code node runs here.
		N8N_RUNNERS_MODE: 'external',
		N8N_RUNNERS_AUTH_TOKEN: 'unused',
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: loopback,
	};
}

/** A worker serves only its health check, on a separate port. */
const healthOf = ({ web }: Ports) => ({
	QUEUE_HEALTH_CHECK_ACTIVE: 'true',
	QUEUE_HEALTH_CHECK_PORT: String(web),
	N8N_WORKER_SERVER_ADDRESS: loopback,
});

/**
 * Starts n8n in queue mode with the community package in every process: one main process, some workers and one
 * webhook process. If one of them does not start, it throws an error with the end of the log.
 */
export async function launchQueueN8n(options: QueueOptions): Promise<QueueN8n> {
	const { dataFolder, packageTarball, workers: count, report = () => {} } = options;
	const { bin } = await installN8n(report);
	const [web = 0] = await freePorts([0]);
	const webhookUrl = `http://${loopback}:${web}`;
	const environment = sharedSettings(options, webhookUrl);
	const mainFolder = join(dataFolder, 'main');
	// The main process starts alone: it creates the tables.
	const main = await launchN8n({ dataFolder: mainFolder, packageTarball, environment, webhookUrl, report });
	const { encryptionKey } = await readState(mainFolder);

	const member = async (name: string, command: readonly string[], port = 0): Promise<Started> => {
		const folder = join(dataFolder, name);
		await mkdir(folder, { recursive: true, mode: 0o700 });
		const { name: packageName } = await unpackPackage(packageTarball, folder);
		const started = await startN8n({
			bin,
			command,
			dataFolder: folder,
			logFile: join(folder, 'n8n.log'),
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
		// Workers stop first: they still report to the others how their executions ended.
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
