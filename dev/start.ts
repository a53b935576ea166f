import { join } from 'node:path';
import { z } from 'zod';
import { buildIfNeeded } from './build';
import { owner } from './n8n/owner';
import { expectFree } from './n8n/ports';
import { openPlayground, setUpTemplateIn, type Playground } from './playground';
import { claimFolder, runningIn, type Addresses, type Claim, type RunningStart } from './running-start';

/** WhatsApp messages to this number fail, so that the SMS fallback can be seen. */
const notOnWhatsApp = '+1 201 555 3999';

const dataFolder = process.env.DATA_FOLDER ?? join(__dirname, '..', '.data', 'start');

function port(variable: 'N8N_PORT' | 'SANDBOX_PORT'): number | undefined {
	const text = process.env[variable];
	if (!text) return undefined;
	const { data, success } = z.coerce.number().int().min(1).max(65535).safeParse(text);
	if (!success) throw new Error(`${variable} must be a whole number from 1 to 65535`);
	return data;
}

const list = ({ signInPage, phone, editor }: Addresses) => `
  Sign-in page   ${signInPage}
  Phone          ${phone}
  n8n editor     ${editor}
                 as ${owner.email} with ${owner.password}
`;

const furtherStart = 'For a second one beside it, choose another folder: DATA_FOLDER=/tmp/second npm start';

function describeOther(running: RunningStart | undefined): string {
	if (!running?.addresses) return 'npm start is starting or stopping in another terminal. Look there, or try again.';
	const { pid, addresses } = running;
	const stop = `To stop it, press Ctrl-C in its terminal, or end process ${pid}.`;
	return `npm start already runs in another terminal:\n${list(addresses)}\n${stop}\n${furtherStart}`;
}

async function open(): Promise<Playground> {
	const [n8nPort, sandboxPort] = [port('N8N_PORT'), port('SANDBOX_PORT')];
	await expectFree(n8nPort, 'N8N_PORT');
	await expectFree(sandboxPort, 'SANDBOX_PORT');
	const report = (line: string) => console.log(line);
	await buildIfNeeded(report);
	return await openPlayground({
		dataFolder,
		report,
		listener: 'smsFallback',
		...(n8nPort === undefined ? {} : { n8nPort }),
		...(sandboxPort === undefined ? {} : { sandboxPort }),
	});
}

async function show(playground: Playground, claim: Claim): Promise<void> {
	await setUpTemplateIn(playground);
	const { n8n, sandbox, workflows, signInPage } = playground;
	sandbox.addFault({ to: notOnWhatsApp, effect: { failedWebhook: { code: 131026 } } });
	const addresses = { signInPage, phone: sandbox.phoneUrl, editor: `${n8n.url}/workflow/${workflows.signInPage}` };
	claim.publish(addresses);
	console.log(`${list(addresses)}
  Enter any number, such as +1 201 555 3931, on the sign-in page: the code arrives on the phone.
  ${notOnWhatsApp} is not on WhatsApp. The workflow 'SMS fallback' sends its code by SMS:
    curl --data-urlencode phone=${notOnWhatsApp.replaceAll(' ', '')} ${n8n.url}/webhook/sign-in/send-or-sms
  A number gets at most 4 codes in 10 minutes, an SMS included. After that, use another number.
  Press Ctrl-C to stop everything.
`);
}

/** `npm start`: everything of the demo, for a person. N8N_PORT and SANDBOX_PORT set the ports; default: free ports. */
async function main(): Promise<void> {
	const claim = claimFolder(dataFolder);
	if (!claim) {
		console.log(describeOther(runningIn(dataFolder)));
		return;
	}
	let interrupt = (): void => {
		console.log('Stopped.');
		// Everything that was started ends with this process.
		process.exit(130);
	};
	// Not `once`: tsx sends the terminal's signal a second time, which would interrupt the stop.
	process.on('SIGINT', () => interrupt()).on('SIGTERM', () => interrupt());
	const playground = await open();
	const ended = new Promise<string>((resolve) => {
		interrupt = () => resolve('');
		void playground.n8n.exited.then(() => resolve('n8n ended unexpectedly. See its log'));
	});
	try {
		await show(playground, claim);
		const reason = await ended;
		if (reason !== '') throw new Error(`${reason}: ${playground.n8n.logFile}`);
	} finally {
		await playground.stop();
		claim.release();
	}
	console.log('Stopped.');
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
