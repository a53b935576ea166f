import { NodeOperationError, type ICredentialDataDecryptedObject, type IHookFunctions } from 'n8n-workflow';
import { ProviderError, type Connection, type RegisteredWebhook, type WebhookTarget } from '../../../providers';
import type { Engine } from '../../../verification';
import { openEngine } from '../../shared/engine';
import { toNodeError } from '../../shared/errors';
import { httpClient } from '../../shared/http';
import { redact } from '../../shared/redact';
import { isOfThisTrigger, ownAddress, withoutSecrets } from './addresses';
import { triggerParameters, type TriggerParameters } from '../parameters';
import { announce, announceEnd, giveBack, remember } from './previous-webhook';
import { secretIn, verifyToken, webhookSecret } from '../webhook/secrets';

interface Registration extends TriggerParameters {
	host: IHookFunctions;
	engine: Engine;
	credential: ICredentialDataDecryptedObject;
	connection: Connection<unknown>;
	target: WebhookTarget;
}

/** Whether the provider sends its events here already. */
export async function checkExists(host: IHookFunctions): Promise<boolean> {
	return await withProvider(host, async (registration) => {
		const { engine, webhook, connection, target, options } = registration;
		expectSigningSecret(registration);
		const isThere = !options.webhookSetByHand && webhook.isComplete(await webhook.read(connection), target);
		if (isThere) await announce(host, engine);
		return isThere;
	});
}

/** @throws NodeOperationError with the address that the provider's webhook points to, unless it may be replaced */
export async function create(host: IHookFunctions): Promise<boolean> {
	return await withProvider(host, async (registration) => {
		const { engine, webhook, connection, target, options } = registration;
		if (options.webhookSetByHand) return expectLive(host);
		const registered = await webhook.read(connection);
		expectFree(registration, registered);
		await remember(host, engine, registered);
		await webhook.register(connection, target);
		return true;
	});
}

/** Leaves alone what somebody else has registered in the meantime. */
export async function remove(host: IHookFunctions): Promise<boolean> {
	return await withProvider(host, async (registration) => {
		const { engine, options } = registration;
		if (options.webhookSetByHand) return true;
		// Before it looks: whoever gives an address back at the same moment must not give back this one.
		await announceEnd(host, engine);
		await unregister(registration).catch(async (error: unknown) => {
			// The provider may still have the address, and whoever takes it over must know what was there before.
			await announce(host, engine);
			throw error;
		});
		return true;
	});
}

async function unregister({ host, engine, webhook, connection, target }: Registration): Promise<void> {
	const { urls } = await webhook.read(connection);
	const staticData = host.getWorkflowStaticData('node');
	// Test events may be listened for at the moment; they end with the workflow that they are of.
	const isOwn = (url: string) =>
		url === webhook.address(target) || (staticData.isPublished === true && isOfThisTrigger(host, url));
	if (urls.some(isOwn)) await giveBack(host, engine, (state) => webhook.restore(connection, state, target));
	delete staticData.replacedWebhook;
	delete staticData.isPublished;
}

/** @throws NodeOperationError without which events could not be told from forged ones */
function expectSigningSecret({ host, webhook: { signedWith }, credential }: Registration): void {
	if (signedWith === undefined || secretIn(credential, signedWith.field) !== '') return;
	throw new NodeOperationError(host.getNode(), `'${signedWith.displayName}' in the credential is empty`, {
		description: `Copy it from ${signedWith.whereToFind}: without it nobody can tell the provider's events from forged ones.`,
	});
}

/** @throws NodeOperationError for test events, whose address nobody has set at the provider */
function expectLive(host: IHookFunctions): true {
	if (host.getMode() !== 'manual') return true;
	throw new NodeOperationError(host.getNode(), 'Test events need a webhook that n8n sets itself', {
		description:
			"Publish the workflow and look at its executions instead, or turn off 'Webhook Set by Hand' with an access token that may set webhooks.",
	});
}

/** @throws NodeOperationError where events go elsewhere and may not be taken over */
function expectFree({ host, provider, options }: Registration, { urls }: RegisteredWebhook): void {
	const elsewhere = urls.find((url) => !isOfThisTrigger(host, url));
	if (elsewhere === undefined || options.replaceExistingWebhook) return;
	throw new NodeOperationError(
		host.getNode(),
		`The webhook of this number at ${provider.name} already points to ${withoutSecrets(elsewhere)}`,
		{
			description:
				"Turn on the option 'Replace Existing Webhook' to take over until this workflow is deactivated, or remove the webhook there first.",
		},
	);
}

async function withProvider<Result>(
	host: IHookFunctions,
	work: (registration: Registration) => Promise<Result>,
): Promise<Result> {
	const node = host.getNode();
	try {
		const parameters = triggerParameters(host);
		const { provider } = parameters;
		const credential = await host.getCredentials(provider.credential);
		const account = provider.account.parse(credential);
		const connection = { http: httpClient(host, provider.credential), account };
		const engine = await openEngine(host);
		const target = { url: ownAddress(host), secret: webhookSecret(engine, node), verifyToken: verifyToken(engine) };
		return await work({ ...parameters, host, engine, credential, connection, target }).catch((error: unknown) => {
			throw explained(host, parameters, target, error);
		});
	} catch (error) {
		throw toNodeError(node, error);
	}
}

/** What a person can do by hand, and no word of the provider that quotes our secrets. */
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
	return new NodeOperationError(host.getNode(), `${refused.what}, so n8n can not set the webhook`, {
		description: `${refused.fix}. Or set the webhook yourself: turn on the option 'Webhook Set by Hand', publish the workflow, ${steps}.`,
	});
}
