import {
	LoggerProxy,
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IHookFunctions,
} from 'n8n-workflow';
import { ProviderError, type Connection, type RegisteredWebhook, type WebhookTarget } from '../../../providers';
import type { Engine } from '../../../verification';
import { openEngine } from '../../shared/engine';
import { connectionWith } from '../../shared/provider-connection';
import { redact } from '../../shared/redact';
import { triggerParameters, type TriggerParameters } from '../parameters';
import { expectNoCopies, expectReceiver } from '../passing/expected-receiver';
import { textIn, verifyToken, webhookSecret } from '../webhook/secrets';
import { isAtFormerDomain, isOfThisTrigger, isTest, ownAddress, ownPath, withoutSecrets } from './addresses';
import { announce, announceEnd, otherListener, rememberPrevious, restorePrevious } from './previous-webhook';
import { unreachable } from './reachable';
import { webhooksFull, webhookTaken } from './taken-webhook';

interface Registration extends TriggerParameters {
	host: IHookFunctions;
	engine: Engine;
	credential: ICredentialDataDecryptedObject;
	connection: Connection<unknown>;
	target: WebhookTarget;
}

/** Whether the provider already sends its events to this trigger. */
export async function checkExists(host: IHookFunctions): Promise<boolean> {
	return await withProvider(host, async (registration) => {
		const { engine, webhook, connection, target, options } = registration;
		expectSigningSecret(registration);
		expectReceiver(host, registration);
		if (!options.webhookSetByHand) expectTemplateEvents(registration);
		if (!options.webhookSetByHand) expectReachable(registration);
		const isThere = !options.webhookSetByHand && webhook.isComplete(await webhook.read(connection, target), target);
		if (isThere) await announce(host, engine);
		return isThere;
	});
}

/** @throws NodeOperationError with the registered address, if it is another one that may not be replaced */
export async function create(host: IHookFunctions): Promise<boolean> {
	return await withProvider(host, async (registration) => {
		const { engine, webhook, connection, target, options } = registration;
		if (options.webhookSetByHand) return expectLive(host);
		expectTemplateEvents(registration);
		expectReachable(registration);
		const registered = await webhook.read(connection, target);
		expectNoObstacle(registration, registered);
		const kept = await expectFree(registration, registered);
		expectNoCopies(registration, [...kept, ...(registered.copies ?? [])]);
		await rememberPrevious(host, engine, registered, kept);
		await webhook.register(connection, target, kept);
		tellOf(registration, registered, kept);
		return true;
	});
}

/** Removes this trigger's webhook. If another address was registered meanwhile, it stays. */
export async function remove(host: IHookFunctions): Promise<boolean> {
	return await withProvider(host, async (registration) => {
		const { engine, options } = registration;
		if (options.webhookSetByHand) return true;
		// Before the webhook is read: a trigger that ends at the same moment must not restore this trigger's address.
		await announceEnd(host, engine);
		await unregister(registration).catch(async (error: unknown) => {
			// The provider may still have this address. A trigger that replaces it must know the previous webhook.
			await announce(host, engine);
			throw error;
		});
		return true;
	});
}

async function unregister({ host, engine, provider, webhook, connection, target }: Registration): Promise<void> {
	const { urls, beside = [] } = await webhook.read(connection, target);
	const staticData = host.getWorkflowStaticData('node');
	// The address of a test that runs now is removed together with the published workflow.
	const isOwn = (url: string) =>
		url === webhook.address(target) || (staticData.isPublished === true && isOfThisTrigger(host, url));
	const own = {
		isOurs: isOwn,
		isOfThisTrigger: (url: string) => isOfThisTrigger(host, url),
		onNotRestored: (url: string) =>
			LoggerProxy.warn(
				`WhatsApp OTP Trigger: ${provider.name} did not take back the previous webhook ${withoutSecrets(url)}. ` +
					'Set it there again if it is still needed.',
			),
	};
	if ([...urls, ...beside].some(isOwn)) {
		await restorePrevious(host, engine, own, (state, all) => webhook.restore(connection, state, target, all));
	}
	delete staticData.replacedWebhook;
	delete staticData.isPublished;
}

/** @throws NodeOperationError if the credential has no secret to authenticate events with */
function expectSigningSecret({ host, webhook: { signedWith }, credential }: Registration): void {
	if (signedWith === undefined || textIn(credential, signedWith.field) !== '') return;
	throw new NodeOperationError(host.getNode(), `'${signedWith.displayName}' in the credential is empty`, {
		description: `Copy it from ${signedWith.whereToFind}. Without it, forged events cannot be detected.`,
	});
}

/**
 * Template events come only to some places of a provider. Elsewhere the trigger would wait for ever.
 * @throws NodeOperationError
 */
function expectTemplateEvents({ host, provider, webhook, place, events }: Registration): void {
	const isAsked = events.some((event) => event.startsWith('template.'));
	if (!isAsked || place === undefined || place.sendsTemplateEvents === true) return;
	throw new NodeOperationError(
		host.getNode(),
		`${provider.name} sends no template events to 'Listen At' ${place.name}`,
		{
			description: webhook.templateEventsLimit,
		},
	);
}

/** @throws NodeOperationError if another address would get the events in any case */
function expectNoObstacle({ host, webhook, target }: Registration, registered: RegisteredWebhook): void {
	const found = webhook.obstacle?.(registered, target);
	if (found === undefined || isOfThisTrigger(host, found.url)) return;
	throw new NodeOperationError(host.getNode(), `${found.what}: ${withoutSecrets(found.url)}`, {
		description: `${found.fix}. Or remove that address at the provider first.`,
	});
}

