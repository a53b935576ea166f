import { ExternalSecretsProxy } from 'n8n-core';
import { UnexpectedError, type IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import type { CredentialVault } from './credentials';

/** Where n8n listens unless told otherwise. */
const defaultAddress = 'http://127.0.0.1:5678';

/** What n8n's server passes to n8n-core with every run, under the paths that it has by default. */
export function additionalDataOf(
	credentialsHelper: CredentialVault,
	address = defaultAddress,
): IWorkflowExecuteAdditionalData {
	return {
		credentialsHelper,
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
		throw new UnexpectedError(`The harness has no ${what}`);
	};
}
