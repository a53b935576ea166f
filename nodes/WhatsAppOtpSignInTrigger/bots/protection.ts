import { createHash } from 'crypto';
import type { BotProof, BotProtection } from '../../../page';
import type { AddedLimit, Engine } from '../../../verification';
import type { SignInParameters } from '../parameters';
import { challengeLifetime, createProofOfWork, solvedNonce } from './proof-of-work';
import type { Turnstile } from './turnstile';

/** The page that a proof is for. */
export interface ProtectedPage {
	parameters: SignInParameters;
	engine: Engine;
	workflowId: string;
	turnstile: () => Promise<Turnstile>;
	clientIp: string;
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
		case 'turnstile':
			return { kind: 'turnstile', siteKey: (await page.turnstile()).siteKey };
	}
}

/** What a proof adds to a send. The limits are counted in the step that begins the verification. */
export interface ProvenSend {
	/** For a second request with the same proof: it gets the answer of the first one. */
	key?: string;
	addedLimits: AddedLimit[];
}

/** @returns undefined if nothing may be sent */
export async function readProof(
	page: ProtectedPage,
	{ altcha = '', turnstile = '' }: BotProof,
): Promise<ProvenSend | undefined> {
	switch (page.parameters.options.botProtection) {
		case 'none':
			return { addedLimits: [] };
		case 'proofOfWork':
			return await proven(page, altcha, () => solvedNonce(altcha, secretOf(page)));
		case 'turnstile':
			return await proven(page, turnstile, async () => {
				const isHuman = await (await page.turnstile()).accepts(turnstile, page.clientIp);
				return isHuman ? keyOf(turnstile) : undefined;
			});
	}
}

/** @param read gives what is counted once; undefined if the proof is wrong */
async function proven(
	{ isFrontEnd }: ProtectedPage,
	proof: string,
	read: () => Promise<string | undefined>,
): Promise<ProvenSend | undefined> {
	// The form has an empty field until a script has filled it in.
	if (proof === '') return isFrontEnd ? undefined : { addedLimits: [withoutProof] };
	const key = await read();
	return key === undefined ? undefined : { key, addedLimits: [once(key)] };
}

/** A token has up to 2,048 characters. */
const keyOf = (token: string) => createHash('sha256').update(token).digest('base64url');

/** Whether a send was refused for want of a new proof. */
export function lacksProof(limit: string | undefined): boolean {
	return limit === withoutProof.name || limit === once('').name;
}

function secretOf({ engine, workflowId, parameters }: ProtectedPage): string {
	return engine.vault.derivedSecret('proof of work', workflowId, parameters.node.id);
}
