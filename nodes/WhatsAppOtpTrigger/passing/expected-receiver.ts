import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';
import type { TriggerParameters } from '../parameters';
import { isOfThisTrigger, withoutSecrets } from '../registration/addresses';

const field = "'Pass Events On To'";

/** @throws NodeOperationError if no event could go on to the address of the option */
export function expectReceiver(host: IHookFunctions, { node, options }: TriggerParameters): void {
	const { passEventsOnTo: url } = options;
	if (url === '') return;
	if (!/^https?:\/\/[^\s{}]+$/i.test(url) || !URL.canParse(url)) {
		throw new NodeOperationError(node, `${field} must be an address that begins with https:// or http://`, {
			description: 'Copy the webhook address from the other system.',
		});
	}
	if (isOfThisTrigger(host, url)) {
		throw new NodeOperationError(node, `${field} is the address of this trigger: ${withoutSecrets(url)}`, {
			description: 'Enter the address of the other system, or remove the option.',
		});
	}
}

/** Two ways to write one address, such as with a slash after the host and without it. */
const isSame = (a: string, b: string) => URL.canParse(a) && URL.canParse(b) && new URL(a).href === new URL(b).href;

/**
 * @param others addresses that the provider sends its events to beside this trigger
 * @throws NodeOperationError if the address of the option is one of them
 */
export function expectNoCopies({ node, options, provider }: TriggerParameters, others: readonly string[]): void {
	const { passEventsOnTo: url } = options;
	if (url === '' || !others.some((other) => isSame(other, url))) return;
	throw new NodeOperationError(
		node,
		`${provider.name} already sends its events to ${withoutSecrets(url)}, which would get each of them twice. ` +
			"Remove the option 'Pass Events On To'.",
	);
}
