import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { embeddedEngine } from '../../verification';

/** What proves that a webhook comes from the provider: derived, so that nothing of it is stored, test events included. */
export function webhookSecret(host: IHookFunctions | IWebhookFunctions): string {
	return embeddedEngine().derivedSecret('webhook', host.getNode().id);
}
