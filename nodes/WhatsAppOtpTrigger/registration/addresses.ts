import { NodeHelpers, NodeOperationError, type IHookFunctions } from 'n8n-workflow';

/** @throws NodeOperationError */
export function ownAddress(host: IHookFunctions): string {
	const url = host.getNodeWebhookUrl('default');
	if (url === undefined) throw new NodeOperationError(host.getNode(), 'n8n returned no webhook address for this node');
	return url;
}

/** Whether the editor listens for test events. These have another address. */
export const isTest = (host: IHookFunctions) => host.getMode() === 'manual';

/** Whether an address belongs to this trigger: its production or its test address, with any secret in it. */
export function isOfThisTrigger(host: IHookFunctions, address: string): boolean {
	return hasOwnPath(host, address) && originOf(address) === originOf(ownAddress(host));
}

/**
 * Whether an address belongs to this trigger at another domain: n8n has moved, or it is a copy of another n8n. Nothing
 * tells these apart.
 */
export function isAtFormerDomain(host: IHookFunctions, address: string): boolean {
	return hasOwnPath(host, address) && originOf(address) !== originOf(ownAddress(host));
}

/** The address that is of this trigger at any domain. */
export function hasOwnPath(host: Pick<IHookFunctions, 'getNode' | 'getWorkflow'>, address: string): boolean {
	return URL.canParse(address) && new URL(address).pathname.endsWith(`/${ownPath(host)}`);
}

const originOf = (address: string) => (URL.canParse(address) ? new URL(address).origin : undefined);

/** Whether this n8n serves webhooks at an address: of this trigger, or of any other node. */
export function isOfThisN8n(host: IHookFunctions, address: string): boolean {
	const own = ownAddress(host);
	const base = own.slice(0, own.length - ownPath(host).length).replace(/-test\/$/, '/');
	return address.startsWith(base) || address.startsWith(base.replace(/\/$/, '-test/'));
}

/** The end of this trigger's addresses, which no other trigger has. */
export function ownPath(host: Pick<IHookFunctions, 'getNode' | 'getWorkflow'>): string {
	return NodeHelpers.getNodeWebhookPath(host.getWorkflow().id ?? '', host.getNode(), 'webhook', false);
}

/** An address without its query and user info, which can contain a password or a key. */
export function withoutSecrets(address: string): string {
	if (!URL.canParse(address)) return 'another address';
	const { origin, pathname } = new URL(address);
	return `${origin}${pathname}`;
}
