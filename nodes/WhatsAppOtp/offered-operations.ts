import type { Provider } from '../../providers';
import type { Operation } from './operation';
import { operations } from './operations';

/** The resources of the node, in the order of the editor's list. */
export const resources = [
	{ name: 'Message', value: 'message' },
	{ name: 'One-Time Password', value: 'otp' },
	{ name: 'Template', value: 'template' },
] as const;

export type Resource = (typeof resources)[number];

/** The operations of a resource by name; with a provider, only those that it supports. */
export function operationsOf(resource: Resource['value'], provider?: Provider): Operation[] {
	return operations
		.filter((operation) => operation.resource === resource)
		.filter(({ offeredBy }) => provider === undefined || offeredBy === undefined || offeredBy(provider))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The outputs of an operation that the node does not know, such as one of a newer version. There are two of them, so
 * that the error output that n8n adds is not the second one: in such a workflow, that one can mean yes.
 */
export const fallbackOutputs = ['No', 'Yes'] as const;
