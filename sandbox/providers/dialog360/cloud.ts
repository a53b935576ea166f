import { z } from 'zod';
import { accounts } from '../../accounts';
import { frontDoor, refuseConfigs } from './envelopes';
import { templateCalls } from './templates';
import { webhookCalls } from './webhook';
import { metaError, metaErrorBody } from '../meta/errors';
import { metaStatusEvent, metaTemplateEvent, newWamid } from '../meta/events';
import { readSend, type SendRules } from '../meta/send-rules';
import type { Call, SandboxProvider } from '../../provider';

const id = 'dialog360';
const account = accounts[id];

/** A plus is passed on to Meta, which takes it (docs/reference/verification-rules.md 5; docs/reference/providers.md 0 has digits alone). */
const sendRules: SendRules = { to: /^\+?[1-9]\d{6,14}$/, sender: account.displayPhoneNumber };

const send: Call = {
	name: 'send',
	method: 'POST',
	path: '/messages',
	handle({ body, failure }, world) {
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

/** 360dialog with Cloud hosting (docs/reference/providers.md 3). */
export const dialog360Cloud: SandboxProvider = {
	id,
	name: '360dialog',
	path: '/360dialog',
	calls: [send, ...templateCalls(id, account), ...webhookCalls(id)],
	credential: (url) => ({ 'API Key': account.apiKey, 'Base URL': `${url}/360dialog` }),
	...frontDoor(account),
	refuse(refusal, call) {
		if (call !== 'send') return refuseConfigs(refusal);
		const { code, options } = refusal;
		return { status: options.status ?? metaError(code).status, body: metaErrorBody(refusal) };
	},
	recipient: (body) => z.object({ to: z.string() }).safeParse(body).data?.to.replace(/\D/g, ''),
	statusEvent: (changes, unknownFields) => metaStatusEvent(account, changes, unknownFields),
	templateEvent: (template) => metaTemplateEvent(account, template),
};
