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
