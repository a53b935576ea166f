import { LoggerProxy, type IHookFunctions } from 'n8n-workflow';
import { z } from 'zod';
import type { OwnAddresses, Receiver, RegisteredWebhook } from '../../../providers';
import type { Engine } from '../../../verification';
import { triggerId } from '../parameters';
import { hasOwnPath, isAtFormerDomain, isOfThisTrigger, isTest, ownAddress, withoutSecrets } from './addresses';

/**
 * The one webhook that this trigger replaced (docs/decisions/0013-one-predecessor.md). `triggers` are the addresses in
 * it, without secrets, at which another trigger of this n8n listened.
 */
const previousSchema = z.object({
	state: z.unknown(),
	urls: z.array(z.string()).default([]),
	headers: z.record(z.string()).optional(),
	triggers: z.array(z.string()).default([]),
});
type PreviousWebhook = z.output<typeof previousSchema>;

/** What a trigger that listens tells the others. A node cannot read the name of another workflow. */
const noteSchema = z.object({
	workflow: z.object({ id: z.string().optional(), name: z.string().optional() }),
	previous: previousSchema.optional(),
});
export type ListeningWorkflow = z.output<typeof noteSchema>['workflow'];

type Host = Pick<IHookFunctions, 'getNode' | 'getWorkflow' | 'getWorkflowStaticData'>;

/**
 * The addresses that lost their events to this trigger, and what the provider sent to them besides the body.
 * @returns an empty list if the trigger replaced nothing. Never an address of this trigger
 */
export function replacedAddresses(host: Host, engine: Engine): Receiver[] {
	const { urls, headers } = storedPrevious(host, engine) ?? { urls: [] };
	return urls
		.filter((url) => !hasOwnPath(host, url))
		.map((url) => (headers === undefined ? { url } : { url, headers }));
}

/**
 * Stores the registered webhook, encrypted, to restore it later. A webhook that is ours replaces no stored one.
 * @param kept addresses that get the events as before
 */
export async function rememberPrevious(
	host: IHookFunctions,
	engine: Engine,
	registered: RegisteredWebhook,
	kept: readonly string[],
): Promise<void> {
	const staticData = host.getWorkflowStaticData('node');
	if (!isTest(host)) staticData.isPublished = true;
	const previous = await previousOf(host, engine, registered, kept);
	if (previous === 'unchanged') return await announce(host, engine);
	if (previous === undefined) delete staticData.replacedWebhook;
	else staticData.replacedWebhook = engine.vault.seal(JSON.stringify(previous), sealContext(host));
	await announce(host, engine);
}

/** For a test, the production address counts as a previous webhook, to be restored after the test. */
async function previousOf(
	host: IHookFunctions,
	engine: Engine,
	{ urls, headers, state, beside = [], room }: RegisteredWebhook,
	kept: readonly string[],
): Promise<PreviousWebhook | 'unchanged' | undefined> {
	const own = withoutSecrets(ownAddress(host));
	const isOwn = (url: string) => (isTest(host) ? withoutSecrets(url) === own : hasOwnPath(host, url));
	// Another main address was removed meanwhile, and must not come back.
	const isMainGone = room !== undefined && urls.length === 0;
	if (isMainGone || ![...urls, ...beside].some(isOwn)) {
		if (state === undefined) return undefined;
		const replaced = urls.filter((url) => !kept.includes(url));
		const triggers: string[] = [];
		for (const url of urls) if (await isListening(engine, url, false)) triggers.push(withoutSecrets(url));
		// n8n publishes all triggers again when it starts. The address of another system is worth more than theirs.
		const stored = storedPrevious(host, engine);
		const isOfTriggers = triggers.length > 0 && triggers.length === urls.length;
		return isOfTriggers && stored?.triggers.length === 0 ? 'unchanged' : { state, urls: replaced, headers, triggers };
	}
	if (storedPrevious(host, engine) !== undefined) return 'unchanged';
	// The address is that of the other mode, which replaced something itself: a test before the workflow was published.
	const [other] = [...urls, ...beside].filter((url) => isOfThisTrigger(host, url));
	return (other === undefined ? undefined : await noted(engine, other))?.previous ?? 'unchanged';
}

