import type { GenericValue, IDataObject, INodeParameters } from 'n8n-workflow';
import { z } from 'zod';
import type { NewFault } from '../../../sandbox/faults';
import type { Sandbox } from '../../../sandbox/server';
import type { RequestEntry } from '../../../sandbox/state';
import { sending, verifying, type Installation, type Ran, type RunOptions } from '../../support/installation';
import type { CredentialData, Host, SavedCredential } from '../../support/n8n-core';
import type { Subject } from '../subjects/subject';

export type NodeOptions = RunOptions & {
	/** Fields of the credential that differ from the account, or a saved credential. */
	account?: CredentialData | SavedCredential;
};

/** The WhatsApp OTP node with one provider. */
export interface Nodes {
	host(): Host;
	sandbox(): Sandbox;
	/** Saves the account as a credential. */
	saveCredential(fields?: CredentialData): Promise<SavedCredential>;
	/** Presses the Test button of the account's credential. */
	testCredential(fields?: CredentialData): ReturnType<Host['testCredential']>;
	/** Runs the node, and expects that no secret of the account leaks. */
	run(parameters: INodeParameters, options?: NodeOptions): Promise<Ran>;
	/** Send to the number in `to` of each item, without a pace unless the parameters have other options. */
	send(input: IDataObject[], parameters?: INodeParameters, options?: NodeOptions): Promise<Ran>;
	/** Resend of one verification. */
	resend(verificationId: GenericValue, parameters?: INodeParameters): Promise<Ran>;
	/** Verify of one item with ID and code. @returns the output item */
	check(item: IDataObject, parameters?: INodeParameters): Promise<IDataObject>;
	/** Sets what happens to sends, to all numbers or to one. */
	failSends(effect: NewFault['effect'], to?: string, times?: number): void;
	/** The requests that the provider got. */
	requests(call?: string): RequestEntry[];
}

/** Options without a pace: other tests are about pacing. */
export const unpaced = { messagesPerSecond: 0 };

/** @param installation is called inside tests only */
export function nodesOf(subject: Subject, installation: () => Installation): Nodes {
	const { provider, credential: type, account, secrets, id } = subject;
	const accountWith = (fields: CredentialData = {}) => ({ ...account(installation().sandbox.url), ...fields });

	const run: Nodes['run'] = async (parameters, { account: given = {}, ...options } = {}) => {
		const { host } = installation();
		const credential = 'id' in given && 'name' in given ? given : accountWith(fields.parse(given));
		// Providers that do not keep codes ignore `verifyWith`.
		const all = { provider, verifyWith: 'node', ...parameters };
		const ran = await installation().run(all, { credentials: { [type]: credential }, ...options });
		const kept = ran.result.kept() + host.log.text();
		for (const secret of secrets) expect(kept).not.toContain(secret);
		return ran;
	};

	return {
		host: () => installation().host,
		sandbox: () => installation().sandbox,
		saveCredential: (more) => installation().host.saveCredential(type, accountWith(more)),
		testCredential: (more) => installation().host.testCredential(type, accountWith(more)),
		run,
		send: (input, parameters = {}, options = {}) =>
			run(sending({ options: unpaced, ...parameters }), { input, ...options }),
		resend: (verificationId, parameters = {}) => {
			const again = sending({ operation: 'resend', verificationId: '={{ $json.verificationId }}', options: unpaced });
			return run({ ...again, ...parameters }, { input: [{ verificationId }] });
		},
		check: async (item, parameters) => {
			const { json, status, error } = await run(verifying(parameters), { input: [item] });
			expect({ status, error }).toEqual({ status: 'success' });
			return json.flat()[0] ?? {};
		},
		failSends: (effect, to, times) =>
			installation().sandbox.addFault({ provider: id, call: 'send', effect, to, times }),
		requests: (call = 'send') => installation().sandbox.requests({ provider: id, call }),
	};
}

const fields = z.record(z.union([z.string(), z.number(), z.boolean()]));

const failing = z.object({ failure: z.record(z.unknown()) });

/** n8n's hint at why the node stopped. */
export function failureOf({ result }: Ran): Record<string, unknown> | undefined {
	return failing.safeParse(result.runs.OTP?.at(-1)?.error).data?.failure;
}
