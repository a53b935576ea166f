import { z } from 'zod';
import { metaError, metaErrorBody } from '../meta/errors';
import { metaStatusEvent, metaTemplateEvent, newWamid } from '../meta/events';
import { readSend, type SendRules } from '../meta/send-rules';
import { account, id, unknownObject, version } from './graph';
import { getObject } from './objects';
import { listTemplates, previewTemplates } from './template-list';
import { templateWrites } from './templates';
import { seal, webhookCalls } from './webhook';
import type { Answer, Call, SandboxProvider } from '../../provider';
import { Refusal } from '../../refusal';

const sendRules: SendRules = { to: /^\+?[1-9]\d{6,14}$/, sender: account.displayPhoneNumber };

const send: Call = {
	name: 'send',
	method: 'POST',
	path: `${version}/:phone/messages`,
	handle({ params, body, failure }, world) {
		const { phone = '' } = params;
		if (phone !== account.phoneNumberId) throw unknownObject(phone);
		const message = readSend(body, sendRules, world.templates, id);
		const wamid = newWamid(message.to);
		world.accept(id, wamid, message, failure);
		return {
			status: 200,
			body: {
				messaging_product: 'whatsapp',
				contacts: [{ input: message.input, wa_id: message.to }],
				messages: [{ id: wamid, message_status: 'accepted' }],
			},
		};
	},
};

function refuse(refusal: Refusal): Answer {
	const { code, options } = refusal;
	return { status: options.status ?? metaError(code).status, body: metaErrorBody(refusal) };
}

const bearer = (token: string) => `Bearer ${token}`;

/** Meta's Cloud API itself (docs/reference/providers.md 1). */
export const metaCloud: SandboxProvider = {
	id,
	name: 'Meta Cloud API',
	path: '/meta',
	calls: [send, getObject, listTemplates, previewTemplates, ...templateWrites, ...webhookCalls],
	credential: (url) => ({
		'Access Token': account.accessToken,
		'Phone Number ID': account.phoneNumberId,
		'Business Account ID': account.businessAccountId,
		'App Secret': account.appSecret,
		'Base URL': `${url}/meta`,
	}),
	authorize({ headers }, _world, call) {
		const given = headers.authorization;
		if (given === bearer(account.accessToken)) return undefined;
		if (given === bearer(account.expiredToken)) return refuse(new Refusal(190, { subcode: 463 }));
		if (given !== bearer(account.messagingToken)) return refuse(new Refusal(190));
		if (call === 'send') return undefined;
		return refuse(new Refusal(200, { title: 'You need the whatsapp_business_management permission' }));
	},
	unreadable: () => refuse(new Refusal(100, { title: 'The request body is not valid JSON' })),
	unknownPath: (path) => refuse(new Refusal(2500, { title: `Unknown path components: ${path}` })),
	refuse,
	recipient: (body) => z.object({ to: z.string() }).safeParse(body).data?.to.replace(/\D/g, ''),
	statusEvent: (changes, unknownFields) => metaStatusEvent(account, changes, unknownFields),
	templateEvent: (template) => metaTemplateEvent(account, template),
	seal: (body, wrongSecret) => seal(body, `${wrongSecret ? 'wrong-' : ''}${account.appSecret}`),
};
