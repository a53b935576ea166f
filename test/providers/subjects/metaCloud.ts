import { createHmac } from 'node:crypto';
import { accounts } from '../../../sandbox/accounts';
import { graphAnswers, metaCloudShape } from './meta';
import { metaPayloads } from './meta-webhooks';
import { errorOf, gatewayAnswers, uncertain } from './odd-answers';
import { accountNamed, credentialMistake, noServer, unknownTemplate, type Subject } from './subject';

const { accessToken, appSecret, expiredToken, messagingToken, phoneNumberId, proofToken } = accounts.metaCloud;
const authorization = `Bearer ${accessToken}`;
/** docs/reference/providers.md 1.6 */
const proofOf = (token: string) => createHmac('sha256', appSecret).update(token).digest('hex');

const testAnswer = (status: number, body: unknown) => ({
	call: 'getAccount' as const,
	effect: { answer: { status, body } },
});

/** docs/reference/providers.md 1 */
export const metaCloud: Subject = {
	...metaCloudShape,
	name: 'Meta Cloud API',
	id: 'metaCloud',
	provider: 'metaCloud',
	credential: 'whatsAppOtpMetaCloudApi',
	account: accountNamed('Meta Cloud API account'),
	headers: async () => ({ Authorization: authorization }),
	secrets: [accessToken, appSecret, proofToken],
	authentication: [
		{
			what: 'the access token, and its proof by the app secret',
			header: { name: 'authorization', value: authorization },
			query: { appsecret_proof: proofOf(accessToken) },
		},
		{
			what: 'the token of an app that demands the proof',
			fields: { accessToken: proofToken },
			header: { name: 'authorization', value: `Bearer ${proofToken}` },
			query: { appsecret_proof: proofOf(proofToken) },
		},
		{
			what: 'the access token alone, if there is no app secret',
			fields: { appSecret: ' ' },
			header: { name: 'authorization', value: authorization },
		},
		{
			what: 'a pasted access token',
			fields: { accessToken: ` Bearer ${accessToken}\n` },
			query: { appsecret_proof: proofOf(accessToken) },
			header: { name: 'authorization', value: authorization },
		},
	],
	credentialTest: {
		accepted: [
			{ what: 'an empty API version', fields: { apiVersion: '' } },
			{ what: 'the token of an app that demands the proof', fields: { accessToken: proofToken } },
			{ what: 'an API version without the v', fields: { apiVersion: '21.0' } },
			{ what: 'an empty app secret', fields: { appSecret: '' } },
			{
				what: 'a pasted token and ID',
				fields: { accessToken: `\u200b"Bearer ${accessToken}"\n`, phoneNumberId: `\u202a${phoneNumberId}\u202c ` },
			},
		],
		refused: [
			{
				what: 'another token',
				fields: { accessToken: 'wrong' },
				message: 'The access token is invalid or has expired. Put a new token',
			},
			{
				what: 'an expired token',
				fields: { accessToken: expiredToken },
				message: 'The access token has expired',
			},
			{
				what: 'a token without the permission',
				fields: { accessToken: messagingToken },
				message: 'whatsapp_business_management',
			},
			{ what: 'the secret of another app', fields: { appSecret: 'x' }, message: "'App Secret'" },
			{
				what: 'no app secret for an app that demands the proof',
				fields: { accessToken: proofToken, appSecret: '' },
				message: "'App Secret'",
			},
			{ what: 'another phone number ID', fields: { phoneNumberId: '1234' }, message: "Check 'Phone Number ID'" },
			noServer('ECONNREFUSED'),
		],
		faults: [
			{
				what: 'a phone number that may not send',
				fault: testAnswer(200, { id: '1', health_status: { can_send_message: 'BLOCKED' } }),
				message: 'does not allow this number to send',
			},
			{
				what: 'an unknown error code',
				fault: testAnswer(400, { error: { code: 999_999 } }),
				message: "Check 'Base URL' and 'Phone Number ID'",
			},
			{ what: 'an HTML page', fault: testAnswer(200, '<html>'), message: "This is not Meta's Graph API" },
		],
	},
	sendPath: `/meta/v25.0/${phoneNumberId}/messages`,
	pathOfApi: '/v25.0',
	mistakes: [
		credentialMistake(
			'another token',
			{ accessToken: 'EAAwrong' },
			'The access token is invalid or has expired',
			'token into the credential',
		),
		credentialMistake(
			'an expired token',
			{ accessToken: expiredToken },
			'The access token has expired',
			'token into the credential',
		),
		credentialMistake(
			'the ID of another phone number',
			{ phoneNumberId: '999' },
			'Meta does not know this ID',
			"'Phone Number ID'",
		),
		unknownTemplate('There is no approved template with this name in this language'),
	],
	oddAnswers: [
		...gatewayAnswers,
		...graphAnswers,
		uncertain('an empty list of messages', 200, { messages: [] }, errorOf(200, 'transient')),
	],
	templates: { operations: ['create', 'delete', 'get', 'getAll', 'preview', 'update'], pageSize: 100 },
	webhook: { secretIn: 'signature', payloads: metaPayloads },
};
