import type { INodeParameters } from 'n8n-workflow';
import { accounts } from '../../../sandbox/accounts';
import type { CredentialData } from '../../support/n8n-core';
import { byName } from '../../support/installation';

/** What a builder gets wrong, and what the node says of it before or after asking the provider. */
export interface Mistake {
	what: string;
	/** Fields of the credential. */
	account?: CredentialData;
	parameters?: INodeParameters;
	message: string;
	/** The setting to mend. */
	fix: string;
	/** n8n's hint of why; absent where the node sees it by itself. */
	cause?: 'credential-invalid' | 'configuration-invalid';
}

const noTemplate = (message: string, fix = "'Template' and 'Language'"): Mistake => ({
	...{ what: 'a template that there is not', parameters: byName('no_such_template'), message, fix },
	cause: 'configuration-invalid',
});

const credential = (what: string, account: CredentialData, message: string, fix: string): Mistake => ({
	...{ what, account, message, fix, cause: 'credential-invalid' },
});

const cloudTemplate = noTemplate('There is no approved template of this name in this language');
const serverTemplate = noTemplate('The server finds no approved template of this name in this language');

const noNamespace = credential(
	'no namespace',
	{ namespace: '' },
	"'Namespace' in the credential is empty",
	'namespace',
);
const otherNamespace: Mistake = {
	...{ what: 'another namespace', account: { namespace: 'of_somebody_else' }, cause: 'configuration-invalid' },
	...{ message: 'The server finds no approved template', fix: "'Namespace' in the credential" },
};

const apiKey = credential(
	'another API key',
	{ apiKey: 'd360-wrong-key' },
	'360dialog does not know this API key',
	"'API Key'",
);

export const mistakes = {
	dialog360: [apiKey, cloudTemplate],
	dialog360OnPremises: [apiKey, noNamespace, otherNamespace, serverTemplate],
	metaCloud: [
		credential(
			'another token',
			{ accessToken: 'EAAwrong' },
			'The access token is invalid or has expired',
			'token into the credential',
		),
		credential(
			'an old token',
			{ accessToken: accounts.metaCloud.expiredToken },
			'The access token has expired',
			'token into the credential',
		),
		credential(
			'the id of another number',
			{ phoneNumberId: '999' },
			'Meta knows nothing of this id',
			"'Phone Number ID'",
		),
		cloudTemplate,
	],
	onPremises: [
		credential(
			'another password',
			{ password: 'Wrong-Password-1' },
			'The server did not accept the login',
			"'Username' and 'Password'",
		),
		noNamespace,
		otherNamespace,
		serverTemplate,
	],
	oneMsg: [
		credential('another token', { token: 'wrong-token' }, '1MSG does not know this token', "'Channel ID', 'Token'"),
		credential(
			'another channel',
			{ channelId: 'SBX1' },
			'1MSG does not know this token for this channel',
			"'Channel ID'",
		),
		noNamespace,
		{ ...otherNamespace, message: 'The namespace is missing or wrong' },
		cloudTemplate,
	],
	waCr: [
		credential('another token', { apiToken: 'wrong-token' }, 'WA.cr does not accept the API token', "'API Token'"),
		credential(
			'a token without the scope',
			{ apiToken: accounts.waCr.readOnlyToken },
			'The API token lacks a scope',
			'messages:send',
		),
		noTemplate('WA.cr finds no approved authentication template'),
	],
} satisfies Record<string, Mistake[]>;

/** By class: a code of it, and what the node says that the builder should look at. */
export type Settings = Record<
	'template' | 'credential' | 'account' | 'permanent',
	readonly [code: number | string, fix: string]
>;

const cloud: Settings = {
	template: [132001, "Check 'Template' and 'Language'"],
	credential: [190, 'Put a new token into the credential'],
	account: [131042, 'Business Manager'],
	permanent: [131008, "Check 'Template'"],
};
const server: Settings = {
	template: [2001, "Check 'Template' and 'Language', and 'Namespace' in the credential"],
	credential: [1024, 'in the credential'],
	account: [402, 'Business Manager'],
	permanent: [1009, "Check 'Template'"],
};

export const settings = {
	cloud,
	server,
	/** Behind 360dialog nobody logs in. */
	hosted: { ...server, credential: [1005, "'API Key' in the credential"] },
	oneMsg: {
		template: ['unprocessable', "'Namespace' in the credential"],
		credential: ['wrong_token', "'Channel ID', 'Token' and 'Token In' in the credential"],
		account: ['blocked', "the channel's trial or subscription"],
		permanent: ['bad_request', 'the fields of this node'],
	},
	waCr: {
		template: ['RESOURCE_NOT_FOUND', "'Template' and 'Language'"],
		credential: ['UNAUTHORIZED', "'API Token' in the credential"],
		account: ['FEATURE_LIMIT_EXCEEDED', 'a larger plan'],
		permanent: ['VALIDATION_ERROR', "this node's fields"],
	},
} satisfies Record<string, Settings>;