/** Says in the log what was found and done. */
function tellOf({ host, provider, place, target }: Registration, { urls }: RegisteredWebhook, kept: readonly string[]) {
	const others = urls
		.filter((url) => !isOfThisTrigger(host, url))
		.map(withoutSecrets)
		.join(', ');
	const where = place === undefined ? '' : ` (Listen At: ${place.name})`;
	const found =
		others === '' ? 'No other webhook was there' : `${kept.length > 0 ? 'It stays beside' : 'It replaces'} ${others}`;
	LoggerProxy.info(
		`WhatsApp OTP Trigger: ${provider.name} now sends events to ${withoutSecrets(target.url)}${where}. ${found}.`,
	);
}

/**
 * n8n makes its webhook addresses from WEBHOOK_URL, or from its own host and port. A provider takes any address, and
 * then no event comes. A provider in the same network, such as a server of one's own or the sandbox, can reach it.
 * @throws NodeOperationError if the provider cannot reach this trigger's address
 */
function expectReachable({ host, provider, connection, target }: Registration): void {
	const reason = unreachable(target.url);
	const isNear = unreachable(provider.apiUrl(connection.account)) === 'private';
	if (reason === undefined || (reason === 'private' && isNear)) return;
	const problem = reason === 'private' ? 'which only your own network can reach' : 'which does not begin with https://';
	throw new NodeOperationError(host.getNode(), `n8n's webhook address is ${target.url}, ${problem}`, {
		description:
			`${provider.name} could not send events to it. Set n8n's environment variable WEBHOOK_URL (in newer versions ` +
			'N8N_WEBHOOK_URL) to the address at which n8n can be reached from the internet, for example ' +
			'https://n8n.example.com/, and restart n8n.',
	});
}

/** @throws NodeOperationError for test events, because their address is not set at the provider */
function expectLive(host: IHookFunctions): true {
	if (!isTest(host)) return true;
	throw new NodeOperationError(host.getNode(), 'Test events need a webhook that n8n sets itself', {
		description:
			'Publish the workflow and check its executions instead. ' +
			"Or turn off 'Webhook Set by Hand', if the access token has the permission to set webhooks.",
	});
}

/**
 * @returns the addresses of other systems that stay beside ours; none if they are to be replaced
 * @throws NodeOperationError if another address is registered that may not be replaced and leaves no room
 */
async function expectFree(registration: Registration, registered: RegisteredWebhook): Promise<readonly string[]> {
	const { host, engine, options, webhook } = registration;
	const others = registered.urls.filter((url) => !isOfThisTrigger(host, url));
	const [first] = others;
	if (first === undefined || options.replaceExistingWebhook) return [];
	const { maxAddresses = 1 } = webhook;
	if (maxAddresses === 1 && isAtFormerDomain(host, first)) throw atFormerDomain(registration, first);
	const { beside, room } = besideOf(registration, registered, maxAddresses - others.length);
	const all = [...others, ...beside];
	// Each message is reported once in an n8n. So two of its triggers at one number would take events from each other.
	const listeners = await Promise.all(all.map((url) => otherListener(host, engine, url)));
	const index = listeners.findIndex((workflow) => workflow !== undefined);
	if (room > 0 && index === -1) return others;
	if (all.length > 1 && index === -1) throw webhooksFull(registration, all.length);
	throw webhookTaken(registration, all[index] ?? first, listeners[index]);
}

/** The addresses beside the main one, for a provider that has them, and the room that is left. */
function besideOf({ host }: Registration, { beside = [], room }: RegisteredWebhook, otherwise: number) {
	if (room === undefined) return { beside: [], room: otherwise };
	const foreign = beside.filter((url) => !isOfThisTrigger(host, url));
	// Ours takes the place of this trigger's address in the other mode.
	return { beside: foreign, room: room + beside.length - foreign.length };
}

/** A copy of n8n has triggers with the same ids, so something may still listen there. So the builder decides. */
function atFormerDomain({ host, provider }: Registration, url: string): NodeOperationError {
	const where = withoutSecrets(url);
	return new NodeOperationError(
		host.getNode(),
		`The webhook of this number at ${provider.name} points to this workflow at another domain: ${where}`,
		{
			description:
				"If n8n has moved, turn on the option 'Replace Existing Webhook' and publish again. The former address is " +
				'not restored later. If a copy of this n8n still runs there, it gets no more events.',
		},
	);
}

async function withProvider<Result>(
	host: IHookFunctions,
	work: (registration: Registration) => Promise<Result>,
): Promise<Result> {
	const parameters = triggerParameters(host);
	const { provider } = parameters;
	const credential = await host.getCredentials(provider.credential);
	const connection = connectionWith(host, provider, credential);
	const engine = await openEngine(host);
	const target = {
		url: ownAddress(host),
		secret: webhookSecret(engine, parameters),
		verifyToken: verifyToken(engine),
		trigger: ownPath(host),
		place: parameters.place?.id,
		events: parameters.events,
	};
	return await work({ ...parameters, host, engine, credential, connection, target }).catch((error: unknown) => {
		throw explained(host, parameters, target, error);
	});
}

/** Adds what a person can do by hand, and removes our secrets from the provider's words. */
function explained(
	host: IHookFunctions,
	{ webhook }: TriggerParameters,
	target: WebhookTarget,
	error: unknown,
): unknown {
	if (!(error instanceof ProviderError)) return error;
	const { refused } = error;
	const steps = webhook.byHand?.(refused, target);
	if (steps === undefined) return new ProviderError(redact(refused, [target.secret, target.verifyToken]));
	return new NodeOperationError(host.getNode(), `${refused.what}, so n8n cannot set the webhook`, {
		description:
			`${refused.fix}. Or set the webhook yourself: ` +
			`turn on the option 'Webhook Set by Hand', publish the workflow, ${steps}.`,
	});
}
