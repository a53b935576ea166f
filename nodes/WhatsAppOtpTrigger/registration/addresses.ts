import { NodeHelpers, NodeOperationError, type IHookFunctions } from 'n8n-workflow';

/** @throws NodeOperationError */
export function ownAddress(host: IHookFunctions): string {
	const url = host.getNodeWebhookUrl('default');
	if (url === undefined) throw new NodeOperationError(host.getNode(), 'n8n gave this node no webhook address');
	return url;
}

/** Whether an address is this trigger's, be it for production or for test events, with whatever secret in it. */
export function isOfThisTrigger(host: IHookFunctions, address: string): boolean {
	const own = ownAddress(host);
	if (!URL.canParse(address) || !URL.canParse(own)) return false;
	const { origin, pathname } = new URL(address);
	return origin === new URL(own).origin && pathname.endsWith(`/${ownPath(host)}`);
}

/** What this trigger's addresses end with, and no other trigger's. */
function ownPath(host: IHookFunctions): string {
	return NodeHelpers.getNodeWebhookPath(host.getWorkflow().id ?? '', host.getNode(), 'webhook', false);
}

/** Addresses can carry a password or a key. */
export function withoutSecrets(address: string): string {
	if (!URL.canParse(address)) return 'another address';
	const { origin, pathname } = new URL(address);
	return `${origin}${pathname}`;
}
