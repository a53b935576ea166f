import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { policySchema } from '../../verification/policy';
import type { VerificationStore } from '../../verification/stores/store';
import { newPhone } from './phones';

export interface Fresh {
	verificationId: string;
	code: string;
	wrong: string;
	sendId: string;
	messageId: string;
}

/** An engine like that of the nodes. */
export function engineOn(store: VerificationStore): Engine {
	return new Engine(store, new Keyring(['a signing secret of the benchmarks']));
}

/** Records sent codes for `count` new phones in the store. No provider is called. */
export async function freshVerifications(engine: Engine, count: number): Promise<Fresh[]> {
	return await Promise.all(Array.from({ length: count }, () => freshVerification(engine)));
}

async function freshVerification(engine: Engine): Promise<Fresh> {
	const to = newPhone();
	const issued = await engine.begin({
		recipient: { to },
		namespace: 'default',
		purpose: 'authentication',
		provider: 'dialog360',
		policy: policySchema.parse({}),
		idempotencyKey: to,
		message: { template: 'verification_code', language: 'en_US' },
	});
	if (issued.outcome !== 'begun') throw new Error(`${to} got no code: ${issued.outcome}`);
	const { code, ticket } = issued;
	const { verificationId, sendId } = ticket;
	const messageId = `wamid.${sendId}`;
	await engine.recordSend(ticket, { outcome: 'accepted', messageId, waId: to.replace('+', '') });
	const wrong = code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');
	return { verificationId, code, wrong, sendId, messageId };
}

export interface Entry {
	verificationId: string;
	code: string;
	expected: 'approved' | 'invalid_code';
}

/** One wrong and one right code per phone. All wrong codes come first. */
export function entriesOf(fresh: readonly Fresh[]): Entry[] {
	return [
		...fresh.map(({ verificationId, wrong: code }) => ({ verificationId, code, expected: 'invalid_code' as const })),
		...fresh.map(({ verificationId, code }) => ({ verificationId, code, expected: 'approved' as const })),
	];
}

/** @throws if the engine decides wrongly, because a fast wrong answer must not count */
export async function checkWith(engine: Engine, { verificationId, code, expected }: Entry): Promise<void> {
	const subject = { namespace: 'default', purpose: 'authentication', by: { verificationId } };
	const { result } = await engine.check({ ...subject, code });
	if (result !== expected) throw new Error(`A check answered ${result} instead of ${expected}`);
}

/** The number of simultaneous checks of a busy sign-in page. */
export const inFlight = 50;

/** Runs `inFlight` entries at a time. The next one starts when one has ended. */
export async function sideBySide<Entry>(
	entries: readonly Entry[],
	work: (entry: Entry) => Promise<void>,
): Promise<void> {
	const left = entries.values();
	const next = async () => {
		for (const entry of left) await work(entry);
	};
	await Promise.all(Array.from({ length: inFlight }, next));
}

/** Two steps: first all wrong codes, then all right codes. */
export function checksOf(engine: Engine, fresh: readonly Fresh[]): Array<() => Promise<void>> {
	return halves(fresh).map((half) => () => sideBySide(half, (entry) => checkWith(engine, entry)));
}

export function singleChecksOf(engine: Engine, fresh: readonly Fresh[]): Array<() => Promise<void>> {
	return halves(fresh).map((half) => async () => {
		for (const entry of half) await checkWith(engine, entry);
	});
}

function halves(fresh: readonly Fresh[]): Entry[][] {
	const entries = entriesOf(fresh);
	return [entries.slice(0, fresh.length), entries.slice(fresh.length)];
}
