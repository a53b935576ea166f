import { z } from 'zod';
import { Refusal } from '../../refusal';
import type { Otp, Template, Templates } from '../../templates';

/** Differences between the providers that pass a send on to Meta. */
export interface SendRules {
	/** The allowed notation of a recipient (docs/reference/providers.md 0, row "`to` format"). */
	to: RegExp;
	/** The account's own number. It cannot send to itself (131021). */
	sender: string;
}

/** A send that Meta's rules allow. */
export interface Send {
	/** The recipient as the caller wrote it. */
	input: string;
	/** The recipient in digits: the wa_id. */
	to: string;
	template: Template & { otp: Otp };
	code: string;
	callbackData?: string;
}

const component = z.object({
	type: z.enum(['header', 'body', 'button']),
	sub_type: z.string().optional(),
	index: z.union([z.string(), z.number()]).optional(),
	parameters: z.array(z.unknown()).optional(),
});

type Component = z.output<typeof component>;

const schema = z.object({
	messaging_product: z.literal('whatsapp'),
	recipient_type: z.literal('individual').optional(),
	to: z.string(),
	type: z.string(),
	template: z.object({
		name: z.string().min(1),
		language: z.object({ code: z.string().min(1), policy: z.literal('deterministic').optional() }),
		components: z.array(component).optional(),
	}),
	biz_opaque_callback_data: z.string().max(512).optional(),
});

/** The place of a parameter in Meta's notation: template['components'][0]['type']. */
function place(path: Array<string | number>): string {
	const [first, ...rest] = path;
	return `${first}${rest.map((step) => (typeof step === 'number' ? `[${step}]` : `['${step}']`)).join('')}`;
}

function read(body: unknown): z.output<typeof schema> {
	const result = schema.safeParse(body);
	if (result.success) return result.data;
	const issue = result.error.issues[0];
	const where = issue?.path.length ? place(issue.path) : 'body';
	// Some issues of zod name the type of the value they received, others hold the value itself.
	const isMissing = issue && 'received' in issue && String(issue.received) === 'undefined';
	if (isMissing) throw new Refusal(100, { title: `The parameter ${where} is required.` });
	throw new Refusal(100, { title: `Param ${where} is not valid: ${issue?.message}` });
}

const wrongValue = (details: string) => new Refusal(131009, { details: [details] });

/** The code in one component: at most 15 characters, no links or emoji (docs/reference/providers.md 1.1, 2.4). */
function codeIn(parameter: unknown, where: string): string {
	const result = z.object({ type: z.literal('text'), text: z.string().min(1) }).safeParse(parameter);
	if (!result.success) throw wrongValue(`${where}: a parameter must be {"type":"text","text":"..."}`);
	const { text } = result.data;
	if ([...text].length > 15) throw wrongValue(`${where}: the code must not have more than 15 characters`);
	if (/\p{Extended_Pictographic}/u.test(text) || /:\/\/|www\./i.test(text) || /\s/.test(text)) {
		throw wrongValue(`${where}: the code must not contain links, emoji or spaces`);
	}
	return text;
}

function bodyCode(components: Component[]): string {
	const found = components.find(({ type }) => type === 'body')?.parameters ?? [];
	if (found.length !== 1) {
		const counts = `number of localizable_params (${found.length}) does not match`;
		throw new Refusal(132000, { details: [`body: ${counts} the expected number of params (1)`] });
	}
	return codeIn(found[0], 'body');
}

function buttonCode(components: Component[]): string {
	const missing = 'buttons: Button at index 0 of type Url requires a parameter';
	const button = components.find(({ type }) => type === 'button');
	if (!button) throw new Refusal(131008, { details: [missing] });
	if (button.sub_type !== 'url') throw wrongValue(`buttons: sub_type ${button.sub_type} must be url`);
	// Callers use both "0" and 0 (docs/reference/providers.md 1.6).
	if (String(button.index) !== '0') throw wrongValue(`buttons: there is no button at index ${button.index}`);
	const parameters = button.parameters ?? [];
	if (parameters.length === 0) throw new Refusal(131008, { details: [missing] });
	if (parameters.length > 1) throw wrongValue('buttons: one parameter expected');
	return codeIn(parameters[0], 'buttons');
}

function checkStatus({ name, language, status }: Template): void {
	if (status === 'APPROVED') return;
	if (status === 'PAUSED') throw new Refusal(132015, { details: [`template ${name} is paused`] });
	if (status === 'DISABLED') throw new Refusal(132016, { details: [`template ${name} is disabled`] });
	const state = status.toLowerCase();
	throw new Refusal(132001, { details: [`template name (${name}) in ${language} is ${state}, not approved`] });
}

function checkRecipient(to: string, rules: SendRules): void {
	if (!rules.to.test(to)) throw wrongValue(`to: ${to} is not a valid WhatsApp number`);
	if (to.replace(/\D/g, '') === rules.sender) throw new Refusal(131021);
}

/**
 * Reads the body of a send as Meta does (docs/reference/providers.md 1.6, 1.7 and 7.1). The code must be in the body
 * and in the button, both inside `template`. Throws a Refusal with Meta's codes.
 */
export function readSend(body: unknown, rules: SendRules, templates: Templates, provider: string): Send {
	const send = read(body);
	checkRecipient(send.to, rules);
	if (send.type !== 'template') {
		throw new Refusal(131051, { details: ['The sandbox only sends templates'] });
	}
	const { name, language, components = [] } = send.template;
	const template = templates.find(provider, name, language.code);
	if (!template) {
		const details = [`template name (${name}) does not exist in ${language.code}`];
		throw new Refusal(132001, { details });
	}
	checkStatus(template);
	if (z.object({ components: z.unknown() }).safeParse(body).data?.components !== undefined) {
		throw new Refusal(131008, { details: ['components must be inside template'] });
	}
	const { otp } = template;
	if (!otp) throw new Refusal(132018, { details: ['The sandbox only sends authentication templates'] });
	if (components.some(({ type }) => type === 'header')) {
		throw new Refusal(132012, { details: ['header: the template has no header'] });
	}
	if (components.length > 2) throw wrongValue('components: one body and one button expected');
	const code = bodyCode(components);
	if (buttonCode(components) !== code) throw wrongValue('buttons: the code differs from the one in the body');
	return {
		input: send.to,
		to: send.to.replace(/\D/g, ''),
		template: { ...template, otp },
		code,
		callbackData: send.biz_opaque_callback_data,
	};
}
