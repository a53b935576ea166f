import type { Engine } from '../../verification';

const hour = 3_600_000;
/** Milliseconds. A provider whose reports have stopped for longer counts as one that never reported. */
const lifetime = 30 * 24 * hour;

/** When this process noted the reports of a provider, in milliseconds since 1970. */
const noted = new Map<string, number>();

const noteOf = (provider: string) => `delivery reports ${provider}`;

/** Notes that deliveries of this provider are reported to this installation. Never throws: the events are recorded. */
export async function noteReports(engine: Engine, provider: string): Promise<void> {
	// The same for all processes with one signing secret, and another one for each secret.
	const key = engine.vault.derivedSecret(noteOf(provider));
	if ((noted.get(key) ?? 0) > Date.now() - hour) return;
	noted.set(key, Date.now());
	await engine.notes.set(noteOf(provider), 'yes', lifetime).catch(() => noted.delete(key));
}

/** Whether a trigger or Record Events has reported a delivery of this provider. */
export async function reportsDeliveries(engine: Engine, provider: string): Promise<boolean> {
	return (await engine.notes.get(noteOf(provider))) !== undefined;
}
