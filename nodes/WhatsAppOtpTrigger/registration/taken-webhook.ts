import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';
import type { Provider } from '../../../providers';
import { isOfThisN8n, isTest, withoutSecrets } from './addresses';
import type { ListeningWorkflow } from './previous-webhook';

interface Asking {
	host: IHookFunctions;
	provider: Provider;
}

const option = "'Replace Existing Webhook' in this trigger's options";

/**
 * The webhook of the number points to another address, which may not be replaced.
 * @param workflow the workflow that listens there, if it is known
 */
export function webhookTaken({ host, provider }: Asking, url: string, workflow?: ListeningWorkflow) {
	const holder = holderOf(host, url, workflow);
	const what = `The webhook of this number at ${provider.name} already points to ${holder}`;
	return new NodeOperationError(host.getNode(), what, { description: fixOf(host, url, workflow) });
}

/** All places for addresses at the provider are taken by other systems. */
export function webhooksFull({ host, provider }: Asking, count: number) {
	const what = `The number at ${provider.name} already has ${count} webhook addresses, which is the maximum`;
	const purpose = isTest(host) ? 'for this test' : 'until you unpublish this workflow';
	const description = `To replace them ${purpose}, turn on ${option}. Or remove one of them at the provider first.`;
	return new NodeOperationError(host.getNode(), what, { description });
}

function holderOf(host: IHookFunctions, url: string, workflow?: ListeningWorkflow): string {
	const address = withoutSecrets(url);
	if (isSameWorkflow(host, workflow)) return 'another trigger in this workflow';
	const isHere = isOfThisN8n(host, url);
	if (workflow?.name !== undefined) {
		return `the workflow '${workflow.name}' ${isHere ? 'of this n8n' : `of another n8n: ${address}`}`;
	}
	return isHere ? `another workflow of this n8n: ${address}` : address;
}

function fixOf(host: IHookFunctions, url: string, workflow?: ListeningWorkflow): string {
	const borrow = 'borrow the webhook for this test';
	if (isSameWorkflow(host, workflow)) return 'Remove one of the two triggers: a number needs only one.';
	if (workflow !== undefined || isOfThisN8n(host, url)) {
		const purpose = isTest(host) ? borrow : 'take the webhook over';
		return `Unpublish that workflow first, or turn on ${option} to ${purpose}.`;
	}
	const purpose = isTest(host) ? borrow : 'take it over until you unpublish this workflow';
	return `To ${purpose}, turn on ${option}. Or remove that address at the provider first.`;
}

const isSameWorkflow = (host: IHookFunctions, workflow?: ListeningWorkflow) =>
	workflow?.id !== undefined && workflow.id === host.getWorkflow().id;
