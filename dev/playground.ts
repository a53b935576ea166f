import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import deliveryEvents from '../examples/delivery-events.json';
import deliveryReport from '../examples/delivery-report.json';
import setUpTemplate from '../examples/set-up-template.json';
import signInApi from '../examples/sign-in-api.json';
import signInPage from '../examples/sign-in-page.json';
import smsFallback from '../examples/sms-fallback.json';
import stepUp from '../examples/step-up.json';
import templateAlert from '../examples/template-alert.json';
import { startSandbox, type Sandbox } from '../sandbox/server';
import type { Execution } from './n8n/executions';
import type { N8nRelease } from './n8n/install';
import { launchN8n, type N8n } from './n8n/launch';
import { until } from './n8n/wait-until';
import { sandboxCredentials } from './sandbox-credentials';
import { packedTarball } from './tarball';

const examples = {
	setUpTemplate,
	signInPage,
	signInApi,
	stepUp,
	deliveryEvents,
	smsFallback,
	deliveryReport,
	templateAlert,
};
type Example = keyof typeof examples;

/** A number has one webhook, so only one of these workflows can be published at a time. */
const listeners = ['deliveryEvents', 'smsFallback', 'deliveryReport'] as const;
type Listener = (typeof listeners)[number];

export interface Playground {
	sandbox: Sandbox;
	n8n: N8n;
	/** Ids of the example workflows. Published are those with a trigger, except the listeners that do not listen. */
	workflows: Record<Example, string>;
	/** Publishes this listener and unpublishes the others. */
	listenWith(listener: Listener): Promise<void>;
	/** The address of the sign-in page. */
	signInPage: string;
	stop(): Promise<void>;
}

export interface PlaygroundOptions {
	/** Keeps n8n's data from one start to the next. */
	dataFolder: string;
	report?: (line: string) => void;
	/** Default: the current one. */
	release?: N8nRelease;
	/** Default: `deliveryEvents`. */
	listener?: Listener;
	/** Default for both ports: the port of the previous start if it is free, or any free port. */
	sandboxPort?: number;
	n8nPort?: number;
}

/** Starts the sandbox and a real n8n on loopback, with the package, its credentials and the example workflows. */
export async function openPlayground(options: PlaygroundOptions): Promise<Playground> {
	const { dataFolder, report = () => {}, release, listener = 'deliveryEvents', ...ports } = options;
	const packageTarball = packedTarball();
	const sandbox = await startSandboxAgain(dataFolder, report, ports.sandboxPort);
	report(`The sandbox is up at ${sandbox.url}`);
	try {
		const n8n = await launchN8n({
			dataFolder,
			packageTarball,
			report,
			...(release && { release }),
			...(ports.n8nPort === undefined ? {} : { port: ports.n8nPort }),
		});
		try {
			const workflows = await addExamples(n8n, sandbox, report);
			const listenWith = (one: Listener) => listen(n8n, workflows, one);
			await listenWith(listener);
			const signInPage = await n8n.api.waitForWebhook('sign-in-page/sign-in', 'GET');
			rememberPort(dataFolder, sandbox, ports.sandboxPort);
			const stop = async () => {
				await n8n.stop();
				await sandbox.stop();
			};
			return { sandbox, n8n, workflows, listenWith, signInPage, stop };
		} catch (error) {
			await n8n.stop();
			throw error;
		}
	} catch (error) {
		await sandbox.stop();
		throw error;
	}
}

async function addExamples(
	n8n: N8n,
	sandbox: Sandbox,
	report: (line: string) => void,
): Promise<Playground['workflows']> {
	const credentials: Record<string, string> = {};
	// The examples use the first credential of each type. It comes last, because a new node gets the newest one.
	for (const credential of sandboxCredentials(sandbox.url).reverse()) {
		credentials[credential.type] = await n8n.api.ensureCredential(credential);
	}
	report(`Adding ${Object.keys(examples).length} examples`);
	const add = (example: Example) =>
		n8n.api.ensureWorkflow(withSandboxAddresses(sandbox, examples[example]), { credentials });
	const ids = {
		setUpTemplate: await add('setUpTemplate'),
		signInPage: await add('signInPage'),
		signInApi: await add('signInApi'),
		stepUp: await add('stepUp'),
		deliveryEvents: await add('deliveryEvents'),
		smsFallback: await add('smsFallback'),
		deliveryReport: await add('deliveryReport'),
		templateAlert: await add('templateAlert'),
	};
	await n8n.api.publish(ids.signInPage);
	await n8n.api.publish(ids.signInApi);
	await n8n.api.publish(ids.stepUp);
	await publishAgain(n8n, ids.templateAlert);
	return ids;
}

/** The example with the sandbox in place of the SMS gateway and the alert address. */
function withSandboxAddresses(sandbox: Sandbox, example: unknown): unknown {
	return JSON.parse(JSON.stringify(example).replaceAll('https://example.com', sandbox.url));
}

async function listen(n8n: N8n, workflows: Playground['workflows'], listener: Listener): Promise<void> {
	for (const other of listeners) {
		if (other !== listener) await n8n.api.unpublish(workflows[other]);
	}
	await publishAgain(n8n, workflows[listener]);
}

/**
 * The sandbox forgets its webhooks when it stops. n8n registers webhooks when it publishes a workflow, not when it
 * starts. So a new start has to publish again.
 */
async function publishAgain({ api }: N8n, workflowId: string): Promise<void> {
	await api.unpublish(workflowId);
	await api.publish(workflowId);
}

/** Creates the template with the example workflow, as its button does. Waits until the sandbox has approved it. */
export async function setUpTemplateIn({ n8n, sandbox, workflows }: Playground): Promise<Execution> {
	const run = await n8n.api.runByHand(workflows.setUpTemplate, 'Click to start');
	const isApproved = async () =>
		sandbox.templates().some(({ name, status }) => name === 'verification_code' && status === 'APPROVED') || undefined;
	await until(isApproved, { what: () => 'the template was approved', timeout: 10_000 });
	return run;
}

const portFile = (dataFolder: string) => join(dataFolder, 'sandbox-port');

function rememberedPort(dataFolder: string): number | undefined {
	const file = portFile(dataFolder);
	return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}

/** Uses the port of the previous start if it is free, because bookmarks and credentials made by hand name that port. */
async function startSandboxAgain(
	dataFolder: string,
	report: (line: string) => void,
	chosen?: number,
): Promise<Sandbox> {
	const before = rememberedPort(dataFolder);
	if (chosen !== undefined || before === undefined) return startSandbox({ port: chosen ?? 0 });
	return startSandbox({ port: before }).catch(() => {
		report(`Port ${before} of the previous start is in use, so the sandbox uses another one this time`);
		return startSandbox();
	});
}

/** Only a start that succeeds comes here. A port that is in use today may be free tomorrow, so it stays remembered. */
function rememberPort(dataFolder: string, { url }: Sandbox, chosen?: number): void {
	const port = chosen ?? rememberedPort(dataFolder) ?? new URL(url).port;
	writeFileSync(portFile(dataFolder), String(port));
}
