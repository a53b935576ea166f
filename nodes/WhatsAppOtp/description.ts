import { NodeConnectionTypes, type INodeProperties, type INodePropertyOptions } from 'n8n-workflow';
import { defaultProviderId, listName, providers, type Provider } from '../../providers';
import { retiredNotices } from '../shared/retired-notices';
import { providerCredentialFields, storeCredentialField } from './credential-visibility';
import { fallbackOutputs, operationsOf, resources, type Resource } from './offered-operations';
import type { Operation } from './operation';
import { operations } from './operations';

type DisplayOptions = NonNullable<INodeProperties['displayOptions']>;

/** The operation that a resource starts with, if the provider supports it. */
const defaultOperation = { message: 'getStatus', otp: 'send', template: 'getAll' };

/** The field 'Operation', once for each set of operations that providers support. */
function operationFields({ value: resource }: Resource): INodeProperties[] {
	return groupProviders(resource).map(({ ids, offered }) => ({
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: shownForProviders(ids, resource),
		options: offered.map(operationOption),
		default: defaultOf(resource, offered),
	}));
}

function operationOption({ name, value, action, description, notForAgents }: Operation): INodePropertyOptions {
	const option = { name, value, action, description };
	return notForAgents === undefined ? option : { ...option, displayOptions: { hide: { '@tool': [true] } } };
}

function defaultOf(resource: Resource['value'], offered: Operation[]): string {
	const preferred = defaultOperation[resource];
	const found = offered.find(({ value }) => value === preferred) ?? offered[0];
	return found?.value ?? preferred;
}

/** Providers that support the same operations of a resource. Providers that support none are left out. */
function groupProviders(resource: Resource['value']): Array<{ ids: string[]; offered: Operation[] }> {
	const groups = new Map<string, { ids: string[]; offered: Operation[] }>();
	for (const provider of providers) {
		const offered = operationsOf(resource, provider);
		if (offered.length === 0) continue;
		const key = offered.map(({ value }) => value).join();
		const ids = [...(groups.get(key)?.ids ?? []), provider.id];
		groups.set(key, { ids, offered });
	}
	return [...groups.values()];
}

/** A notice for providers without any operation of a resource. Without it the panel would be empty. */
function noOperationNotices({ name: resourceName, value: resource }: Resource): INodeProperties[] {
	return providers
		.filter((provider) => operationsOf(resource, provider).length === 0)
		.map(({ id, name }) => ({
			displayName: `${name} has no operation for ${resourceName}. Choose another resource or another provider.`,
			name: 'nothingOffered',
			type: 'notice',
			default: '',
			displayOptions: { show: { resource: [resource], provider: [id] } },
		}));
}

/** For imported workflows: Operation shows the raw value of an operation that the provider does not have. */
function notOfferedNotices({ name: resourceName, value: resource }: Resource): INodeProperties[] {
	return providers.flatMap((provider): INodeProperties[] => {
		const offered = operationsOf(resource, provider);
		const others = operationsOf(resource).filter((operation) => !offered.includes(operation));
		if (offered.length === 0 || others.length === 0) return [];
		const operation = others.map(({ value }) => value);
		return [
			{
				displayName:
					`${provider.name} does not have this operation for ${resourceName}. ` +
					'Choose another operation or another provider.',
				name: 'operationNotOffered',
				type: 'notice',
				default: '',
				displayOptions: { show: { resource: [resource], provider: [provider.id], operation } },
			},
		];
	});
}

/** Operations that need nothing of the provider still show it, because Operation depends on it. */
const noProviderNotice: INodeProperties = {
	displayName: "'Provider' does not matter for this operation. It uses the codes that the node has stored.",
	name: 'providerUnused',
	type: 'notice',
	default: '',
	displayOptions: {
		show: {
			resource: ['otp'],
			operation: operations.filter(({ callsProvider }) => callsProvider === false).map(({ value }) => value),
		},
		hide: {
			provider: providers.filter(({ ownVerification }) => ownVerification !== undefined).map(({ id }) => id),
		},
	},
};

