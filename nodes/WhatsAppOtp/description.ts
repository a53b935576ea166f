import { NodeConnectionTypes, type INodeCredentialDescription, type INodeProperties } from 'n8n-workflow';
import { providers, type Provider } from '../../providers';
import { storeDescription } from '../shared/store-credential';
import type { Operation } from './operation';
import { operations } from './operations';

type DisplayOptions = NonNullable<INodeProperties['displayOptions']>;
type Shown = NonNullable<DisplayOptions['show']>;

const usualProvider = 'dialog360';

const resources = [
	{ name: 'Message', value: 'message' },
	{ name: 'One-Time Password', value: 'otp' },
	{ name: 'Template', value: 'template' },
] as const;

const firstChoice = { message: 'getStatus', otp: 'send', template: 'getAll' };

/** Both names of an operation in one, as the outputs are looked up by. */
const keyOf = ({ resource, value }: Operation) => `${resource}.${value}`;

function operationsOf(resource: string, provider?: Provider): Operation[] {
	return operations
		.filter((operation) => operation.resource === resource)
		.filter(({ offeredBy }) => provider === undefined || offeredBy === undefined || offeredBy(provider))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One choice of operations for all providers that can do the same: what a provider lacks is not offered. */
function operationChoices({ value: resource }: (typeof resources)[number]): INodeProperties[] {
	const groups = new Map<string, { ids: string[]; offered: Operation[] }>();
	for (const provider of providers) {
		const offered = operationsOf(resource, provider);
		const key = offered.map(({ value }) => value).join();
		const ids = [...(groups.get(key)?.ids ?? []), provider.id];
		if (offered.length > 0) groups.set(key, { ids, offered });
	}
	const usual = firstChoice[resource];
	return [...groups.values()].map(({ ids, offered }) => {
		const initial = offered.find(({ value }) => value === usual)?.value ?? offered[0]?.value ?? usual;
		return {
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			displayOptions: shownTo(ids, resource),
			options: offered.map(({ name, value, action, description }) => ({ name, value, action, description })),
			default: initial,
		};
	});
}

/** Where a provider has no operation at all, the editor would show an empty panel. */
function nothingOffered({ name: resourceName, value: resource }: (typeof resources)[number]): INodeProperties[] {
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

/**
 * What the usual provider is shown names the others instead: when Resource changes, the editor resets an Operation that
 * is none of the new ones, but looks up no field that has its default.
 */
function shownTo(ids: string[], resource: string): DisplayOptions {
	const others = providers.map(({ id }) => id).filter((id) => !ids.includes(id));
	if (!ids.includes(usualProvider)) return { show: { resource: [resource], provider: ids } };
	return { show: { resource: [resource] }, ...(others.length === 0 ? {} : { hide: { provider: others } }) };
}

/** A property shared by several operations stands once, shown for each of them. */
function propertiesOf(resource: string): INodeProperties[] {
	const offered = operationsOf(resource);
	return merged(offered.map(({ properties: own }) => own)).map((property) => {
		const operation = offered.filter(({ properties: own }) => own.includes(property)).map(({ value }) => value);
		return {
			...property,
			displayOptions: { show: { resource: [resource], operation, ...property.displayOptions?.show } },
		};
	});
}

/** All of the lists in one, so that each of them keeps its order. */
function merged(lists: ReadonlyArray<readonly INodeProperties[]>): INodeProperties[] {
	const order: INodeProperties[] = [];
	for (const list of lists) {
		for (const [index, property] of list.entries()) {
			if (order.includes(property)) continue;
			const next = list.slice(index + 1).find((later) => order.includes(later));
			order.splice(next === undefined ? order.length : order.indexOf(next), 0, property);
		}
	}
	return order;
}

const callsIt = ({ callsProvider: calls }: Operation, provider: Provider) =>
	typeof calls === 'function' ? calls(provider) : calls;

/**
 * A field for each provider, for n8n's editor keeps out of sight whatever field with choices a credential depends on,
 * and whatever that depends on: Provider, Resource and Operation would be gone.
 */
const callsName = ({ id }: Provider) => `${id}Called`;

/** A hidden field that is there whenever the provider is called. */
function hiddenFor(provider: Provider, resource: string, needing: Operation[], more: Shown = {}): INodeProperties[] {
	if (needing.length === 0) return [];
	const operation = needing.map(({ value }) => value);
	return [
		{
			displayName: 'Calls Provider',
			name: callsName(provider),
			type: 'hidden',
			default: true,
			displayOptions: { show: { provider: [provider.id], resource: [resource], operation, ...more } },
		},
	];
}

/** n8n shows a credential by one set of conditions, which can't say 'template.get, but not otp.get': this can. */
const callsProvider = providers.flatMap((provider) =>
	resources.flatMap(({ value: resource }) => {
		const offered = operationsOf(resource, provider);
		const asked = offered.filter((operation) => !callsIt(operation, provider) && operation.asksVerifier === true);
		return [
			...hiddenFor(
				provider,
				resource,
				offered.filter((operation) => callsIt(operation, provider)),
			),
			...(provider.ownVerification === undefined
				? []
				: hiddenFor(provider, resource, asked, { verifyWith: ['provider'] })),
		];
	}),
);

/** A hidden field for the store's credential: an operation on templates keeps nothing. */
const keepsVerifications: INodeProperties = {
	displayName: 'Keeps Verifications',
	name: 'keepsVerifications',
	type: 'hidden',
	default: true,
	displayOptions: { show: { resource: ['message', 'otp'] } },
};

const labelled = Object.fromEntries(
	operations.flatMap((operation) => (operation.outputs.length > 1 ? [[keyOf(operation), operation.outputs]] : [])),
);

/** Outputs are labelled by the operation chosen. */
export const outputs =
	`={{ ((labels) => labels ? labels.map((displayName) => ({ type: '${NodeConnectionTypes.Main}', displayName })) : ['${NodeConnectionTypes.Main}'])((${JSON.stringify(labelled)})[$parameter.resource + '.' + $parameter.operation]) }}` as const;

export const credentials: INodeCredentialDescription[] = [
	...providers.map((provider) => ({
		name: provider.credential,
		required: true,
		displayOptions: { show: { [callsName(provider)]: [true] } },
	})),
	{ ...storeDescription, displayOptions: { show: { [keepsVerifications.name]: [true] } } },
];

export const properties: INodeProperties[] = [
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: providers.map(({ id, name }) => ({ name, value: id })),
		default: usualProvider,
		description: 'Who delivers your WhatsApp messages',
	},
	// The place of the credential; n8n would put it first, before the provider that it belongs to.
	{ displayName: 'Credential', name: 'credentials', type: 'credentials', default: '' },
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [...resources],
		default: 'otp',
	},
	...resources.flatMap(operationChoices),
	...resources.flatMap(nothingOffered),
	...callsProvider,
	keepsVerifications,
	...resources.flatMap(({ value }) => propertiesOf(value)),
];
