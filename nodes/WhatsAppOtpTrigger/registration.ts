import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';
import { z } from 'zod';

import type { Connection, WebhookTarget } from '../../providers';
import { embeddedEngine } from '../../verification';
import { toNodeError } from '../host/errors';
import { httpClient } from '../host/http';
import { triggerParameters, type TriggerParameters } from './parameters';
import { webhookSecret } from './secret';

const targetSchema = z.object({ url: z.string(), headers: z.record(z.string()) });

interface Registration extends TriggerParameters {
	connection: Connection<unknown>;
	own: WebhookTarget;
}

export async function checkExists(host: IHookFunctions): Promise<boolean> {
	return await explained(host, async () => {
		const { webhook, connection, own } = await open(host);
		const registered = await webhook.read(connection);
		return registered?.url === own.url && sameHeaders(registered, own);
	});
}

/** @throws NodeOperationError with the address that the provider's webhook points to, unless it may be replaced */
export async function create(host: IHookFunctions): Promise<boolean> {
	return await explained(host, async () => {
		const { webhook, connection, own, options, provider } = await open(host);
		const registered = await webhook.read(connection);
		if (registered !== undefined && registered.url !== own.url) {
			if (!options.replaceExistingWebhook && !isSameTrigger(registered.url, own.url)) {
				throw new NodeOperationError(
					host.getNode(),
					`The webhook of this number at ${provider.name} already points to ${withoutSecrets(registered.url)}`,
					{
						description:
							"Turn on the option 'Replace Existing Webhook' to take over until this workflow is deactivated, or remove the webhook there first.",
					},
				);
			}
			const sealed = embeddedEngine().seal(JSON.stringify(registered), sealContext(host));
			host.getWorkflowStaticData('node').replacedWebhook = sealed;
		}
		await webhook.write(connection, own);
		return true;
	});
}

/** Leaves alone what somebody else has registered in the meantime. */
export async function remove(host: IHookFunctions): Promise<boolean> {
	return await explained(host, async () => {
		const { webhook, connection, own } = await open(host);
		const registered = await webhook.read(connection);
		const staticData = host.getWorkflowStaticData('node');
		const { replacedWebhook } = staticData;
		if (registered?.url === own.url) {
			const previous =
				typeof replacedWebhook === 'string'
					? targetSchema.parse(JSON.parse(embeddedEngine().open(replacedWebhook, sealContext(host))))
					: undefined;
			await webhook.write(connection, previous);
		}
		delete staticData.replacedWebhook;
		return true;
	});
}

async function open(host: IHookFunctions): Promise<Registration> {
	const parameters = triggerParameters(host);
	const { provider, webhook } = parameters;
	const url = host.getNodeWebhookUrl('default');
	if (url === undefined) throw new NodeOperationError(host.getNode(), 'n8n gave this node no webhook address');
	const account = provider.account.parse(await host.getCredentials(provider.credential));
	const connection = { http: httpClient(host, provider.credential), account };
	return { ...parameters, connection, own: webhook.target(url, webhookSecret(host)) };
}

async function explained<Result>(host: IHookFunctions, work: () => Promise<Result>): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		throw toNodeError(host.getNode(), error);
	}
}

/** The addresses of one trigger for production and for test events share their last two segments. */
function isSameTrigger(one: string, other: string): boolean {
	const tail = (url: string) => (URL.canParse(url) ? new URL(url).pathname.split('/').slice(-2).join('/') : url);
	const origin = (url: string) => (URL.canParse(url) ? new URL(url).origin : url);
	return origin(one) === origin(other) && tail(one) === tail(other);
}

/** Addresses can carry a password or a key. */
function withoutSecrets(url: string): string {
	if (!URL.canParse(url)) return 'another address';
	const { origin, pathname } = new URL(url);
	return `${origin}${pathname}`;
}

function sameHeaders(one: WebhookTarget, other: WebhookTarget): boolean {
	return Object.entries(other.headers).every(([name, value]) => one.headers[name] === value);
}

function sealContext(host: IHookFunctions): string {
	return `replaced webhook ${host.getNode().id}`;
}
