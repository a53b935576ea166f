import { NodeConnectionTypes, type INodeCredentialDescription, type INodeProperties } from 'n8n-workflow';

import { providers } from '../../providers';
import type { Operation } from './operation';
import { operations } from './operations';

const resources = [
	{ name: 'One-Time Password', value: 'otp' },
	{ name: 'Template', value: 'template' },
] as const;

const firstChoice = { otp: 'send', template: 'getAll' };

/** Both names of an operation in one, as the outputs are looked up by. */
const keyOf = ({ resource, value }: Operation) => `${resource}.${value}`;

function operationsOf(resource: string): Operation[] {
	return operations.filter((operation) => operation.resource === resource).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function operationChoice({ value: resource }: (typeof resources)[number]): INodeProperties {
	const initial = firstChoice[resource];
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: operationsOf(resource).map(({ name, value, action, description }) => ({ name, value, action, description })),
		default: initial,
	};
}

/** A property shared by several operations stands once, shown for each of them. */
function propertiesOf(resource: string): INodeProperties[] {
	const shownFor = new Map<INodeProperties, string[]>();
	for (const operation of operationsOf(resource)) {
		for (const property of operation.properties) {
			shownFor.set(property, [...(shownFor.get(property) ?? []), operation.value]);
		}
	}
	return [...shownFor].map(([property, values]) => ({
		...property,
		displayOptions: { show: { resource: [resource], operation: values, ...property.displayOptions?.show } },
	}));
}

/** n8n shows a credential by one set of conditions, which can't say 'template.get, but not otp.get': this can. */
const callsProvider: INodeProperties[] = resources.map(({ value: resource }) => ({
	displayName: 'Calls Provider',
	name: 'callsProvider',
	type: 'hidden',
	default: true,
	displayOptions: {
		show: {
			resource: [resource],
			operation: operationsOf(resource).flatMap(({ callsProvider: calls, value }) => (calls ? [value] : [])),
		},
	},
}));

const labelled = Object.fromEntries(
	operations.flatMap((operation) => (operation.outputs.length > 1 ? [[keyOf(operation), operation.outputs]] : [])),
);

/** Outputs are labelled by the operation chosen. */
export const outputs = `={{ ((labels) => labels ? labels.map((displayName) => ({ type: '${NodeConnectionTypes.Main}', displayName })) : ['${NodeConnectionTypes.Main}'])((${JSON.stringify(labelled)})[$parameter.resource + '.' + $parameter.operation]) }}` as const;

export const credentials: INodeCredentialDescription[] = providers.map(({ id, credential }) => ({
	name: credential,
	required: true,
	displayOptions: { show: { provider: [id], callsProvider: [true] } },
}));

export const properties: INodeProperties[] = [
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: providers.map(({ id, name }) => ({ name, value: id })),
		default: 'dialog360',
		description: 'Who delivers your WhatsApp messages',
	},
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [...resources],
		default: 'otp',
	},
	...resources.map(operationChoice),
	...callsProvider,
	...resources.flatMap(({ value }) => propertiesOf(value)),
];
