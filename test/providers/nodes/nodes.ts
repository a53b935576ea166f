import type { GenericValue, IDataObject, INodeParameters } from 'n8n-workflow';
import { z } from 'zod';
import type { NewFault } from '../../../sandbox/faults';
import type { Sandbox } from '../../../sandbox/server';
import type { RequestEntry } from '../../../sandbox/state';
import type { CredentialData, Host, SavedCredential } from '../../support/n8n-core';
import { sending, verifying, type Installation, type Ran, type RunOptions } from '../../support/installation';
import type { Subject } from './subjects';

export type NodeOptions = RunOptions & {
	/** Fields of the credential that differ, or one that is saved. */
	account?: CredentialData | SavedCredential;
};

/** The WhatsApp OTP node with one provider chosen. */
export interface Nodes {
	host(): Host;
	sandbox(): Sandbox;
	credential(fields?: CredentialData): Promise<SavedCredential>;
	/** Runs the node and holds that no secret of the account leaks. */
	run(parameters: INodeParameters, options?: NodeOptions): Promise<Ran>;
	/** Send to `to` of each item, as fast as it goes unless the parameters have options of their own. */
	send(input: IDataObject[], parameters?: INodeParameters, options?: NodeOptions): Promise<Ran>;
	/** Resend of one verification. */
	resend(verificationId: GenericValue, parameters?: INodeParameters): Promise<Ran>;
	/** Verify of one item with id and code: what it puts out. */
	check(item: IDataObject, parameters?: INodeParameters): Promise<IDataObject>;
	/** The same with phone and code. */
	checkPhone(to: string, code: string): Promise<IDataObject>;
	/** What becomes of a number's sends. */
	fail(effect: NewFault['effect'], to?: string, times?: number): void;
	/** What the provider was asked. */
	asked(call?: string): RequestEntry[];
}

/** As fast as it goes: how sends are paced has cases of its own. */
export const unpaced = { messagesPerSecond: 0 };

/** @param installation there by the time a case runs */
export function nodesOf(subject: Subject, installation: () => Installation): Nodes {
	const { provider, credential: type, account, secrets, id } = subject;
	const accountWith = (fields: CredentialData = {}) => ({ ...account(installation().sandbox.url), ...fields });

	const run: Nodes['run'] = async (parameters, { account: given = {}, ...options } = {}) => {
		const { host } = installation();
		const saved = 'id' in given && 'name' in given ? given : accountWith(fields.parse(given));
		// Who checks is left to cases of its own; providers that can't pass over it.
		const chosen = { provider, verifyWith: 'node', ...parameters };
		const ran = await installation().run(chosen, { credentials: { [type]: saved }, ...options });
		const kept = ran.result.kept() + host.log.text();
		for (const secret of secrets) expect(kept).not.toContain(secret);
		return ran;
	};
	const one = async (parameters: INodeParameters, item: IDataObject): Promise<IDataObject> => {
		const { json, status, error } = await run(parameters, { input: [item] });
		expect({ status, error }).toEqual({ status: 'success' });
		const [found] = json.flat();
		return found ?? {};
	};

	return {
		host: () => installation().host,
		sandbox: () => installation().sandbox,
		credential: (more) => installation().host.saveCredential(type, accountWith(more)),
		run,
		send: (input, parameters = {}, options = {}) =>
			run(sending({ options: unpaced, ...parameters }), { input, ...options }),
		resend: (verificationId, parameters = {}) => {
			const again = sending({ operation: 'resend', verificationId: '={{ $json.verificationId }}', options: unpaced });
			return run({ ...again, ...parameters }, { input: [{ verificationId }] });
		},
		check: (item, parameters) => one(verifying(parameters), item),
		checkPhone: (to, code) => one(verifying({ identifyBy: 'phone', to: '={{ $json.to }}' }), { to, code }),
		fail: (effect, to, times) =>
			installation().sandbox.addFault({
				...{ provider: id, call: 'send', effect },
				...(to === undefined ? {} : { to }),
				...(times === undefined ? {} : { times }),
			}),
		asked: (call = 'send') => installation().sandbox.requests({ provider: id, call }),
	};
}

const fields = z.record(z.union([z.string(), z.number(), z.boolean()]));

const failing = z.object({ failure: z.record(z.unknown()) });

/** n8n's hint of why the node stopped. */
export function failureOf({ result }: Ran): Record<string, unknown> | undefined {
	return failing.safeParse(result.runs.OTP?.at(-1)?.error).data?.failure;
}
