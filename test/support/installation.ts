import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeParameters, NodeExecutionHint } from 'n8n-workflow';
import { unpackInto } from '../../dev/tarball';
import { accounts, type ProviderId } from '../../sandbox/accounts';
import type { ResetOptions } from '../../sandbox/control';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { expectNothingLeaked } from './leaked-codes';
import { copyCodeTemplate } from './message-samples';
import { startHost, type CredentialData, type Host, type NodeSpec, type RunResult, type RunSpec } from './n8n-core';
import { scratchRoot } from './scratch-folder';
import { stopClock } from './time';

export const otpType = 'n8n-nodes-whatsapp-otp.whatsAppOtp';
export const triggerType = 'n8n-nodes-whatsapp-otp.whatsAppOtpTrigger';

export type RunOptions = Partial<RunSpec> & {
	/** Settings of the node itself: what it does after a failure, whether it tries again. */
	node?: Partial<NodeSpec>;
};

/** The result of one run of one WhatsApp OTP node. */
export interface Ran {
	status: string;
	/** The JSON of the items, by output. */
	json: IDataObject[][];
	/** The input items that they are paired with, by output. */
	pairs: unknown[][];
	error?: { message: string; description?: string; name: string; itemIndex: unknown };
	hints: string[];
	result: RunResult;
}

/** An n8n with the packed package installed, beside the sandbox with an approved template. */
export interface Installation {
	readonly host: Host;
	readonly sandbox: Sandbox;
	/** The sandbox's 360dialog account, as a person fills it in. */
	readonly account: CredentialData;
	/**
	 * Runs a workflow of one WhatsApp OTP node, and expects that no code, number or key leaks into log or record.
	 * @param options `credentials` are those of `account` unless given
	 */
	readonly run: (parameters: INodeParameters, options?: RunOptions) => Promise<Ran>;
}

export interface StartedInstallation extends Installation {
	stop(): Promise<void>;
}

/**
 * To be called once, at the top of a test file. It registers hooks: they start an installation before the first test,
 * reset the sandbox before each test, and stop the installation after the last one.
 * @param kept what a reset leaves in the sandbox: the templates, unless given
 * @returns the installation; a test can use it, and hooks that are registered later can, too
 */
export function useInstallation(kept: ResetOptions = { keep: ['templates'] }): Installation {
	let started: StartedInstallation | undefined;
	const current = (): Installation => {
		if (started === undefined) throw new Error('The installation is there from the first beforeAll on');
		return started;
	};
	beforeAll(async () => {
		started = await startInstallation();
	});
	afterAll(() => started?.stop());
	beforeEach(() => current().sandbox.reset(kept));
	return {
		get host() {
			return current().host;
		},
		get sandbox() {
			return current().sandbox;
		},
		get account() {
			return current().account;
		},
		run: (parameters, options) => current().run(parameters, options),
	};
}

/** For a file whose hooks differ from those of `useInstallation`. */
export async function startInstallation(): Promise<StartedInstallation> {
	stopClock();
	const host = await startHost(unpackedPackage());
	const sandbox = await startSandbox();
	const account = { apiKey: accounts.dialog360.apiKey, baseUrl: `${sandbox.url}/360dialog` };
	approveTemplate(sandbox);
	return {
		host,
		sandbox,
		account,
		run: async (parameters, options = {}) => {
			const { node, ...spec } = options;
			const result = await host.runWorkflow({
				nodes: [{ name: 'OTP', type: otpType, parameters, ...node }],
				credentials: { whatsAppOtp360DialogApi: account },
				...spec,
			});
			expectNothingLeaked(result, host.log, sandbox);
			return ranOf(result);
		},
		stop: async () => {
			await sandbox.stop();
			await host.close();
		},
	};
}

/** A new folder with the packed package in it. */
function unpackedPackage(): string {
	const folder = mkdtempSync(join(scratchRoot(), 'package-'));
	unpackInto(folder);
	return folder;
}

export function approveTemplate(
	sandbox: Sandbox,
	name = 'verification_code',
	language = 'en_US',
	provider: ProviderId = 'dialog360',
): void {
	const { components } = copyCodeTemplate();
	sandbox.setTemplate({ provider, name, language, components });
}

/** The parameter 'Template' as the editor saves a name. */
export function byName(value: string): INodeParameters {
	return { template: { __rl: true, mode: 'name', value } };
}

/** The parameters of Send to the number in `to` of each item. */
export function sending(more: INodeParameters = {}): INodeParameters {
	return {
		resource: 'otp',
		operation: 'send',
		to: '={{ $json.to }}',
		...byName('verification_code'),
		...more,
	};
}

/** The parameters of Verify with the id and the code of each item. */
export function verifying(more: INodeParameters = {}): INodeParameters {
	return {
		resource: 'otp',
		operation: 'verify',
		identifyBy: 'verificationId',
		verificationId: '={{ $json.verificationId }}',
		code: '={{ $json.code }}',
		...more,
	};
}

let phones = 0;

/** A number that got no message before. It is alone in its block of ten thousand, which has limits, too. */
export function newPhone(): string {
	phones += 1;
	return `+4915${String(1000 + phones)}55512`;
}

/** The code in the newest message to this number. */
export function codeOn(sandbox: Sandbox, to: string): string {
	const message = sandbox.messages({ to }).at(-1);
	if (message === undefined) throw new Error(`There is no message on ${to}`);
	return message.code;
}

/** Another code of the same shape. */
export function wrongCode(right: string): string {
	const last = right.at(-1);
	return right.slice(0, -1) + (last === '2' ? '3' : '2');
}

function ranOf(result: RunResult): Ran {
	const { status, runs, error: workflowError } = result;
	const { outputs = [], error = workflowError, hints = [] } = runs.OTP?.at(-1) ?? {};
	return {
		status,
		json: outputs.map((items) => items.map(({ json }) => json)),
		pairs: outputs.map((items) => items.map(({ pairedItem }) => pairedItem)),
		error: error && {
			message: error.message,
			name: error.name,
			itemIndex: error.context.itemIndex,
			description: error.description ?? undefined,
		},
		hints: hints.map(({ message }: NodeExecutionHint) => message),
		result,
	};
}
