import type { ICredentialDataDecryptedObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod';
import type { Engine } from '../../../verification';
import { readCachedCredential } from '../../shared/credentials';
import type { TriggerParameters } from '../parameters';

type Host = IHookFunctions | IWebhookFunctions;

/**
 * The secret that proves that a webhook comes from the provider. It is derived, so it does not need to be stored. Each
 * trigger has another one: a person who may read the webhook of one trigger can forge no events of another.
 */
export function webhookSecret(engine: Engine, { id }: Pick<TriggerParameters, 'id'>): string {
	return engine.vault.derivedSecret('webhook', id);
}

/**
 * The token that a provider shows to verify an address. All triggers share it, so that one trigger can restore the
 * address of another. It gives no access, because events are also signed.
 */
export function verifyToken(engine: Engine): string {
	return engine.vault.derivedSecret('webhook verify token');
}

/** The secret that authenticates events of this trigger; empty if the credential has none. */
export async function eventSecret(engine: Engine, host: Host, trigger: TriggerParameters): Promise<string> {
	const { node, provider, webhook } = trigger;
	const { signedWith } = webhook;
	if (signedWith === undefined) return webhookSecret(engine, trigger);
	return textIn(await readCachedCredential(host, node, provider.credential), signedWith.field);
}

export function textIn(credential: ICredentialDataDecryptedObject, field: string): string {
	return z.string().catch('').parse(credential[field]).trim();
}
