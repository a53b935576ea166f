import { CredentialTestContext, ExecuteContext, RoutingNode } from 'n8n-core';
import {
	createEmptyRunExecutionData,
	UnexpectedError,
	Workflow,
	type ICredentialTestFunction,
	type ICredentialTestRequest,
	type INode,
	type INodeCredentialTestResult,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { z } from 'zod';
import { additionalDataOf } from './additional-data';
import type { CredentialData } from './credentials';
import type { HostParts } from './host-parts';
import type { KnownTypes } from './known-types';
import { noOpType } from './plain-nodes';

export type CredentialTestResult = INodeCredentialTestResult;

/** The fields of an error of RoutingNode that n8n's CredentialsTester reads. */
const thrown = z.object({
	message: z.string(),
	cause: z
		.object({
			code: z.string().optional(),
			response: z.object({ status: z.number(), statusText: z.string().optional() }).optional(),
		})
		.optional()
		.catch(undefined),
});

/**
 * Does what n8n's Test button does. It calls the test function of a node that uses the credential, or it sends the
 * test request of the credential as a declarative node.
 * n8n's CredentialsTester is part of its server, so it is rebuilt here.
 */
export async function testCredential(
	host: HostParts,
	type: string,
	data: CredentialData,
): Promise<CredentialTestResult> {
	const { test } = host.types.credential(type).type;
	if (!test) return await testByNode(host, type, data);
	try {
		return judgeAnswer(await request(host, type, data, test), test);
	} catch (error) {
		return judgeFailure(thrown.parse(error), test);
	}
}

async function testByNode(host: HostParts, type: string, data: CredentialData): Promise<CredentialTestResult> {
	const test = testFunctionOf(host.types, type);
	if (!test) return { status: 'Error', message: 'No testing function found for this credential.' };
	const additionalData = additionalDataOf(host);
	const complete = await completed(host, type, data, additionalData);
	const credential = { id: '', name: 'temp', type, data: complete };
	return await test.call(new CredentialTestContext(additionalData), credential);
}

function testFunctionOf(types: KnownTypes, type: string): ICredentialTestFunction | undefined {
	for (const name of types.credential(type).supportedNodes) {
		const { description, methods } = types.getByNameAndVersion(name);
		const { testedBy } = description.credentials?.find((asked) => asked.name === type) ?? {};
		if (typeof testedBy !== 'string') continue;
		const test = methods?.credentialTest?.[testedBy];
		if (!test) throw new UnexpectedError(`${name} has no method ${testedBy} to test ${type} by`);
		return test;
	}
	return undefined;
}

async function completed(
	{ vault }: HostParts,
	type: string,
	data: CredentialData,
	additionalData: IWorkflowExecuteAdditionalData,
): Promise<CredentialData> {
	return await vault.evaluateAlone(vault.withDefaults(type, data), additionalData, 'internal');
}

async function request(
	host: HostParts,
	type: string,
	data: CredentialData,
	test: ICredentialTestRequest,
): Promise<INodeExecutionData[][] | undefined> {
	const { types, vault } = host;
	const saved = await vault.save(type, data);
	const node: INode = {
		id: 'temp',
		name: 'Temp-Node',
		type: noOpType,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [type]: saved },
	};
	const nodeType = declarativeNode(type, test, types);
	const nodeTypes: INodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const additionalData = { ...additionalDataOf(host), currentNodeParameters: node.parameters };
	const input = { main: [[{ json: {} }]] };
	const executeData = { node, data: {}, source: null };
	const state = createEmptyRunExecutionData();
	const context = new ExecuteContext(workflow, node, additionalData, 'internal', state, 0, [], input, executeData, []);
	const decrypted = { ...saved, type, data: await completed(host, type, data, additionalData) };
	return await workflow.expression.withIsolate(() => new RoutingNode(context, nodeType, decrypted).runNode());
}

function declarativeNode(type: string, { request }: ICredentialTestRequest, types: KnownTypes): INodeType {
	const noOp = types.getByNameAndVersion(noOpType);
	const temp = { displayName: 'Temp', name: 'temp', type: 'string', routing: { request }, default: '' } as const;
	return {
		description: { ...noOp.description, credentials: [{ name: type, required: true }], properties: [temp] },
	};
}

function judgeAnswer(answer: INodeExecutionData[][] | undefined, test: ICredentialTestRequest): CredentialTestResult {
	const body = answer?.[0]?.[0]?.json ?? {};
	for (const { type, properties } of test.rules ?? []) {
		if (type !== 'responseSuccessBody') continue;
		if (valueAt(body, properties.key) === properties.value) return { status: 'Error', message: properties.message };
	}
	return { status: 'OK', message: 'Connection successful!' };
}

function judgeFailure({ message, cause }: z.infer<typeof thrown>, test: ICredentialTestRequest): CredentialTestResult {
	const status = cause?.response?.status;
	if (status === undefined) return { status: 'Error', message: cause?.code ?? message };
	for (const { type, properties } of test.rules ?? []) {
		if (type === 'responseCode' && properties.value === status) return { status: 'Error', message: properties.message };
	}
	return { status: 'Error', message: cause?.response?.statusText || `Received HTTP status code: ${status}` };
}

function valueAt(body: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((value, key) => {
		return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
	}, body);
}
