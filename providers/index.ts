import { dialog360 } from './dialog360';
import { metaCloud } from './metaCloud';
import { oneMsg } from './oneMsg';
import { onPremises } from './onPremises';
import type { Provider } from './provider';
import { waCr } from './waCr';

/** Every provider, sorted by name. Retired ones are last. */
export const providers: readonly Provider[] = [oneMsg, dialog360, metaCloud, waCr, onPremises];

/** The provider that a new node starts with. */
export const defaultProviderId = dialog360.id;

/** A provider's name in a list to choose from. */
export function listName({ name, retired }: Provider): string {
	return retired === undefined ? name : `${name} (Retired)`;
}

export function findProvider(id: unknown): Provider | undefined {
	return providers.find((provider) => provider.id === id);
}

export * from './connection';
export * from './errors';
export * from './http';
export { pasted, pastedText } from './pasted';
export * from './provider';
export * from './webhook-events';
export * from './webhook-support';
export { maxWebhookBytes } from './webhook';
export { otpTypes, templateDraft, type Template, type TemplateDraft, type TemplateLimits } from './template';