/**
 * The default provider's field is hidden for the other providers, instead of shown for its own. When Resource changes,
 * the editor resets an Operation that the new resource does not have. It does not do so if the field's conditions name
 * a parameter that still has its default.
 */
function shownForProviders(ids: string[], resource: Resource['value']): DisplayOptions {
	if (!ids.includes(defaultProviderId)) return { show: { resource: [resource], provider: ids } };
	const others = providers.map(({ id }) => id).filter((id) => !ids.includes(id));
	if (others.length === 0) return { show: { resource: [resource] } };
	return { show: { resource: [resource] }, hide: { provider: others } };
}

/** The properties of all operations of a resource. A property that several operations share appears once. */
function propertiesOf(resource: Resource['value']): INodeProperties[] {
	const offered = operationsOf(resource);
	return mergeInOrder(offered.map(({ properties: own }) => own)).map((property) => {
		const users = offered.filter(({ properties: own }) => own.includes(property));
		const operation = users.map(({ value }) => value);
		const show = { resource: [resource], operation, ...property.displayOptions?.show };
		const hidden = providersWithoutAny(users);
		return { ...property, displayOptions: hidden.length === 0 ? { show } : { show, hide: { provider: hidden } } };
	});
}

/** The ids of the providers that offer none of these operations. An imported workflow can have one of them chosen. */
function providersWithoutAny(some: readonly Operation[]): string[] {
	const isOffered = (provider: Provider) => some.some(({ offeredBy }) => offeredBy?.(provider) ?? true);
	return providers.filter((provider) => !isOffered(provider)).map(({ id }) => id);
}

/** Merges the lists into one that keeps the order of each. */
function mergeInOrder(lists: ReadonlyArray<readonly INodeProperties[]>): INodeProperties[] {
	const waiting = new Set(lists.flat());
	const merged: INodeProperties[] = [];
	while (waiting.size > 0) {
		const next = [...waiting].find((property) => !lists.some((list) => followsOne(property, list, waiting)));
		if (next === undefined) throw new Error('Two operations have the same fields in different orders');
		waiting.delete(next);
		merged.push(next);
	}
	return merged;
}

function followsOne(property: INodeProperties, list: readonly INodeProperties[], of: Set<INodeProperties>): boolean {
	return list.slice(0, Math.max(0, list.indexOf(property))).some((earlier) => of.has(earlier));
}

/** The labels of the outputs of each operation, by 'resource.operation'. */
const outputLabels = Object.fromEntries(
	operations.map(({ resource, value, outputs: labels }) => [`${resource}.${value}`, labels]),
);

const main = NodeConnectionTypes.Main;
const labelled = `labels.map((displayName) => ({ type: '${main}', displayName }))`;
const toOutputs = `(labels) => labels[1] ? ${labelled} : ['${main}']`;
const chosenLabels = `(${JSON.stringify(outputLabels)})[$parameter.resource + '.' + $parameter.operation]`;

/** The chosen operation decides the outputs and their labels. */
export const outputs = `={{ (${toOutputs})(${chosenLabels} ?? ${JSON.stringify(fallbackOutputs)}) }}` as const;

export const properties: INodeProperties[] = [
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: providers.map((provider) => ({ name: listName(provider), value: provider.id })),
		default: defaultProviderId,
		description: 'The service that delivers your WhatsApp messages',
	},
	...retiredNotices,
	// Places the credential here. Otherwise n8n would show it first, before the provider it depends on.
	{ displayName: 'Credential', name: 'credentials', type: 'credentials', default: '' },
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [...resources],
		default: 'otp',
	},
	...resources.flatMap(operationFields),
	...resources.flatMap(noOperationNotices),
	...resources.flatMap(notOfferedNotices),
	noProviderNotice,
	...providerCredentialFields,
	storeCredentialField,
	...resources.flatMap(({ value }) => propertiesOf(value)),
];
