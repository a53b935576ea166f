import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axios from 'axios';
import deliveryEvents from '../examples/delivery-events.json';
import deliveryReport from '../examples/delivery-report.json';
import setUpTemplate from '../examples/set-up-template.json';
import signInApi from '../examples/sign-in-api.json';
import signInPage from '../examples/sign-in-page.json';
import smsFallback from '../examples/sms-fallback.json';
import templateAlert from '../examples/template-alert.json';
import { sandboxCredentials } from './sandbox-credentials';
import { launchN8n, type N8n } from './n8n/launch';
import { until } from './n8n/wait-until';
import { startSandbox, type Sandbox } from '../sandbox/server';
import { packedTarball } from './tarball';

const examples = { setUpTemplate, signInPage, signInApi, deliveryEvents, smsFallback, deliveryReport, templateAlert };
type Example = keyof typeof examples;

/** A number has one webhook, so that one of these at a time can hear of the 360dialog number's messages. */
const listeners = ['deliveryEvents', 'smsFallback', 'deliveryReport'] as const;
type Listener = (typeof listeners)[number];

export interface House {
	sandbox: Sandbox;
	n8n: N8n;
	/** Ids of the example workflows, all published but for the listeners that do not listen. */
	workflows: Record<Example, string>;
	/** Publishes this one in place of the listener before. */
	listenWith(listener: Listener): Promise<void>;
	/** Where a person signs in. */
	signInPage: string;
	stop(): Promise<void>;
}

export interface HouseOptions {
	/** Keeps n8n's data from one start to the next. */
	dataFolder: string;
	report?: (line: string) => void;
	/** `deliveryEvents` unless given. */
	listener?: Listener;
	/** Ports; free ones, and those of the start before where they are free, unless given. */
	sandboxPort?: number;
	n8nPort?: number;
}

/** The providers and a real n8n with the packed package, its credential and the example workflows, all on loopback. */
export async function openHouse(options: HouseOptions): Promise<House> {
	const { dataFolder, report = () => {}, listener = 'deliveryEvents', ...ports } = options;
	const packageTarball = packedTarball();
	const sandbox = await startSandboxAgain(dataFolder, ports.sandboxPort);
	try {
		const n8n = await launchN8n({
			dataFolder,
			packageTarball,
			report,
			...(ports.n8nPort === undefined ? {} : { port: ports.n8nPort }),
		});
		try {
			const workflows = await furnish(n8n, sandbox, report);
			const listenWith = (one: Listener) => listen(n8n, workflows, one);
			await listenWith(listener);
			const stop = async () => {
				await n8n.stop();
				await sandbox.stop();
			};
			return { sandbox, n8n, workflows, listenWith, signInPage: `${n8n.url}/form/sign-in`, stop };
		} catch (error) {
			await n8n.stop();
			throw error;
		}
	} catch (error) {
		await sandbox.stop();
		throw error;
	}
}

async function furnish(n8n: N8n, sandbox: Sandbox, report: (line: string) => void): Promise<House['workflows']> {
	const credentials: Record<string, string> = {};
	for (const credential of sandboxCredentials(sandbox.url)) {
		const id = await n8n.api.ensureCredential(credential);
		// The first of a type is the one that the examples use.
		credentials[credential.type] ??= id;
	}
	const add = async (example: Example) => {
		report(`Adding the example '${examples[example].name}'`);
		return await n8n.api.ensureWorkflow(outsideIn(sandbox, examples[example]), { credentials });
	};
	const ids = {
		setUpTemplate: await add('setUpTemplate'),
		signInPage: await add('signInPage'),
		signInApi: await add('signInApi'),
		deliveryEvents: await add('deliveryEvents'),
		smsFallback: await add('smsFallback'),
		deliveryReport: await add('deliveryReport'),
		templateAlert: await add('templateAlert'),
	};
	await n8n.api.publish(ids.setUpTemplate);
	await n8n.api.publish(ids.signInPage);
	await n8n.api.publish(ids.signInApi);
	await publishAgain(n8n, ids.templateAlert);
	return ids;
}

/** The example with the sandbox in place of the SMS gateway and the like that a person puts in. */
function outsideIn(sandbox: Sandbox, example: unknown): unknown {
	return JSON.parse(JSON.stringify(example).replaceAll('https://example.com', sandbox.url));
}

async function listen(n8n: N8n, workflows: House['workflows'], listener: Listener): Promise<void> {
	for (const other of listeners) {
		if (other !== listener) await n8n.api.unpublish(workflows[other]);
	}
	await publishAgain(n8n, workflows[listener]);
}

/**
 * The sandbox forgets its webhooks when it ends, as no provider would, and n8n registers them when it publishes a
 * workflow, not when it starts.
 */
async function publishAgain({ api }: N8n, workflowId: string): Promise<void> {
	await api.unpublish(workflowId);
	await api.publish(workflowId);
}

/** Creates the template by its example workflow, and waits until the sandbox's WhatsApp has approved it. */
export async function setUpTemplateIn({ n8n, sandbox }: House): Promise<unknown> {
	const address = await n8n.api.waitForWebhook('set-up-template');
	const { data } = await axios.post<unknown>(address, {}, { proxy: false });
	const isApproved = async () =>
		sandbox.templates().some(({ name, status }) => name === 'verification_code' && status === 'APPROVED') || undefined;
	await until(isApproved, { what: () => 'the template was approved', timeout: 10_000 });
	return data;
}

/** On the port of the start before where that is free, as n8n's credential and the provider's webhook name it. */
async function startSandboxAgain(dataFolder: string, port?: number): Promise<Sandbox> {
	const file = join(dataFolder, 'sandbox-port');
	const before = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
	const sandbox = await startSandbox({ port: port ?? before }).catch((error: unknown) => {
		if (port !== undefined) throw error;
		return startSandbox();
	});
	mkdirSync(dataFolder, { recursive: true });
	writeFileSync(file, new URL(sandbox.url).port);
	return sandbox;
}
