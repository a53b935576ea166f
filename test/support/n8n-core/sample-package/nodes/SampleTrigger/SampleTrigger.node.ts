import {
	NodeConnectionTypes,
	type IDataObject,
	type IHookFunctions,
	type IHttpRequestMethods,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

/** Registers at a server, and accepts only calls with the secret that it gave to the server. */
export class SampleTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Sample Trigger',
		name: 'sampleTrigger',
		icon: 'file:../icon.svg',
		group: ['trigger'],
		version: 2,
		description: 'Tests the test host',
		defaults: { name: 'Sample Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'sampleApi', required: true }],
		webhooks: [
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
			{ name: 'setup', httpMethod: 'GET', responseMode: 'onReceived', path: 'webhook' },
		],
		properties: [],
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return typeof this.getWorkflowStaticData('node').subscription === 'string';
			},
			async create(this: IHookFunctions): Promise<boolean> {
				const body = { url: this.getNodeWebhookUrl('default'), secret: 'between us' };
				const { id } = await subscriptions.call(this, 'POST', '', body);
				Object.assign(this.getWorkflowStaticData('node'), { subscription: id, secret: body.secret });
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				const data = this.getWorkflowStaticData('node');
				await subscriptions.call(this, 'DELETE', `/${data.subscription as string}`);
				delete data.subscription;
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const request = this.getRequestObject();
		const response = this.getResponseObject();
		if (this.getWebhookName() === 'setup') {
			return { webhookResponse: (this.getQueryData() as IDataObject)['hub.challenge'] };
		}
		if (this.getHeaderData()['x-secret'] !== this.getWorkflowStaticData('node').secret) {
			response.status(401).json({ message: 'Who are you?' });
			return { noWebhookResponse: true };
		}
		const body = this.getBodyData();
		if (body.explode) throw new Error('It exploded');
		if (body.nothing) return {};
		const bytes = request.rawBody.length;
		return { workflowData: [this.helpers.returnJsonArray([{ ...body, bytes }])], webhookResponse: { taken: true } };
	}
}

async function subscriptions(
	this: IHookFunctions,
	method: IHttpRequestMethods,
	path: string,
	body?: IDataObject,
): Promise<IDataObject> {
	const { baseUrl } = await this.getCredentials<{ baseUrl: string }>('sampleApi');
	const request = { method, url: `${baseUrl}/subscriptions${path}`, json: true, body };
	return (await this.helpers.httpRequestWithAuthentication.call(this, 'sampleApi', request)) as IDataObject;
}
