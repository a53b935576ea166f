import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeParameters, NodeExecutionHint } from 'n8n-workflow';
import { accounts, type ProviderId } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { unpackInto } from '../../dev/tarball';
import { copyCodeTemplate } from './sandbox-account';
import { startHost, type CredentialData, type Host, type NodeSpec, type RunResult, type RunSpec } from './n8n-core';
import { expectNothingLeaked } from './leaked-codes';
import { stopClock } from './time';

export const otpType = 'n8n-nodes-whatsapp-otp.whatsAppOtp';
export const triggerType = 'n8n-nodes-whatsapp-otp.whatsAppOtpTrigger';

export type RunOptions = Partial<RunSpec> & {
	/** Of the node itself: how it goes on after a failure, whether it tries again. */
	node?: Partial<NodeSpec>;
};

/** What one run of one WhatsApp OTP node gave. */
export interface Ran {
	status: string;
	/** By output: the items' JSON. */
	json: IDataObject[][];
	/** By output: the input items that they are paired with. */
	pairs: unknown[][];
	error?: { message: string; description?: string; name: string; itemIndex: unknown };
	hints: string[];
	result: RunResult;
}

export interface Installation {
	host: Host;
	sandbox: Sandbox;
	/** The sandbox's account, as a person fills it in. */
	account: CredentialData;
	/** Runs a workflow of one WhatsApp OTP node and holds that nothing leaks; an item a parameter set. */
	run: (parameters: INodeParameters, options?: RunOptions) => Promise<Ran>;
	stop(): Promise<void>;
}

/** An n8n with the packed package installed, and the sandbox with an approved template. */
export async function startInstallation(): Promise<Installation> {
	stopClock();
	const folder = mkdtempSync(join(process.env.TEST_SCRATCH ?? '', 'package-'));
	unpackInto(folder);
	const host = await startHost(folder);
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

export function approveTemplate(
	sandbox: Sandbox,
	name = 'verification_code',
	language = 'en_US',
	provider: ProviderId = 'dialog360',
): void {
	const { components } = copyCodeTemplate();
	sandbox.setTemplate({ provider, name, language, components });
}

/** A resource locator as the editor saves it. */
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

/** Those of Verify with id and code of each item. */
export function verifying(more: INodeParameters = {}): INodeParameters {
	return {
		...{ resource: 'otp', operation: 'verify', identifyBy: 'verificationId' },
		...{ verificationId: '={{ $json.verificationId }}', code: '={{ $json.code }}' },
		...more,
	};
}

let phones = 0;

/** A number that nothing was sent to before, alone in its block of ten thousand. */
export function newPhone(): string {
	phones += 1;
	return `+4915${String(1000 + phones)}55512`;
}

/** The code on the phone, of the newest message unless told. */
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
		...(error && {
			error: {
				message: error.message,
				name: error.name,
				itemIndex: error.context.itemIndex,
				...(typeof error.description === 'string' && { description: error.description }),
			},
		}),
		hints: hints.map(({ message }: NodeExecutionHint) => message),
		result,
	};
}
