import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchN8n, type N8n } from '../../dev/n8n/launch';
import { packedTarball } from '../../dev/tarball';
import { writeIdleTrigger } from './idle-trigger';
import { makeScratch, removeScratch } from './scratch';
import { SlowProvider } from './slow-provider';

/** n8n's default settings (docs/reference/n8n-host.md, 'What a webhook costs'). */
const defaults = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'false', N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'false' };

/** A real n8n with the packed package, and a provider that it calls. */
export interface BenchServer {
	n8n: N8n;
	provider: SlowProvider;
}

/** The servers of a run. Each starts on first use. */
export class Servers {
	private readonly folders: string[] = [];
	private readonly started: { recommended?: Promise<BenchServer>; defaults?: Promise<BenchServer> } = {};

	/** With the launcher's settings for throughput (docs/reference/n8n-host.md, 'What a webhook costs'). */
	recommended(): Promise<BenchServer> {
		return (this.started.recommended ??= this.launch({}));
	}

	/** With n8n's default settings. */
	defaults(): Promise<BenchServer> {
		return (this.started.defaults ??= this.launch(defaults));
	}

	async stop(): Promise<void> {
		for (const starting of Object.values(this.started)) {
			const server = await starting.catch(() => undefined);
			await server?.n8n.stop();
			await server?.provider.stop();
		}
		this.folders.forEach(removeScratch);
	}

	private async launch(environment: Record<string, string>): Promise<BenchServer> {
		const dataFolder = makeScratch();
		this.folders.push(dataFolder);
		const custom = join(dataFolder, 'custom');
		mkdirSync(custom);
		writeIdleTrigger(custom);
		// The hand-wired sign-in makes and hashes its code in a Code node.
		const more = { N8N_CUSTOM_EXTENSIONS: custom, NODE_FUNCTION_ALLOW_BUILTIN: 'crypto' };
		const n8n = await launchN8n({
			dataFolder,
			packageTarball: packedTarball(),
			environment: { ...environment, ...more },
		});
		return { n8n, provider: await SlowProvider.start() };
	}
}
