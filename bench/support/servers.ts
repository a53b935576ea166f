import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchN8n, type N8n } from '../../dev/n8n/launch';
import { packedTarball } from '../../dev/tarball';
import { writeIdleTrigger } from './idle-trigger';
import { makeScratch, removeScratch } from './scratch';
import { StandIn } from './slow-provider';

/** What n8n does where nobody sets anything (docs/reference/n8n-host.md, 'What a webhook costs'). */
const defaults = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'false', N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'false' };

/** A real n8n with the packed package in it, and a provider that it can talk to. */
export interface House {
	n8n: N8n;
	provider: StandIn;
}

/** The houses of a run, each opened when first asked for. */
export class Servers {
	private readonly folders: string[] = [];
	private readonly started: { recommended?: Promise<House>; defaults?: Promise<House> } = {};

	/** With the launcher's settings for throughput (docs/reference/n8n-host.md, 'What a webhook costs'). */
	recommended(): Promise<House> {
		return (this.started.recommended ??= this.launch({}));
	}

	/** Under n8n's defaults. */
	defaults(): Promise<House> {
		return (this.started.defaults ??= this.launch(defaults));
	}

	async stop(): Promise<void> {
		for (const starting of Object.values(this.started)) {
			const house = await starting.catch(() => undefined);
			await house?.n8n.stop();
			await house?.provider.stop();
		}
		this.folders.forEach(removeScratch);
	}

	private async launch(environment: Record<string, string>): Promise<House> {
		const dataFolder = makeScratch();
		this.folders.push(dataFolder);
		const custom = join(dataFolder, 'custom');
		mkdirSync(custom);
		writeIdleTrigger(custom);
		const settings = { ...environment, N8N_CUSTOM_EXTENSIONS: custom };
		const n8n = await launchN8n({ dataFolder, packageTarball: packedTarball(), environment: settings });
		return { n8n, provider: await StandIn.start() };
	}
}
