import type { Provider } from '../../providers';
import type { Operation } from './operation';
import { operations } from './operations';

/** The resources of the node. The editor lists them, and their actions, in this order: the most used first. */
export const resources = [
	{ name: 'One-Time Password', value: 'otp' },
	{ name: 'Template', value: 'template' },
	{ name: 'Message', value: 'message' },
] as const;

export type Resource = (typeof resources)[number];

/** The operations of a resource; with a provider, only those that it supports. */
export function operationsOf(resource: Resource['value'], provider?: Provider): Operation[] {
	return operations
		.filter((operation) => operation.resource === resource)
		.filter(({ offeredBy }) => provider === undefined || offeredBy === undefined || offeredBy(provider));
}

/**
 * The outputs of an operation that the node does not know, such as one of a newer version. There are two of them, so
 * that the error output that n8n adds is not the second one: in such a workflow, that one can mean yes.
 */
export const fallbackOutputs = ['No', 'Yes'] as const;
