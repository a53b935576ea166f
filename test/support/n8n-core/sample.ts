import { cp, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { startHost, type Host, type RunSpec } from './host';
import { startSampleServer, type SampleServer } from './sample-server';

const sources = join(__dirname, 'sample-package');

export const sample = 'n8n-nodes-harness-sample.sample';
export const sampleTrigger = 'n8n-nodes-harness-sample.sampleTrigger';

export interface SampleHost extends AsyncDisposable {
	host: Host;
	server: SampleServer;
	/** The credential that the server accepts. */
	credentials: NonNullable<RunSpec['credentials']>;
	/** A workflow of one node `Ask` that requests the `path` of each item from the server. */
	asking: (paths: string[], more?: Partial<RunSpec['nodes'][number]>) => RunSpec;
}

/** An n8n with the sample package, and the server that the package calls. */
export async function startSample(): Promise<SampleHost> {
	const host = await startHost(await builtSample());
	const server = await startSampleServer();
	const credentials = { sampleApi: { baseUrl: server.url, key: 'the right key' } };
	return {
		host,
		server,
		credentials,
		asking: (paths, more) => {
			const ask = { name: 'Ask', type: sample, parameters: { path: '={{ $json.path }}' }, ...more };
			return { nodes: [ask], credentials, input: paths.map((path) => ({ path })) };
		},
		[Symbol.asyncDispose]: async () => {
			await server[Symbol.asyncDispose]();
			await host.close();
		},
	};
}

/** Builds the sample package into a new folder, as packages are published: JavaScript, icons, codex files. */
export async function builtSample(): Promise<string> {
	const folder = await mkdtemp(join(process.env.TEST_SCRATCH ?? '', 'sample-'));
	await build({
		entryPoints: [join(sources, '**/*.ts')],
		outbase: sources,
		outdir: join(folder, 'dist'),
		format: 'cjs',
		platform: 'node',
	});
	await cp(join(sources, 'package.json'), join(folder, 'package.json'));
	const assets = /^[^.]*$|\.(?:svg|json)$/;
	await cp(join(sources, 'nodes'), join(folder, 'dist/nodes'), {
		recursive: true,
		filter: (file) => assets.test(file),
	});
	return folder;
}
