import type { BotProof, BotProtection } from '../../../page';
import type { AddedLimit, Engine } from '../../../verification';
import type { SignInParameters } from '../parameters';
import { challengeLifetime, createProofOfWork, solvedNonce } from './proof-of-work';

/** The page that a proof is for. */
export interface ProtectedPage {
	parameters: SignInParameters;
	engine: Engine;
	workflowId: string;
	/** A front end solves the challenge itself. A browser without JavaScript cannot. */
	isFrontEnd: boolean;
}

const hour = 3_600_000;

/** One solution is good for one send. Counted longer than a challenge can be solved. */
const once = (of: string): AddedLimit => ({
	name: 'sends for one proof',
	of,
	limit: 1,
	windowMs: 2 * challengeLifetime * 1000,
});

/** Browsers without JavaScript, and those that have no cryptography because the page was opened without https. */
const withoutProof: AddedLimit = { name: 'sends without proof in an hour', of: '', limit: 10, windowMs: hour };

/** What a visitor has to do before a send; undefined if nothing. */
export async function protectionOf(page: ProtectedPage): Promise<BotProtection | undefined> {
	switch (page.parameters.options.botProtection) {
		case 'none':
			return undefined;
		case 'proofOfWork':
			return { kind: 'proofOfWork', challenge: await createProofOfWork(secretOf(page)) };
	}
}

/** What a proof adds to a send. The limits are counted in the step that begins the verification. */
export interface ProvenSend {
	/** For a second request with the same proof: it gets the answer of the first one. */
	key?: string;
	addedLimits: AddedLimit[];
}

/** @returns undefined if nothing may be sent */
export async function readProof(page: ProtectedPage, { altcha = '' }: BotProof): Promise<ProvenSend | undefined> {
	if (page.parameters.options.botProtection === 'none') return { addedLimits: [] };
	// The form has an empty field until the script has filled it in.
	if (altcha === '') return page.isFrontEnd ? undefined : { addedLimits: [withoutProof] };
	const nonce = await solvedNonce(altcha, secretOf(page));
	return nonce === undefined ? undefined : { key: nonce, addedLimits: [once(nonce)] };
}

/** Whether a send was refused for want of a new proof. */
export function lacksProof(limit: string | undefined): boolean {
	return limit === withoutProof.name || limit === once('').name;
}

function secretOf({ engine, workflowId, parameters }: ProtectedPage): string {
	return engine.vault.derivedSecret('proof of work', workflowId, parameters.node.id);
}
