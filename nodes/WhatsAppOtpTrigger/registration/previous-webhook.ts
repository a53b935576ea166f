import { LoggerProxy, type IHookFunctions } from 'n8n-workflow';
import { z } from 'zod';
import type { RegisteredWebhook } from '../../../providers';
import type { Engine } from '../../../verification';
import { triggerId } from '../parameters';
import { isOfThisTrigger, ownAddress, withoutSecrets } from './addresses';

/** Previous webhooks, newest first. `trigger` is the address, if a WhatsApp OTP Trigger registered it. */
const previousSchema = z.array(z.object({ state: z.unknown(), trigger: z.string().optional() }));
type PreviousWebhooks = z.output<typeof previousSchema>;

/**
 * Stores the registered webhook, encrypted, to restore it later. Several triggers can replace each other's webhook of a
 * number and end in any order, but can't read each other's static data. So while a trigger listens, it publishes in the
 * store which webhooks it replaced. A trigger that replaces its webhook copies this list.
 */
export async function rememberPrevious(
	host: IHookFunctions,
	engine: Engine,
	registered: RegisteredWebhook,
): Promise<void> {
	const staticData = host.getWorkflowStaticData('node');
	if (!isTest(host)) staticData.isPublished = true;
	const previous = await previousWebhooks(host, engine, registered);
	if (previous !== undefined)
		staticData.replacedWebhook = engine.vault.seal(JSON.stringify(previous), sealContext(host));
	await announce(host, engine);
}

/** Publishes for other triggers that this one listens, and which webhooks it replaced. */
export async function announce(host: IHookFunctions, engine: Engine): Promise<void> {
	await ifStoreAnswers(undefined, async () => {
		const previous = JSON.stringify(storedPrevious(host, engine));
		await engine.notes.set(noteOf(ownAddress(host)), previous, isTest(host) ? lifetime.test : lifetime.published);
	});
}

/** Publishes that this trigger no longer listens. */
export async function announceEnd(host: IHookFunctions, engine: Engine): Promise<void> {
	await ifStoreAnswers(undefined, () => engine.notes.delete(noteOf(ownAddress(host))));
}

/** Restores the newest previous webhook that is still valid. If there is no such webhook, restores `undefined`. */
export async function restorePrevious(
	host: IHookFunctions,
	engine: Engine,
	restore: (state: unknown) => Promise<void>,
): Promise<void> {
	const previous = storedPrevious(host, engine);
	const state = await newestValid(engine, previous);
	await restore(state);
	// A trigger that ended in between did not find its own address and left the webhook as it was.
	const now = await newestValid(engine, previous);
	if (now !== state) await restore(now);
}

async function newestValid(engine: Engine, previous: PreviousWebhooks): Promise<unknown> {
	for (const entry of previous) {
		if (await isValid(engine, entry)) return entry.state;
	}
	return undefined;
}

/** Milliseconds after which a published entry expires. n8n restarts, or ends a test, long before. */
const lifetime = { published: 400 * 24 * 3600 * 1000, test: 600 * 1000 };

/**
 * The webhooks before this trigger's, without its own addresses. For a test, the production address counts as a
 * previous webhook, to be restored after the test.
 * @returns undefined if the stored list stays as it is
 */
async function previousWebhooks(
	host: IHookFunctions,
	engine: Engine,
	{ urls, state }: RegisteredWebhook,
): Promise<PreviousWebhooks | undefined> {
	if (state === undefined) return undefined;
	const addresses = urls.map(withoutSecrets);
	const own = withoutSecrets(ownAddress(host));
	const isOwn = (address: string) => (isTest(host) ? address === own : isOfThisTrigger(host, address));
	const [trigger] = addresses.length === 1 ? addresses : [];
	const before =
		trigger === undefined ? undefined : await ifStoreAnswers(undefined, () => publishedBy(engine, trigger));
	if (before === undefined) return addresses.some(isOwn) ? undefined : [{ state }];
	const chain: PreviousWebhooks = [];
	for (const entry of [{ state, trigger }, ...before]) {
		const isPast = entry.trigger !== undefined && isOwn(entry.trigger);
		if (!isPast && (await isValid(engine, entry))) chain.push(entry);
	}
	return chain;
}

/** Whether a webhook may be restored. True for addresses of other systems, and when the store does not answer. */
async function isValid(engine: Engine, { trigger }: PreviousWebhooks[number]): Promise<boolean> {
	if (trigger === undefined) return true;
	return await ifStoreAnswers(true, async () => (await publishedBy(engine, trigger)) !== undefined);
}

/** Whether another trigger of this n8n listens at the address. */
export async function isOfOtherTrigger(host: IHookFunctions, engine: Engine, url: string): Promise<boolean> {
	if (isOfThisTrigger(host, url)) return false;
	return await ifStoreAnswers(false, async () => (await publishedBy(engine, url)) !== undefined);
}

async function publishedBy(engine: Engine, trigger: string): Promise<PreviousWebhooks | undefined> {
	const note = await engine.notes.get(noteOf(trigger));
	return note === undefined ? undefined : previousSchema.parse(JSON.parse(note));
}

function storedPrevious(host: IHookFunctions, engine: Engine): PreviousWebhooks {
	const { replacedWebhook: sealed } = host.getWorkflowStaticData('node');
	return typeof sealed === 'string'
		? previousSchema.parse(JSON.parse(engine.vault.open(sealed, sealContext(host))))
		: [];
}

/** Only other triggers need the published lists. So this trigger continues if the store does not answer. */
async function ifStoreAnswers<Answer>(fallback: Answer, work: () => Promise<Answer>): Promise<Answer> {
	try {
		return await work();
	} catch (error) {
		LoggerProxy.warn(`WhatsApp OTP Trigger: ${error instanceof Error ? error.message : 'The store did not answer'}`);
		return fallback;
	}
}

const isTest = (host: IHookFunctions) => host.getMode() === 'manual';
const noteOf = (address: string) => `trigger ${withoutSecrets(address)}`;
const sealContext = (host: IHookFunctions) => `replaced webhook ${triggerId(host, host.getNode())}`;
