import { join } from 'node:path';
import { openHouse, setUpTemplateIn } from './playground';

/** Its messages fail, so that a person sees the SMS that comes instead. */
const notOnWhatsApp = '+1 201 555 3999';

const port = (name: string) => (process.env[name] ? Number(process.env[name]) : undefined);

/** `npm start`: everything of the demo, for a person; ports from N8N_PORT and SANDBOX_PORT, or free ones. */
async function main(): Promise<void> {
	const [n8nPort, sandboxPort] = [port('N8N_PORT'), port('SANDBOX_PORT')];
	const house = await openHouse({
		dataFolder: process.env.DATA_FOLDER ?? join(__dirname, '..', '.data', 'start'),
		report: (line) => console.log(line),
		listener: 'smsFallback',
		...(n8nPort === undefined ? {} : { n8nPort }),
		...(sandboxPort === undefined ? {} : { sandboxPort }),
	});
	const ended = new Promise<string>((resolve) => {
		// Not once: tsx hands the terminal's signal on a second time, which would cut the stop short.
		process.on('SIGINT', () => resolve(''));
		process.on('SIGTERM', () => resolve(''));
		void house.n8n.exited.then(() => resolve('n8n has ended by itself; its log says why'));
	});
	try {
		await setUpTemplateIn(house);
		const { n8n, sandbox } = house;
		sandbox.addFault({ to: notOnWhatsApp, effect: { failedWebhook: { code: 131026 } } });
		console.log(`
  Sign-in page   ${house.signInPage}
  Phone          ${sandbox.phoneUrl}
  n8n editor     ${n8n.url}/workflow/${house.workflows.signInPage}
                 as ${n8n.email} with ${n8n.password}

  Enter any number, such as +1 201 555 3931, on the sign-in page: the code arrives on the phone.
  ${notOnWhatsApp} is not on WhatsApp: its code comes by SMS.
  Ctrl-C ends all of it.
`);
		const reason = await ended;
		if (reason !== '') throw new Error(`${reason}: ${n8n.logFile}`);
	} finally {
		await house.stop();
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
