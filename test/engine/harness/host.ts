import type { IDataObject, WorkflowExecuteMode } from 'n8n-workflow';
import { additionalDataOf } from './additional-data';
import { testCredential, type CredentialTestResult } from './credential-test';
import { CredentialVault, type CredentialData, type SavedCredential } from './credentials';
import { startEncryption } from './encryption';
import { startExpressions, stopExpressions } from './expressions';
import { KnownTypes } from './known-types';
import { capturedLog, type CapturedLog } from './log';
import { loadPackage, type LoadedPackage } from './packages';
import { withEnvironment } from './process-environment';
import { resultOf, type RunResult } from './result';
import { newExecutionId, run, startingAt } from './run';
import { buildWorkflow, startName, type WorkflowSpec } from './workflow';

const patience = 15_000;

export interface RunSpec extends WorkflowSpec {
	/** What `start` hands on; one empty item unless given. */
	input?: IDataObject[];
	/** Where the run begins: at the harness's own `Start` unless a trigger of the workflow is named. */
	start?: string;
	mode?: WorkflowExecuteMode;
	/** Variables of the process for the time of the run; undefined unsets one. */
	env?: Record<string, string | undefined>;
	/** Aborting it cancels the run, as the editor's Stop button does. */
	signal?: AbortSignal;
	/** Milliseconds until the harness gives up. */
	patience?: number;
}

/** An n8n without server and database: n8n-core's engine with some packages installed. */
export interface Host {
	packages: LoadedPackage[];
	log: CapturedLog;
	saveCredential(type: string, data: CredentialData): Promise<SavedCredential>;
	readCredential(credential: SavedCredential): Promise<CredentialData>;
	/** The Test button of the credential's dialog. */
	testCredential(type: string, data: CredentialData): Promise<CredentialTestResult>;
	runWorkflow(spec: RunSpec): Promise<RunResult>;
	/** To be called when a test file is done with it: the expression engine holds threads. */
	close(): Promise<void>;
}

/** @param folders of built packages, each with its package.json */
export async function startHost(...folders: string[]): Promise<Host> {
	const log = capturedLog();
	startEncryption();
	const packages = await Promise.all(folders.map(loadPackage));
	const types = new KnownTypes(packages);
	const vault = new CredentialVault(types);
	await startExpressions();
	return {
		packages,
		log,
		saveCredential: (type, data) => vault.save(type, data),
		readCredential: (credential) => vault.read(credential),
		testCredential: (type, data) => testCredential(type, data, types, vault),
		runWorkflow: (spec) => withEnvironment(spec.env ?? {}, () => runWorkflow(spec, types, vault)),
		close: stopExpressions,
	};
}

async function runWorkflow(spec: RunSpec, types: KnownTypes, vault: CredentialVault): Promise<RunResult> {
	const built = await buildWorkflow(spec, types, vault);
	const start = built.workflow.getNode(spec.start ?? startName);
	if (!start) throw new Error(`There is no node ${spec.start} to start at`);
	const executionId = newExecutionId();
	const data = startingAt(start, spec.input ?? [{}]);
	const finished = await run(data, {
		workflow: built.workflow,
		additionalData: { ...additionalDataOf(vault), executionId, workflowId: built.workflow.id },
		mode: spec.mode ?? 'trigger',
		patience: spec.patience ?? patience,
		...(spec.signal && { signal: spec.signal }),
	});
	return resultOf(executionId, finished, built);
}
