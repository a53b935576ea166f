import { providers } from './providers';
import { startSandbox } from './server';

async function main(): Promise<void> {
	const sandbox = await startSandbox({ port: Number(process.env.SANDBOX_PORT ?? 0) });
	console.log(`Phone      ${sandbox.phoneUrl}`);
	console.log(`Admin API  ${sandbox.url}/admin`);
	for (const { name, credential } of providers) {
		const fields = Object.entries(credential(sandbox.url).form);
		console.log(`${name.padEnd(9)}  ${fields.map(([label, value]) => `${label} ${value}`).join(', ')}`);
	}
	console.log('Press Ctrl-C to stop.');

	const stop = () => void sandbox.stop();
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
