import {
	NodeConnectionTypes,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	type NodeApiError,
} from 'n8n-workflow';

const page: IWebhookDescription = {
	name: 'default',
	httpMethod: 'GET',
	responseMode: 'onReceived',
	responseData: '',
	path: '={{ $parameter["operation"] === "sendAndWait" ? $nodeId : "" }}',
	restartWebhook: true,
	isFullPath: true,
};

type Outputs = [INodeExecutionData[], INodeExecutionData[]];

/** Calls a server for each item. Answers leave by the first output, refusals by the second. */
export class Sample implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sample',
		name: 'sample',
		icon: 'file:../icon.svg',
		group: ['output'],
		version: [1, 2],
		defaultVersion: 2,
		description: 'Tests the test host',
		defaults: { name: 'Sample' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Answered', 'Refused'],
		credentials: [
			{ name: 'sampleApi', required: true, displayOptions: { show: { login: ['key'] } } },
			{ name: 'sampleSessionApi', required: true, displayOptions: { show: { login: ['session'] } } },
		],
		webhooks: [page, { ...page, httpMethod: 'POST' }],
		properties: [
			{
				displayName: 'Login',
				name: 'login',
				type: 'options',
				options: [
					{ name: 'Key', value: 'key' },
					{ name: 'Session', value: 'session' },
				],
				default: 'key',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				options: ['ask', 'wait', 'sendAndWait'].map((value) => ({ name: value, value })),
				default: 'ask',
			},
			{ displayName: 'Path', name: 'path', type: 'string', default: '', required: true },
			{ displayName: 'Request', name: 'request', type: 'json', default: '{}' },
		],
	};

	methods = {
		loadOptions: {
			async getColours(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				const path = this.getCurrentNodeParameter('path') as string;
				return (await listOf.call(this, path)).map((name) => ({ name, value: name }));
			},
		},
		listSearch: {
			async searchColours(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
				const names = (await listOf.call(this, '/colours')).filter((name) => name.includes(filter ?? ''));
				return { results: names.map((name) => ({ name, value: name })) };
			},
		},
	};

	/** While the run waits, it shows a page. The right word in a form continues the run by the second output. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { word } = this.getBodyData();
		if (word === 'please') {
			return { workflowData: [[], [{ json: { word } }]], webhookResponse: '<p>Thank you' };
		}
		this.getResponseObject()
			.type('html')
			.send(word ? '<p>No' : '<form method="post">');
		return { noWebhookResponse: true };
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0);
		if (operation !== 'ask') {
			await this.putExecutionToWait(new Date('2100-01-01T00:00:00Z'));
			return [this.getInputData()];
		}
		const outputs: Outputs = [[], []];
		for (const [item] of this.getInputData().entries()) await askFor(this, item, outputs);
		this.addExecutionHints({ message: `${outputs[0].length} answered`, location: 'outputPane' });
		return outputs;
	}
}

async function askFor(node: IExecuteFunctions, item: number, [answered, refused]: Outputs): Promise<void> {
	try {
		const login = node.getNodeParameter('login', item) === 'session' ? 'sampleSessionApi' : 'sampleApi';
		const { baseUrl } = await node.getCredentials<{ baseUrl: string }>(login, item);
		const path = node.getNodeParameter('path', item) as string;
		const more = node.getNodeParameter('request', item, {}, { ensureType: 'json' }) as Partial<IHttpRequestOptions>;
		const request = { url: `${baseUrl}${path}`, json: true, ...more };
		node.logger.debug(`Asking for ${path}`);
		const json = (await node.helpers.httpRequestWithAuthentication.call(node, login, request)) as IDataObject;
		(json.refused ? refused : answered).push({ json, pairedItem: { item } });
	} catch (error) {
		if (!node.continueOnFail()) throw new NodeOperationError(node.getNode(), error as Error, { itemIndex: item });
		const { message, httpCode, cause } = error as NodeApiError;
		const { name, code } = (cause ?? {}) as { name?: string; code?: string };
		answered.push({ json: { error: message, details: { httpCode, cause: { name, code } } }, pairedItem: { item } });
	}
}

async function listOf(this: ILoadOptionsFunctions, path: string): Promise<string[]> {
	const { baseUrl } = await this.getCredentials<{ baseUrl: string }>('sampleApi');
	const request = { url: `${baseUrl}${path}`, json: true };
	return (await this.helpers.httpRequestWithAuthentication.call(this, 'sampleApi', request)) as string[];
}
