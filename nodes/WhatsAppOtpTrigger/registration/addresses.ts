import { NodeHelpers, NodeOperationError, type IHookFunctions } from 'n8n-workflow';

/** @throws NodeOperationError */
export function ownAddress(host: IHookFunctions): string {
	const url = host.getNodeWebhookUrl('default');
	if (url === undefined) throw new NodeOperationError(host.getNode(), 'n8n returned no webhook address for this node');
	return url;
}

/** Whether an address belongs to this trigger: its production or its test address, with any secret in it. */
export function isOfThisTrigger(host: IHookFunctions, address: string): boolean {
	const own = ownAddress(host);
	if (!URL.canParse(address) || !URL.canParse(own)) return false;
	const { origin, pathname } = new URL(address);
	return origin === new URL(own).origin && pathname.endsWith(`/${ownPath(host)}`);
}

/** The end of this trigger's addresses, which no other trigger has. */
function ownPath(host: IHookFunctions): string {
	return NodeHelpers.getNodeWebhookPath(host.getWorkflow().id ?? '', host.getNode(), 'webhook', false);
}

/** An address without its query and user info, which can contain a password or a key. */
export function withoutSecrets(address: string): string {
	if (!URL.canParse(address)) return 'another address';
	const { origin, pathname } = new URL(address);
	return `${origin}${pathname}`;
}
