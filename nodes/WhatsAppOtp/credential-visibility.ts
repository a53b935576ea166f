import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';
import { providers, type Provider } from '../../providers';
import { testMethodOf } from '../shared/account-test';
import { omitUndefined } from '../shared/omit-undefined';
import { storeDescription } from '../shared/store-credential';
import { operationsOf, resources, type Resource } from './offered-operations';
import type { Operation } from './operation';

/*
 * n8n shows a credential under one set of conditions. One set can't express "for template.get, but not for otp.get".
 * So each credential depends on a hidden field, which can stand in the list of properties several times, each time with
 * other conditions.
 *
 * Each provider has a separate hidden field. The credential can't depend on Provider, Resource and Operation directly:
 * the editor hides a field with choices if a credential depends on it, and also the fields that this field depends on.
 */

type Conditions = NonNullable<NonNullable<INodeProperties['displayOptions']>['show']>;

/** The parameter name of a provider's hidden field. It is public and must not change. */
const hiddenNameOf = ({ id }: Provider) => `${id}Called`;

/** A hidden field for each provider and resource that is shown while the node needs the provider's credential. */
export const providerCredentialFields: INodeProperties[] = providers.flatMap((provider) =>
	resources.flatMap(({ value: resource }) => fieldsOf(provider, resource)),
);

function fieldsOf(provider: Provider, resource: Resource['value']): INodeProperties[] {
	const offered = operationsOf(resource, provider);
	const calling = offered.filter((operation) => needsCredential(operation, provider));
	const fields = hiddenField(provider, resource, calling);
	if (provider.ownVerification === undefined) return fields;
	const asking = offered.filter((operation) => operation.asksVerifier === true && !calling.includes(operation));
	return [...fields, ...hiddenField(provider, resource, asking, { verifyWith: ['provider'] })];
}

function needsCredential({ callsProvider }: Operation, provider: Provider): boolean {
	return typeof callsProvider === 'function' ? callsProvider(provider) : callsProvider;
}

function hiddenField(
	provider: Provider,
	resource: Resource['value'],
	shownFor: Operation[],
	conditions: Conditions = {},
): INodeProperties[] {
	if (shownFor.length === 0) return [];
	const operation = shownFor.map(({ value }) => value);
	const show = { provider: [provider.id], resource: [resource], operation, ...conditions };
	return [
		{
			displayName: 'Calls Provider',
			name: hiddenNameOf(provider),
			type: 'hidden',
			default: true,
			displayOptions: { show },
		},
	];
}

/** A hidden field for the credential of the store: operations on templates store nothing. */
export const storeCredentialField: INodeProperties = {
	displayName: 'Keeps Verifications',
	name: 'keepsVerifications',
	type: 'hidden',
	default: true,
	displayOptions: { show: { resource: ['message', 'otp'] } },
};

export const credentials: INodeCredentialDescription[] = [
	...providers.map((provider) => ({
		name: provider.credential,
		required: true,
		...omitUndefined({ testedBy: testMethodOf(provider) }),
		displayOptions: { show: { [hiddenNameOf(provider)]: [true] } },
	})),
	{ ...storeDescription, displayOptions: { show: { [storeCredentialField.name]: [true] } } },
];