/** Puts back what this trigger replaced, and takes its own addresses away. */
export async function restorePrevious(
	host: IHookFunctions,
	engine: Engine,
	own: Omit<OwnAddresses, 'mayReturn'>,
	restore: (state: unknown, own: OwnAddresses) => Promise<void>,
): Promise<void> {
	const previous = storedPrevious(host, engine);
	const ended = () => endedTriggers(engine, previous?.triggers ?? []);
	const mayReturn = (gone: ReadonlySet<string>) => (url: string) =>
		!gone.has(withoutSecrets(url)) &&
		!isAtFormerDomain(host, url) &&
		withoutSecrets(url) !== withoutSecrets(ownAddress(host));
	const before = await ended();
	await restore(previous?.state, { ...own, mayReturn: mayReturn(before) });
	// A trigger that ended in between did not find its own address and left the webhook as it was.
	const after = await ended();
	if (after.size === before.size) return;
	const isGone = (url: string) => after.has(withoutSecrets(url));
	await restore(previous?.state, { ...own, isOurs: isGone, mayReturn: mayReturn(after) });
}

async function endedTriggers(engine: Engine, triggers: readonly string[]): Promise<Set<string>> {
	const ended = new Set<string>();
	for (const trigger of triggers) if (!(await isListening(engine, trigger, true))) ended.add(trigger);
	return ended;
}

/** Publishes for other triggers that this one listens, in which workflow, and what its address replaced. */
export async function announce(host: IHookFunctions, engine: Engine): Promise<void> {
	await ifStoreAnswers(undefined, async () => {
		const { id, name } = host.getWorkflow();
		const note = JSON.stringify({ workflow: { id, name }, previous: storedPrevious(host, engine) });
		await engine.notes.set(noteOf(ownAddress(host)), note, isTest(host) ? lifetime.test : lifetime.published);
	});
}

/** Publishes that this trigger no longer listens. */
export async function announceEnd(host: IHookFunctions, engine: Engine): Promise<void> {
	await ifStoreAnswers(undefined, () => engine.notes.delete(noteOf(ownAddress(host))));
}

/** Milliseconds after which a published note expires. n8n restarts, or ends a test, long before. */
const lifetime = { published: 400 * 24 * 3600 * 1000, test: 600 * 1000 };

/** The workflow of another trigger that listens at the address. @returns undefined if none is known to listen there */
export async function otherListener(
	host: IHookFunctions,
	engine: Engine,
	url: string,
): Promise<ListeningWorkflow | undefined> {
	return hasOwnPath(host, url) ? undefined : (await noted(engine, url))?.workflow;
}

/** @param otherwise the answer if the store gives none */
async function isListening(engine: Engine, url: string, otherwise: boolean): Promise<boolean> {
	return await ifStoreAnswers(otherwise, async () => (await engine.notes.get(noteOf(url))) !== undefined);
}

/** What the trigger at an address has published. @returns undefined also if the store does not answer */
async function noted(engine: Engine, url: string): Promise<z.output<typeof noteSchema> | undefined> {
	const note = await ifStoreAnswers(undefined, () => engine.notes.get(noteOf(url)));
	return note === undefined ? undefined : noteSchema.safeParse(JSON.parse(note)).data;
}

/** @returns undefined also if the secret that sealed it is no longer configured */
function storedPrevious(host: Host, engine: Engine): PreviousWebhook | undefined {
	const { replacedWebhook: sealed } = host.getWorkflowStaticData('node');
	if (typeof sealed !== 'string') return undefined;
	try {
		return previousSchema.safeParse(JSON.parse(engine.vault.open(sealed, sealContext(host)))).data;
	} catch {
		LoggerProxy.warn(
			'WhatsApp OTP Trigger: The stored previous webhook cannot be read, because the signing secret has changed. ' +
				'It cannot be restored.',
		);
		return undefined;
	}
}

/** Only other triggers need the published notes. So this trigger continues if the store does not answer. */
async function ifStoreAnswers<Answer>(fallback: Answer, work: () => Promise<Answer>): Promise<Answer> {
	try {
		return await work();
	} catch (error) {
		LoggerProxy.warn(`WhatsApp OTP Trigger: ${error instanceof Error ? error.message : 'The store did not answer'}`);
		return fallback;
	}
}

const noteOf = (address: string) => `trigger ${withoutSecrets(address)}`;
const sealContext = (host: Host) => `replaced webhook ${triggerId(host, host.getNode())}`;
