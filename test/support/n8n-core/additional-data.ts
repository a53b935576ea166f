import { ExternalSecretsProxy } from 'n8n-core';
import { UnexpectedError, type IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import type { HostParts } from './host-parts';

/** What n8n's server passes to n8n-core with every run. The paths are n8n's defaults. */
export function additionalDataOf({ vault, server }: HostParts): IWorkflowExecuteAdditionalData {
	const { address } = server;
	return {
		credentialsHelper: vault,
		currentNodeExecutionIndex: 0,
		variables: {},
		externalSecretsProxy: new ExternalSecretsProxy(),
		instanceBaseUrl: `${address}/`,
		restApiUrl: `${address}/rest`,
		formBaseUrl: `${address}/form`,
		formWaitingBaseUrl: `${address}/form-waiting`,
		formTestBaseUrl: `${address}/form-test`,
		webhookBaseUrl: `${address}/webhook`,
		webhookWaitingBaseUrl: `${address}/webhook-waiting`,
		webhookTestBaseUrl: `${address}/webhook-test`,
		mcpBaseUrl: `${address}/mcp`,
		mcpTestBaseUrl: `${address}/mcp-test`,
		executeWorkflow: refuse('sub-workflows'),
		startRunnerTask: refuse('task runners'),
		getRunExecutionData: async () => undefined,
		getRuntimeCredential: async () => undefined,
		logAiEvent: () => undefined,
	};
}

function refuse(what: string): () => Promise<never> {
	return async () => {
		throw new UnexpectedError(`This test host has no ${what}`);
	};
}
