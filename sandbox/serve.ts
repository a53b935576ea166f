import { accounts } from './accounts';
import { startSandbox } from './server';

async function main(): Promise<void> {
	const sandbox = await startSandbox({ port: Number(process.env.SANDBOX_PORT ?? 0) });
	console.log(`Phone      ${sandbox.phoneUrl}`);
	console.log(`Admin API  ${sandbox.url}/admin`);
	console.log(`360dialog  ${sandbox.url}/360dialog (API key ${accounts.dialog360.apiKey})`);
	console.log('Ctrl-C ends it.');

	const stop = () => void sandbox.stop();
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
