import type {
	IDataObject,
	INodeListSearchResult,
	INodePropertyOptions,
	WebhookSetupMethodNames,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { testCredential, type CredentialTestResult } from './credential-test';
import { CredentialVault, type CredentialData, type SavedCredential } from './credentials';
import { startEncryption } from './encryption';
import { newExecution, proceed, resultAfter, type ExecutionOptions } from './execution';
import { startExpressions, stopExpressions } from './expressions';
import type { HostParts } from './host-parts';
import { KnownTypes } from './known-types';
import { listSearch, loadOptions, type EditedNode } from './load-options';
import { capturedLog, type CapturedLog } from './log';
import { loadPackage, type LoadedPackage } from './packages';
import { withEnvironment } from './process-environment';
import type { RunResult } from './result';
import { startingAt } from './run';
import { PublishedTrigger, type TriggerSpec } from './trigger';
import { resumeByTime, resumeUrl, waitingWebhooks } from './waiting';
import { callWebhook, type WebhookResult, type WebhookSpec } from './web-request';
import { startWebServer } from './web-server';
import { buildWorkflow, saveAll, startName, type WorkflowSpec } from './workflow';

export interface RunSpec extends WorkflowSpec, ExecutionOptions {
	/** The items that `start` puts out; one empty item by default. */
	input?: IDataObject[];
	mode?: WorkflowExecuteMode;
	/** Environment variables during the run; undefined removes one. */
	env?: Record<string, string | undefined>;
}

export interface HookResult {
	returned: boolean | undefined;
	/** The static data of the trigger, after the hook. */
	staticData: IDataObject;
}

/** An n8n without editor and database: n8n-core with some packages installed, and a web server. */
export interface Host {
	packages: LoadedPackage[];
	log: CapturedLog;
	saveCredential(type: string, data: CredentialData): Promise<SavedCredential>;
	readCredential(credential: SavedCredential): Promise<CredentialData>;
	/** The Test button of the credential's dialog. */
	testCredential(type: string, data: CredentialData): Promise<CredentialTestResult>;
	runWorkflow(spec: RunSpec): Promise<RunResult>;
	/** The address that resumes a waiting run. */
	resumeUrl(waiting: RunResult): Promise<string>;
	/** Waits until a waiting run was resumed. @returns what it did then */
	resumed(waiting: RunResult): Promise<RunResult>;
	/** Continues a waiting run, as n8n does when its time is over. */
	resumeByTime(waiting: RunResult): Promise<RunResult>;
	/** Calls the webhook of a trigger once, without a registration at a provider. */
	runWebhook(spec: WebhookSpec): Promise<WebhookResult>;
	runHook(method: WebhookSetupMethodNames, spec: TriggerSpec): Promise<HookResult>;
	/** Serves the webhooks of a trigger and registers them, until it is unpublished. */
	publish(spec: TriggerSpec): Promise<PublishedTrigger>;
	loadOptions(method: string, node: EditedNode): Promise<INodePropertyOptions[]>;
	listSearch(method: string, node: EditedNode, filter?: string, token?: string): Promise<INodeListSearchResult>;
	/** To be called at the end of a test file. @throws the errors of webhooks that no test has seen */
	close(): Promise<void>;
}

export interface HostOptions {
	/** Milliseconds that a run, a request or a webhook may take. */
	timeout?: number;
}

/** @param folders of built packages, each with its package.json */
export async function startHost(folders: string | string[], { timeout = 60_000 }: HostOptions = {}): Promise<Host> {
	const log = capturedLog();
	startEncryption();
	const packages = await Promise.all([folders].flat().map(loadPackage));
	const types = new KnownTypes(packages);
	await startExpressions();
	const server = await startWebServer(waitingWebhooks(() => host));
	const vault = new CredentialVault(types);
	const host: HostParts = { types, vault, log, server, executions: new Map(), timeout };
	return {
		packages,
		log,
		saveCredential: (type, data) => vault.save(type, data),
		readCredential: (credential) => vault.read(credential),
		testCredential: (type, data) => testCredential(host, type, data),
		runWorkflow: (spec) => withEnvironment(spec.env ?? {}, () => runWorkflow(host, spec)),
		resumeUrl: (waiting) => resumeUrl(host, waiting),
		resumed: (waiting) => resultAfter(host, waiting),
		resumeByTime: (waiting) => resumeByTime(host, waiting),
		runWebhook: (spec) => callWebhook(host, spec),
		runHook: (method, spec) => runHook(host, method, spec),
		publish: (spec) => publish(host, spec),
		loadOptions: (method, node) => loadOptions(host, method, node),
		listSearch: (method, node, filter, token) => listSearch(host, method, node, filter, token),
		close: async () => {
			await stopExpressions();
			await server.close();
		},
	};
}

async function runWorkflow(host: HostParts, { input, mode, signal, timeout, ...given }: RunSpec): Promise<RunResult> {
	const spec = { ...given, credentials: await saveAll(given.credentials ?? {}, host.vault) };
	const { workflow } = await buildWorkflow(spec, host.types, host.vault);
	const start = workflow.getNode(spec.start ?? startName);
	if (!start) throw new Error(`There is no node ${spec.start} to start at`);
	const items = (input ?? [{}]).map((json) => ({ json }));
	const execution = newExecution(host, { ...spec, id: workflow.id }, mode ?? 'trigger', startingAt(start, [items]));
	return await proceed(host, execution, { signal, timeout });
}

async function runHook(host: HostParts, method: WebhookSetupMethodNames, spec: TriggerSpec): Promise<HookResult> {
	const trigger = await PublishedTrigger.create(host, spec);
	const returned = await trigger.hook(method);
	return { returned, staticData: trigger.staticData };
}

async function publish(host: HostParts, spec: TriggerSpec): Promise<PublishedTrigger> {
	const trigger = await PublishedTrigger.create(host, spec);
	await trigger.publish();
	return trigger;
}
