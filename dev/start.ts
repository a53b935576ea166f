import { join } from 'node:path';
import { openPlayground, setUpTemplateIn } from './playground';

/** WhatsApp messages to this number fail, so that the SMS fallback can be seen. */
const notOnWhatsApp = '+1 201 555 3999';

const port = (name: string) => (process.env[name] ? Number(process.env[name]) : undefined);

/** `npm start`: everything of the demo, for a person. N8N_PORT and SANDBOX_PORT set the ports; default: free ports. */
async function main(): Promise<void> {
	const [n8nPort, sandboxPort] = [port('N8N_PORT'), port('SANDBOX_PORT')];
	const playground = await openPlayground({
		dataFolder: process.env.DATA_FOLDER ?? join(__dirname, '..', '.data', 'start'),
		report: (line) => console.log(line),
		listener: 'smsFallback',
		...(n8nPort === undefined ? {} : { n8nPort }),
		...(sandboxPort === undefined ? {} : { sandboxPort }),
	});
	const ended = new Promise<string>((resolve) => {
		// Not `once`: tsx sends the terminal's signal a second time, which would interrupt the stop.
		process.on('SIGINT', () => resolve(''));
		process.on('SIGTERM', () => resolve(''));
		void playground.n8n.exited.then(() => resolve('n8n ended unexpectedly. See its log'));
	});
	try {
		await setUpTemplateIn(playground);
		const { n8n, sandbox } = playground;
		sandbox.addFault({ to: notOnWhatsApp, effect: { failedWebhook: { code: 131026 } } });
		console.log(`
  Sign-in page   ${playground.signInPage}
  Phone          ${sandbox.phoneUrl}
  n8n editor     ${n8n.url}/workflow/${playground.workflows.signInPage}
                 as ${n8n.email} with ${n8n.password}

  Enter any number, such as +1 201 555 3931, on the sign-in page: the code arrives on the phone.
  ${notOnWhatsApp} is not on WhatsApp: its code comes by SMS.
  Press Ctrl-C to stop everything.
`);
		const reason = await ended;
		if (reason !== '') throw new Error(`${reason}: ${n8n.logFile}`);
	} finally {
		await playground.stop();
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
