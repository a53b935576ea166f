import { z } from 'zod';
import { accounts } from '../accounts';
import { metaError, metaErrorBody } from '../meta/errors';
import { metaStatusEvent, metaTemplateEvent, newWamid } from '../meta/events';
import { readSend, type SendRules } from '../meta/sendRules';
import { checkRoomFor, readNewTemplate, type TemplateRules } from '../meta/templateRules';
import type { Answer, Call, SandboxProvider } from '../provider';
import type { Template } from '../templates';

const id = 'dialog360';
const account = accounts[id];

/** 360dialog hands bodies on to Meta, of whose present Graph versions the rules are (providers.md 3.2). */
const templateRules: TemplateRules = { flatAppFields: false, ttlSeconds: { min: 30, max: 900 } };

/** A plus is passed on to Meta, which takes it (verification.md section 5; providers.md 0 has digits alone). */
const sendRules: SendRules = { to: /^\+?[1-9]\d{6,14}$/, sender: account.displayPhoneNumber };

/** The gateway's own answers, camelCase (providers.md 3.6, 2). */
const gateway = (status: number, httpCode: number, developerMessage: string): Answer => ({
	status,
	body: { meta: { httpCode, developerMessage, success: false } },
});

/** Answers of /v1/configs, snake_case (providers.md 3.6, 3). */
const configs = (status: number, developer_message: string, details: string[] = []): Answer => ({
	status,
	body: {
		meta: { success: false, http_code: status, developer_message, ...(details.length > 0 && { details }) },
	},
});

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

const createTemplate: Call = {
	name: 'createTemplate',
	method: 'POST',
	path: '/v1/configs/templates',
	handle({ body }, world) {
		const created = readNewTemplate(body, templateRules);
		checkRoomFor(created, world.templates, id);
		const template = world.createTemplate(id, created);
		return {
			status: 201,
			body: { id: template.id, status: template.status, category: template.category },
		};
	},
};

const number = (fallback: number, max: number) =>
	z.coerce.number().int().min(0).max(max).optional().default(fallback);

const sortable = 'business_templates.name';

const listQuery = z.object({
	limit: number(50, 1000),
	offset: number(0, Number.MAX_SAFE_INTEGER),
	sort: z.enum([sortable, `-${sortable}`]).optional().default(sortable),
	filters: z
		.string()
		.optional()
		.default('{}')
		.transform((text, context) => {
			try {
				const parsed: unknown = JSON.parse(text);
				return parsed;
			} catch {
				context.addIssue({ code: 'custom', message: 'not JSON' });
				return z.NEVER;
			}
		})
		.pipe(
			z
				.object({
					id: z.string(),
					partner_id: z.string(),
					[sortable]: z.string(),
					status: z.string(),
					category: z.string(),
					language: z.string(),
				})
				.partial()
				.strict(),
		),
});

/** A template as a list shows it: id of 360dialog's own, status in lower case (providers.md 3.3). */
function listed(template: Template) {
	const { name, language, category, components, ownId, status, rejectedReason, modifiedAt } = template;
	return {
		category,
		components,
		id: ownId,
		language,
		modified_at: `${new Date(modifiedAt).toISOString().slice(0, 19)}Z`,
		modified_by: { user_id: 'system', user_name: 'system' },
		name,
		namespace: account.namespace,
		partner_id: account.partnerId,
		rejected_reason: rejectedReason,
		status: status.toLowerCase(),
		waba_account_id: account.wabaAccountId,
	};
}

const listTemplates: Call = {
	name: 'listTemplates',
	method: 'GET',
	path: '/v1/configs/templates',
	handle({ query }, world) {
		const read = listQuery.safeParse(query);
		if (!read.success) {
			const details = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
			return configs(400, 'Invalid query', details);
		}
		const { limit, offset, sort, filters } = read.data;
		const { [sortable]: wantedName, ...others } = filters;
		const wanted = Object.entries({ ...others, ...(wantedName !== undefined && { name: wantedName }) });
		const found = world.templates
			.list(id)
			.map(listed)
			.filter((one) => {
				const fields = new Map<string, unknown>(Object.entries(one));
				return wanted.every(([key, value]) => String(fields.get(key)).toLowerCase() === value.toLowerCase());
			})
			.sort((a, b) => (sort === sortable ? 1 : -1) * (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
		const page = found.slice(offset, offset + limit);
		return {
			status: 200,
			body: {
				count: page.length,
				filters,
				limit,
				offset,
				sort: [sort],
				total: found.length,
				waba_templates: page,
			},
		};
	},
};

const deleteTemplate: Call = {
	name: 'deleteTemplate',
	method: 'DELETE',
	path: '/v1/configs/templates/:name',
	handle({ params }, world) {
		const { name = '' } = params;
		if (!world.templates.remove(id, name)) return configs(404, `template name=${name} was not found`);
		const developer_message = `template name=${name} template was deleted`;
		return { status: 200, body: { meta: { developer_message, http_code: 200, success: true } } };
	},
};

const subscription = z.object({
	// The real service wants https; here everything is on loopback. Empty: no webhook any more.
	url: z.union([z.literal(''), z.string().url().regex(/^https?:/, 'Must be an http(s) URL')]),
	headers: z.record(z.string()).optional(),
});

const setWebhook: Call = {
	name: 'setWebhook',
	method: 'POST',
	path: '/v1/configs/webhook',
	handle({ body }, world) {
		const read = subscription.safeParse(body);
		if (!read.success) {
			const details = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
			return configs(400, 'Invalid webhook', details);
		}
		const { url, headers = {} } = read.data;
		world.postman.subscribe(id, url === '' ? undefined : { url, headers });
		return { status: 200, body: { url, headers } };
	},
};

const getWebhook: Call = {
	name: 'getWebhook',
	method: 'GET',
	path: '/v1/configs/webhook',
	handle: (_request, world) => ({
		status: 200,
		body: world.postman.subscription(id) ?? { url: '', headers: {} },
	}),
};

/** 360dialog with Cloud hosting (providers.md 3). */
export const dialog360Cloud: SandboxProvider = {
	id,
	name: '360dialog',
	path: '/360dialog',
	calls: [send, createTemplate, listTemplates, deleteTemplate, setWebhook, getWebhook],
	credential: (url) => ({ 'API Key': account.apiKey, 'Base URL': `${url}/360dialog` }),
	authorize: ({ headers }) =>
		// HTTP 401 with 404 inside: providers.md 3.6.
		headers['d360-api-key'] === account.apiKey
			? undefined
			: gateway(401, 404, 'Invalid api_key or token expired'),
	unreadable: () => gateway(400, 400, 'The request body is not valid JSON'),
	unknownPath: (path) => gateway(403, 403, `This URL ${path} is blocked. More info: see the API reference`),
	refuse(refusal, call) {
		const { code, options } = refusal;
		const { status, title } = metaError(code);
		if (call === 'send') return { status: options.status ?? status, body: metaErrorBody(refusal) };
		const subcode = options.subcode === undefined ? '' : ` error_subcode ${options.subcode}`;
		const details = (options.details ?? [options.title ?? title]).map((one) => `(#${code})${subcode} ${one}`);
		return configs(options.status ?? status, options.title ?? title, details);
	},
	recipient: (body) => z.object({ to: z.string() }).safeParse(body).data?.to.replace(/\D/g, ''),
	statusEvent: (changes, unknownFields) => metaStatusEvent(account, changes, unknownFields),
	templateEvent: (template) => metaTemplateEvent(account, template),
};
