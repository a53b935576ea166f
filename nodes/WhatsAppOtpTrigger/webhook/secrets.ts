import type { ICredentialDataDecryptedObject, IHookFunctions, INode, IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod';
import type { Engine } from '../../../verification';
import { readCredentialOften } from '../../shared/credentials';
import type { TriggerParameters } from '../parameters';

type Host = IHookFunctions | IWebhookFunctions;

/** What proves that a webhook comes from the provider: derived, so that nothing of it is stored, test events included. */
export function webhookSecret(engine: Engine, { id }: INode): string {
	return engine.vault.derivedSecret('webhook', id);
}

/**
 * What a provider shows before it sends events to an address. The same for all triggers, so that one can put back the
 * address of another; it opens nothing, for events are signed besides.
 */
export function verifyToken(engine: Engine): string {
	return engine.vault.derivedSecret('webhook verify token');
}

/** The secret that events of this trigger are authenticated with; empty where the credential lacks it. */
export async function eventSecret(
	engine: Engine,
	host: Host,
	{ node, provider, webhook }: TriggerParameters,
): Promise<string> {
	const { signedWith } = webhook;
	if (signedWith === undefined) return webhookSecret(engine, node);
	return secretIn(await readCredentialOften(host, node, provider.credential), signedWith.field);
}

export function secretIn(credential: ICredentialDataDecryptedObject, field: string): string {
	return z.string().catch('').parse(credential[field]).trim();
}
