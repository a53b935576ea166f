import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

export class SampleApi implements ICredentialType {
	name = 'sampleApi';
	displayName = 'Sample API';
	icon: Icon = 'file:../nodes/icon.svg';
	properties: INodeProperties[] = [
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
		{ displayName: 'Key', name: 'key', type: 'string', typeOptions: { password: true }, default: '' },
		{ displayName: 'Header', name: 'header', type: 'string', default: 'x-api-key' },
	];
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { '={{$credentials.header}}': '={{$credentials.key}}' } },
	};
	test: ICredentialTestRequest = {
		request: { baseURL: '={{$credentials.baseUrl}}', url: '/account' },
		rules: [{ type: 'responseCode', properties: { value: 401, message: 'The key is not known' } }],
	};
}
