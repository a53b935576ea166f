import { Credentials, getAdditionalKeys } from 'n8n-core';
import {
	ICredentialsHelper,
	isExpression,
	NodeHelpers,
	UnexpectedError,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialsExpressionResolveValues,
	type ICredentialType,
	type IExecuteData,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeProperties,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { z } from 'zod';
import type { KnownTypes } from './known-types';
import { noOpType } from './plain-nodes';

/** The fields of this package's credentials. n8n's type for them would also allow lists and objects. */
const fields = z.record(z.union([z.string(), z.number(), z.boolean()]));

export type CredentialData = z.infer<typeof fields>;

/** How a node refers to a credential. */
export class SavedCredential {
	constructor(
		readonly id: string,
		readonly name: string,
	) {}
}

/** As n8n does, credentials are evaluated on a node that has no other purpose. */
const bearer: INode = { id: '', name: 'bearer', type: noOpType, typeVersion: 1, position: [0, 0], parameters: {} };

/**
 * n8n's CredentialsHelper, with a map in place of the database. n8n-core expects the host to bring one.
 * The stored data is encrypted by n8n-core as in a real n8n.
 */
export class CredentialVault extends ICredentialsHelper {
	private readonly saved = new Map<string, Credentials>();

	constructor(private readonly types: KnownTypes) {
		super();
	}

	async save(type: string, data: CredentialData): Promise<SavedCredential> {
		const known = new Set(this.getCredentialsProperties(type).map(({ name }) => name));
		const unknown = Object.keys(data).filter((name) => !known.has(name));
		if (unknown.length > 0) throw new UnexpectedError(`${type} has no field ${unknown.join(', ')}`);
		const reference = new SavedCredential(`credential-${this.saved.size + 1}`, `My ${type}`);
		const credentials = new Credentials(reference, type);
		this.saved.set(reference.id, credentials);
		await credentials.setData(data);
		return reference;
	}

	/** The saved data, before defaults and expressions: it holds the token of a login, for example. */
	async read({ id }: SavedCredential): Promise<CredentialData> {
		const credentials = this.saved.get(id);
		if (!credentials) throw new UnexpectedError(`There is no credential ${id}`);
		return fields.parse(await credentials.getData());
	}

	override async getCredentials({ id, name }: INodeCredentialsDetails, type: string): Promise<Credentials> {
		const credentials = id === null ? undefined : this.saved.get(id);
		if (credentials?.type === type) return credentials;
		throw new UnexpectedError(`There is no credential "${name}" of type ${type}`);
	}

	override async updateCredentials(
		details: INodeCredentialsDetails,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		await (await this.getCredentials(details, type)).setData(data);
	}

	override async updateCredentialsOauthTokenData(): Promise<void> {
		throw new UnexpectedError('This test host can not store OAuth tokens');
	}

	override getParentTypes(name: string): string[] {
		const parents = this.types.credential(name).type.extends ?? [];
		return parents.flatMap((parent) => [parent, ...this.getParentTypes(parent)]);
	}

	override isCredentialUsableByNode(credentialType: string, nodeType: string): boolean {
		if (!this.types.knowsCredential(credentialType)) return true;
		const { type, supportedNodes } = this.types.credential(credentialType);
		return !type.restrictToSupportedNodes || supportedNodes.includes(nodeType);
	}

	override getCredentialsProperties(name: string): INodeProperties[] {
		const { type } = this.types.credential(name);
		const properties: INodeProperties[] = [];
		for (const parent of type.extends ?? []) {
			NodeHelpers.mergeNodeProperties(properties, this.getCredentialsProperties(parent));
		}
		NodeHelpers.mergeNodeProperties(properties, type.properties);
		return properties;
	}

	override async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		details: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		scope?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const data = await (await this.getCredentials(details, type)).getData();
		if (raw) return data;
		const complete = this.withDefaults(type, fields.parse(data));
		if (!scope) return await this.evaluateAlone(complete, additionalData, mode);
		const keys = getAdditionalKeys(additionalData, mode, null, { isCredential: true });
		const { workflow, runExecutionData, runIndex, itemIndex, node, connectionInputData } = scope;
		const evaluated = workflow.expression.getParameterValue(
			complete,
			runExecutionData,
			runIndex,
			itemIndex,
			node.name,
			connectionInputData,
			mode,
			keys,
			executeData,
			false,
			complete,
		);
		return fields.parse(evaluated);
	}

	withDefaults(type: string, data: CredentialData): CredentialData {
		return fields.parse(
			NodeHelpers.getNodeParameters(this.getCredentialsProperties(type), data, true, false, null, null),
		);
	}

	async evaluateAlone(
		data: CredentialData,
		additionalData: IWorkflowExecuteAdditionalData,
		mode: WorkflowExecuteMode,
	): Promise<CredentialData> {
		const keys = getAdditionalKeys(additionalData, mode, null, { isCredential: true });
		const workflow = new Workflow({ nodes: [bearer], connections: {}, active: false, nodeTypes: this.types });
		return await workflow.expression.withIsolate(async () => {
			const { expression } = workflow;
			return fields.parse(expression.getComplexParameterValue(bearer, data, mode, keys, undefined, undefined, data));
		});
	}

	/** In a declarative `authenticate`, both the names and the values of fields are expressions. */
	override async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		request: IHttpRequestOptions,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.types.credential(typeName).type;
		if (!authenticate) return request;
		if (typeof authenticate === 'function') return await authenticate(credentials, request);
		if (!workflow || !node) throw new UnexpectedError(`${typeName} can't be evaluated outside a workflow`);
		const resolve = (value: unknown): string => {
			if (!isExpression(value)) return String(value);
			const keys = { $credentials: credentials };
			const resolved = workflow.expression.getSimpleParameterValue(node, value, 'internal', keys, undefined, '');
			return resolved ? String(resolved) : '';
		};
		request.headers ??= {};
		const parts: Record<string, unknown> = { ...authenticate.properties };
		for (const [part, given] of Object.entries(parts)) {
			const resolved = membersOf(part, given).map(([key, value]) => [resolve(key), resolve(value)] as const);
			const before: unknown = Reflect.get(request, part);
			Object.assign(request, { [part]: Object.assign(before ?? {}, Object.fromEntries(resolved)) });
		}
		return request;
	}

	/** Logs in if the expirable field is empty or was refused, and saves the result. */
	override async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		node: INode,
		credentialsExpired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const { type } = this.types.credential(typeName);
		const expirable = expirableField(type);
		if (expirable === undefined || !type.preAuthentication) return undefined;
		const isTest = node.parameters.temp === '' && node.type === noOpType;
		if (credentials[expirable] !== '' && !credentialsExpired && !isTest) return undefined;
		const output = await type.preAuthentication.call(helpers, credentials);
		if (output[expirable] === undefined) return undefined;
		const details = node.credentials?.[typeName];
		if (!details) return undefined;
		const fresh = fields.parse(output);
		const stored = await (await this.getCredentials(details, typeName)).getData();
		const kept = Object.entries(fresh).filter(([key]) => key === expirable || !isExpression(stored[key]));
		await this.updateCredentials(details, typeName, { ...stored, ...Object.fromEntries(kept) });
		return Object.assign(credentials, fresh);
	}

	override async runPreAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const { preAuthentication } = this.types.credential(typeName).type;
		return preAuthentication && fields.parse(await preAuthentication.call(helpers, credentials));
	}
}

function expirableField({ properties }: ICredentialType): string | undefined {
	return properties.find(({ type, typeOptions }) => type === 'hidden' && typeOptions?.expirable === true)?.name;
}

function membersOf(part: string, given: unknown): Array<[string, unknown]> {
	if (typeof given === 'object' && given !== null) return Object.entries(given);
	// n8n would split a text into its letters without an error.
	throw new UnexpectedError(`n8n doesn't understand "${part}" of a credential's authenticate`);
}
