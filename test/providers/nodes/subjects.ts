import { z } from 'zod';
import { accounts, type ProviderId } from '../../../sandbox/accounts';
import { sandboxCredentials } from '../../../dev/sandbox-credentials';
import type { CredentialData } from '../../support/n8n-core';
import { bodies, type CodeMessage } from './bodies';
import { metaCodes, oneMsgCodes, onPremisesCodes, waCrCodes, type CodeList } from './codes';
import { mistakes, settings, type Mistake, type Settings } from './mistakes';
import { oddAnswers, type OddAnswer } from './odd-answers';

/** A provider or one of its hostings, as the cases need to know it: from docs/reference/providers.md, never from providers/. */
export interface Subject {
	name: string;
	/** The sandbox's name for it. */
	id: ProviderId;
	/** The value of 'Provider'. */
	provider: string;
	/** The credential's type. */
	credential: string;
	account: (url: string) => CredentialData;
	/** What no output, record or log may hold. */
	secrets: string[];
	sendPath: string;
	body: (message: CodeMessage) => object;
	/** What an answer to a send tells. */
	receipt: { id: RegExp; status: string; tellsWaId: boolean };
	codes: CodeList;
	/** One code each of the classes that the cases go on with. */
	typical: Record<'recipient' | 'throttle' | 'transient', number | string>;
	settings: Settings;
	mistakes: readonly Mistake[];
	oddAnswers: readonly OddAnswer[];
	messagesPerSecond: number;
	/** What it offers for templates. */
	templates: ReadonlyArray<'create' | 'delete' | 'get' | 'getAll' | 'preview' | 'update'>;
	/** Whether a 401 makes n8n log in again and ask once more. */
	logsIn?: true;
	/** Whether it keeps and checks codes itself. */
	ownCodes?: true;
}

const values = z.record(z.union([z.string(), z.number(), z.boolean()]));

const accountNamed = (name: string) => (url: string) =>
	values.parse(sandboxCredentials(url).find((credential) => credential.name === name)?.data);

const { dialog360, dialog360OnPremises, metaCloud, oneMsg, onPremises, waCr } = accounts;

const wamid = /^wamid\./;
const cloud = {
	body: bodies.cloud,
	receipt: { id: wamid, status: 'accepted', tellsWaId: true },
	codes: metaCodes,
	typical: { recipient: 131026, throttle: 130429, transient: 131016 },
	settings: settings.cloud,
	messagesPerSecond: 80,
} satisfies Partial<Subject>;
const server = {
	receipt: { id: /^gBEG/, status: 'accepted', tellsWaId: false },
	codes: onPremisesCodes,
	typical: { recipient: 1013, throttle: 1015, transient: 1011 },
	messagesPerSecond: 45,
} satisfies Partial<Subject>;

export const subjects: readonly Subject[] = [
	{
		...cloud,
		...{ name: '360dialog (Cloud)', id: 'dialog360', provider: 'dialog360', credential: 'whatsAppOtp360DialogApi' },
		account: accountNamed('360dialog account'),
		secrets: [dialog360.apiKey],
		sendPath: '/360dialog/messages',
		mistakes: mistakes.dialog360,
		oddAnswers: oddAnswers.dialog360,
		templates: ['create', 'delete', 'get', 'getAll'],
	},
	{
		...server,
		...{ name: '360dialog (On-Premises)', id: 'dialog360OnPremises', provider: 'dialog360' },
		credential: 'whatsAppOtp360DialogApi',
		account: accountNamed('360dialog On-Premises account'),
		secrets: [dialog360OnPremises.apiKey],
		sendPath: '/360dialog-on-premises/v1/messages',
		body: bodies.server(dialog360OnPremises.namespace),
		settings: settings.hosted,
		mistakes: mistakes.dialog360OnPremises,
		oddAnswers: oddAnswers.dialog360OnPremises,
		templates: ['create', 'delete', 'get', 'getAll'],
	},
	{
		...cloud,
		...{ name: 'Meta Cloud API', id: 'metaCloud', provider: 'metaCloud', credential: 'whatsAppOtpMetaCloudApi' },
		account: accountNamed('Meta Cloud API account'),
		secrets: [metaCloud.accessToken, metaCloud.appSecret],
		sendPath: `/meta/v23.0/${metaCloud.phoneNumberId}/messages`,
		mistakes: mistakes.metaCloud,
		oddAnswers: oddAnswers.metaCloud,
		templates: ['create', 'delete', 'get', 'getAll', 'preview', 'update'],
	},
	{
		...{ name: '1MSG', id: 'oneMsg', provider: 'oneMsg', credential: 'whatsAppOtp1MsgApi' },
		account: accountNamed('1MSG account'),
		secrets: [oneMsg.token],
		sendPath: `/1msg/${oneMsg.channelId}/sendTemplate`,
		body: bodies.oneMsg,
		receipt: { id: wamid, status: 'accepted', tellsWaId: false },
		codes: oneMsgCodes,
		typical: { recipient: 131026, throttle: 'too_many_requests', transient: 131016 },
		settings: settings.oneMsg,
		mistakes: mistakes.oneMsg,
		oddAnswers: oddAnswers.oneMsg,
		messagesPerSecond: 80,
		templates: ['create', 'delete', 'get', 'getAll'],
	},
	{
		...server,
		...{ name: 'On-Premises API', id: 'onPremises', provider: 'onPremises', credential: 'whatsAppOtpOnPremisesApi' },
		account: accountNamed('On-Premises account'),
		secrets: [onPremises.password],
		sendPath: '/on-premises/v1/messages',
		body: bodies.server(onPremises.namespace),
		settings: settings.server,
		mistakes: mistakes.onPremises,
		oddAnswers: oddAnswers.onPremises,
		templates: [],
		logsIn: true,
	},
	{
		...{ name: 'WA.cr', id: 'waCr', provider: 'waCr', credential: 'whatsAppOtpWaCrApi' },
		account: accountNamed('WA.cr account'),
		secrets: [waCr.apiToken],
		sendPath: '/wa-cr/api/v2/auth/send-otp',
		body: bodies.waCr,
		receipt: { id: wamid, status: 'sent', tellsWaId: false },
		codes: waCrCodes,
		typical: { recipient: 'CONTACT_OPTED_OUT', throttle: 'RATE_LIMIT_EXCEEDED', transient: 'MESSAGE_SEND_FAILED' },
		settings: settings.waCr,
		mistakes: mistakes.waCr,
		oddAnswers: oddAnswers.waCr,
		messagesPerSecond: 1,
		templates: ['get', 'getAll'],
		ownCodes: true,
	},
];
