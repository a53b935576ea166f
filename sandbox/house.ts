import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axios from 'axios';
import deliveryEvents from '../examples/delivery-events.json';
import setUpTemplate from '../examples/set-up-template.json';
import signInApi from '../examples/sign-in-api.json';
import signInPage from '../examples/sign-in-page.json';
import { sandboxCredentials } from './credentials';
import { launchN8n, type N8n } from './n8n/launch';
import { until } from './n8n/until';
import { startSandbox, type Sandbox } from './server';
import { packedTarball } from './tarball';

const examples = { setUpTemplate, signInPage, signInApi, deliveryEvents };
type Example = keyof typeof examples;

export interface House {
	sandbox: Sandbox;
	n8n: N8n;
	/** Ids of the example workflows, all published. */
	workflows: Record<Example, string>;
	/** Where a person signs in. */
	signInPage: string;
	stop(): Promise<void>;
}

export interface HouseOptions {
	/** Keeps n8n's data from one start to the next. */
	dataFolder: string;
	report?: (line: string) => void;
	/** Ports; free ones, and those of the start before where they are free, unless given. */
	sandboxPort?: number;
	n8nPort?: number;
}

/** The providers and a real n8n with the packed package, its credential and the example workflows, all on loopback. */
export async function openHouse({ dataFolder, report = () => {}, ...ports }: HouseOptions): Promise<House> {
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
			const stop = async () => {
				await n8n.stop();
				await sandbox.stop();
			};
			return { sandbox, n8n, workflows, signInPage: `${n8n.url}/form/sign-in`, stop };
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
		report(`Publishing the example '${examples[example].name}'`);
		const id = await n8n.api.ensureWorkflow(examples[example], { credentials });
		await n8n.api.publish(id);
		return id;
	};
	const ids = {
		setUpTemplate: await add('setUpTemplate'),
		signInPage: await add('signInPage'),
		signInApi: await add('signInApi'),
		deliveryEvents: await add('deliveryEvents'),
	};
	await registerAgain(n8n, sandbox, ids.deliveryEvents);
	return ids;
}

/**
 * The sandbox forgets its webhooks when it ends, as no provider would, and n8n registers them when it publishes a
 * workflow, not when it starts.
 */
async function registerAgain({ api }: N8n, sandbox: Sandbox, workflowId: string): Promise<void> {
	if (sandbox.subscriptions().length > 0) return;
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
