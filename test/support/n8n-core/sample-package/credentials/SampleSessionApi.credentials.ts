import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

/** Logs in, and adds the token of the session to requests by a function. */
export class SampleSessionApi implements ICredentialType {
	name = 'sampleSessionApi';
	displayName = 'Sample Session API';
	icon: Icon = 'file:../nodes/icon.svg';
	restrictToSupportedNodes = true as const;
	properties: INodeProperties[] = [
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
		{ displayName: 'Token', name: 'token', type: 'hidden', typeOptions: { expirable: true }, default: '' },
	];
	test: ICredentialTestRequest = { request: { baseURL: '={{$credentials.baseUrl}}', url: '/session' } };

	async preAuthentication(this: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject): Promise<IDataObject> {
		const request: IHttpRequestOptions = { method: 'POST', url: `${credentials.baseUrl as string}/login`, json: true };
		return { token: ((await this.helpers.httpRequest(request)) as IDataObject).token };
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		return { ...request, headers: { ...request.headers, authorization: `Bearer ${credentials.token as string}` } };
	}
}
