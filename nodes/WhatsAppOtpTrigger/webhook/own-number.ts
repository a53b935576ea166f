import type { IWebhookFunctions } from 'n8n-workflow';
import { pasted } from '../../../providers';
import { readCachedCredential } from '../../shared/credentials';
import type { TriggerParameters } from '../parameters';
import { textIn } from './secrets';

/** @returns the provider's id of the credential's number; undefined if the webhook reports no other number */
export async function ownSenderId(
	host: IWebhookFunctions,
	{ node, provider, webhook: { senderIdField } }: TriggerParameters,
): Promise<string | undefined> {
	if (senderIdField === undefined) return undefined;
	const credential = await readCachedCredential(host, node, provider.credential);
	return pasted('trimmed', textIn(credential, senderIdField)) || undefined;
}
