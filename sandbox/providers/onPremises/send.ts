import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { State } from '../../state';
import { messageOf } from '../meta/message';
import type { Send } from '../meta/send-rules';
import { answer } from './error-codes';
import { OnPremisesState } from './state';

export interface OnPremisesAccount {
	namespace: string;
	displayPhoneNumber: string;
}

const parameter = z.object({ type: z.literal('text'), text: z.string().min(1) }).strict();

const component = z
	.object({
		type: z.enum(['header', 'body', 'button']),
		sub_type: z.string().optional(),
		index: z.union([z.string(), z.number()]).optional(),
		parameters: z.array(parameter),
	})
	.strict();

type Component = z.output<typeof component>;

/** It requires `namespace` and `policy`, and does not know `messaging_product` (docs/reference/providers.md 2.3). */
const schema = z
	.object({
		to: z.string().regex(/^[1-9]\d{6,14}$/, 'must be a wa_id: digits alone'),
		recipient_type: z.literal('individual').optional(),
		type: z.literal('template'),
		template: z
			.object({
				namespace: z.string().min(1),
				name: z.string().min(1),
				language: z.object({ code: z.string().min(1), policy: z.literal('deterministic') }).strict(),
				components: z.array(component).optional(),
			})
			.strict(),
	})
	.strict();

function read(body: unknown): z.output<typeof schema> {
	const result = schema.safeParse(body);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	const where = issue?.path.join('.') || 'body';
	if (issue?.code === 'unrecognized_keys') throw new Refusal(1010, { details: issue.keys });
	const isMissing = issue && 'received' in issue && String(issue.received) === 'undefined';
	if (isMissing) throw new Refusal(1008, { details: [where] });
	throw new Refusal(1009, { details: [`${where}: ${issue?.message}`] });
}

/** The code in one component: at most 15 characters, no links or emoji (docs/reference/providers.md 2.4, 1009). */
function codeIn(found: Component | undefined, where: string): string {
	const [first, ...others] = found?.parameters ?? [];
	if (first === undefined || others.length > 0) {
		const count = found?.parameters.length ?? 0;
		throw new Refusal(2000, { details: [`${where}: ${count} parameters, the template has 1`] });
	}
	const { text } = first;
	if ([...text].length > 15) throw new Refusal(1009, { details: [`${where}: more than 15 characters`] });
	if (/\p{Extended_Pictographic}|:\/\/|www\.|\s/iu.test(text)) {
		throw new Refusal(1009, { details: [`${where}: links, emoji and spaces are not allowed`] });
	}
	return text;
}

function codeOf(components: Component[]): string {
	const body = components.filter(({ type }) => type === 'body');
	const buttons = components.filter(({ type }) => type === 'button');
	if (components.length !== body.length + buttons.length || body.length > 1 || buttons.length > 1) {
		throw new Refusal(2000, { details: ['components: one body and one button expected'] });
	}
	const code = codeIn(body[0], 'body');
	const [button] = buttons;
	if (button && (button.sub_type !== 'url' || String(button.index) !== '0')) {
		throw new Refusal(2012, { details: [`button: ${button.sub_type} at index ${button.index}, url at 0 expected`] });
	}
	if (codeIn(button, 'button') !== code) throw new Refusal(1009, { details: ['button: differs from the body'] });
	return code;
}

/** Reads the body of a send. Throws a Refusal with the server's codes (docs/reference/providers.md 2.3, 2.4). */
function readSend(body: unknown, provider: string, account: OnPremisesAccount, state: State): Send {
	const { to, template: wanted } = read(body);
	if (to === account.displayPhoneNumber) throw new Refusal(1021, { details: ['message was sent to self'] });
	const contact = state.own(provider, OnPremisesState).contact(to);
	if (contact.state !== 'valid') throw new Refusal(1006, { details: ['unknown contact'] });
	const { namespace, name, language, components = [] } = wanted;
	const template = state.templates.find(provider, name, language.code);
	if (namespace !== account.namespace || template?.status !== 'APPROVED') {
		const place = `${namespace}, ${language.code}`;
		throw new Refusal(2001, { details: [`template name (${name}) does not exist in ${place}`] });
	}
	const { otp } = template;
	if (!otp) throw new Refusal(2012, { details: ['The sandbox only sends authentication templates'] });
	return { to, input: to, template: { ...template, otp }, code: codeOf(components) };
}

/** Looks like an id of the server: docs/reference/providers.md 2.3. */
const newMessageId = () => `gBEG${randomBytes(17).toString('base64url')}`;

export const send = (provider: string, account: OnPremisesAccount): Call => ({
	name: 'send',
	method: 'POST',
	path: '/v1/messages',
	handle({ body, failure }, state) {
		const accepted = readSend(body, provider, account, state);
		const id = newMessageId();
		state.accept(messageOf({ provider, id, send: accepted, at: state.now(), failure }));
		return answer(201, { messages: [{ id }] });
	},
});
