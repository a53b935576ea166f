import { jsonOrText } from './json-or-text';

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** An item of n8n's Webhook node: the body stands beside what else the request had. */
const isWebhookItem = (value: Record<string, unknown>) => 'body' in value && 'headers' in value && 'query' in value;

/**
 * An item of n8n's WhatsApp Trigger: the value of one change, and its field
 * (docs/reference/n8n-host.md, 'The WhatsApp Trigger'). The values of template fields have no `messaging_product`.
 */
const isChangeItem = (value: Record<string, unknown>) => !('entry' in value) && typeof value.field === 'string';

/**
 * The body of a provider's webhook. A workflow can have it as an object, as text, as an item of n8n's Webhook node, or
 * as an item of n8n's WhatsApp Trigger.
 */
export function receivedBody(given: unknown): unknown {
	const value = typeof given === 'string' ? jsonOrText(given) : given;
	if (!isObject(value)) return value;
	if (isWebhookItem(value)) return typeof value.body === 'string' ? jsonOrText(value.body) : value.body;
	if (!isChangeItem(value)) return value;
	const { field, ...change } = value;
	return { object: 'whatsapp_business_account', entry: [{ changes: [{ field, value: change }] }] };
}
