import { LoggerProxy, type IHookFunctions } from 'n8n-workflow';
import { z } from 'zod';
import type { RegisteredWebhook } from '../../../providers';
import type { Engine } from '../../../verification';
import { isOfThisTrigger, ownAddress, withoutSecrets } from './addresses';

/** What a provider had registered, newest first; `trigger` is the address of the trigger of ours that it was of. */
const replacedSchema = z.array(z.object({ state: z.unknown(), trigger: z.string().optional() }));
type Replaced = z.output<typeof replacedSchema>;

/**
 * Keeps what is registered for the time after, sealed. Triggers of ours can take the webhook of one number over from
 * each other and end in any order, and n8n gives no trigger another's static data: so each notes in the store what it
 * replaced, for as long as it listens, and whoever replaces it takes that along.
 */
export async function remember(host: IHookFunctions, engine: Engine, registered: RegisteredWebhook): Promise<void> {
	const staticData = host.getWorkflowStaticData('node');
	if (!isTest(host)) staticData.isPublished = true;
	const replaced = await replacedNow(host, engine, registered);
	if (replaced !== undefined)
		staticData.replacedWebhook = engine.vault.seal(JSON.stringify(replaced), sealContext(host));
	await announce(host, engine);
}

/** Tells other triggers that this one listens, and what it replaced. */
export async function announce(host: IHookFunctions, engine: Engine): Promise<void> {
	await unlessAway(undefined, async () => {
		const replaced = JSON.stringify(replacedBy(host, engine));
		await engine.notes.set(noteOf(ownAddress(host)), replaced, isTest(host) ? listening.test : listening.published);
	});
}

/** Tells them that it does no more. */
export async function announceEnd(host: IHookFunctions, engine: Engine): Promise<void> {
	await unlessAway(undefined, () => engine.notes.delete(noteOf(ownAddress(host))));
}

/** Registers what this trigger replaced, by `restore`; nothing where that is undefined. */
export async function giveBack(
	host: IHookFunctions,
	engine: Engine,
	restore: (state: unknown) => Promise<void>,
): Promise<void> {
	const replaced = replacedBy(host, engine);
	const state = await successor(engine, replaced);
	await restore(state);
	// One that ended in between has found another's address and left it alone.
	const now = await successor(engine, replaced);
	if (now !== state) await restore(now);
}

async function successor(engine: Engine, replaced: Replaced): Promise<unknown> {
	for (const entry of replaced) {
		if (await stands(engine, entry)) return entry.state;
	}
	return undefined;
}

/** Milliseconds for which a trigger is taken to listen: n8n starts again, and ends a test, long before. */
const listening = { published: 400 * 24 * 3600 * 1000, test: 600 * 1000 };

/**
 * Not what is this trigger's own: the published one stays where it is while test events come, and those of a test are
 * gone when the published one ends.
 * @returns undefined where there is nothing to add to what is known
 */
async function replacedNow(
	host: IHookFunctions,
	engine: Engine,
	{ urls, state }: RegisteredWebhook,
): Promise<Replaced | undefined> {
	if (state === undefined) return undefined;
	const addresses = urls.map(withoutSecrets);
	const own = withoutSecrets(ownAddress(host));
	const isOwn = (address: string) => (isTest(host) ? address === own : isOfThisTrigger(host, address));
	const [trigger] = addresses.length === 1 ? addresses : [];
	const before = trigger === undefined ? undefined : await unlessAway(undefined, () => notedOf(engine, trigger));
	if (before === undefined) return addresses.some(isOwn) ? undefined : [{ state }];
	const chain: Replaced = [];
	for (const entry of [{ state, trigger }, ...before]) {
		const isPast = entry.trigger !== undefined && isOwn(entry.trigger);
		if (!isPast && (await stands(engine, entry))) chain.push(entry);
	}
	return chain;
}

/** Somebody else's address always does, as far as we know, and any where nobody can say. */
async function stands(engine: Engine, { trigger }: Replaced[number]): Promise<boolean> {
	if (trigger === undefined) return true;
	return await unlessAway(true, async () => (await notedOf(engine, trigger)) !== undefined);
}

async function notedOf(engine: Engine, trigger: string): Promise<Replaced | undefined> {
	const note = await engine.notes.get(noteOf(trigger));
	return note === undefined ? undefined : replacedSchema.parse(JSON.parse(note));
}

function replacedBy(host: IHookFunctions, engine: Engine): Replaced {
	const { replacedWebhook: sealed } = host.getWorkflowStaticData('node');
	return typeof sealed === 'string'
		? replacedSchema.parse(JSON.parse(engine.vault.open(sealed, sealContext(host))))
		: [];
}

/** Notes matter between triggers only: a store that does not answer keeps this one from nothing. */
async function unlessAway<Answer>(otherwise: Answer, work: () => Promise<Answer>): Promise<Answer> {
	try {
		return await work();
	} catch (error) {
		LoggerProxy.warn(`WhatsApp OTP Trigger: ${error instanceof Error ? error.message : 'the store did not answer'}`);
		return otherwise;
	}
}

const isTest = (host: IHookFunctions) => host.getMode() === 'manual';
const noteOf = (address: string) => `trigger ${withoutSecrets(address)}`;
const sealContext = (host: IHookFunctions) => `replaced webhook ${host.getNode().id}`;
