import { z } from 'zod';
import type { Call } from '../../provider';
import { detailsOf } from '../../refusal';
import type { Template } from '../../templates';
import { checkRoomFor, readNewTemplate, type TemplateRules } from '../meta/template-rules';
import type { Dialog360Account } from './account';
import { configsAnswer } from './error-codes';

/** 360dialog passes bodies on to Meta, to a current version of the Graph API (docs/reference/providers.md 3.2). */
const templateRules: TemplateRules = { flatAppFields: false, ttlSeconds: { min: 30, max: 900 } };

const createTemplate = (id: string): Call => ({
	name: 'createTemplate',
	method: 'POST',
	path: '/v1/configs/templates',
	handle({ body }, state) {
		const created = readNewTemplate(body, templateRules);
		checkRoomFor(created, state.templates, id);
		const template = state.createTemplate(id, created);
		return {
			status: 201,
			body: { id: template.id, status: template.status, category: template.category },
		};
	},
});

const number = (fallback: number, max: number) => z.coerce.number().int().min(0).max(max).optional().default(fallback);

const sortable = 'business_templates.name';

const listQuery = z.object({
	limit: number(50, 1000),
	offset: number(0, Number.MAX_SAFE_INTEGER),
	sort: z
		.enum([sortable, `-${sortable}`])
		.optional()
		.default(sortable),
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

/** A template in a list: the id is 360dialog's, the status is in lower case (docs/reference/providers.md 3.3). */
function listed(template: Template, account: Dialog360Account) {
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

const listTemplates = (id: string, account: Dialog360Account): Call => ({
	name: 'listTemplates',
	method: 'GET',
	path: '/v1/configs/templates',
	handle({ query }, state) {
		const read = listQuery.safeParse(query);
		if (!read.success) return configsAnswer(400, 'Invalid query', detailsOf(read.error));
		const { limit, offset, sort, filters } = read.data;
		const { [sortable]: wantedName, ...others } = filters;
		const wanted = Object.entries(wantedName === undefined ? others : { ...others, name: wantedName });
		const found = state.templates
			.list(id)
			.map((template) => listed(template, account))
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
});

const deleteTemplate = (id: string): Call => ({
	name: 'deleteTemplate',
	method: 'DELETE',
	path: '/v1/configs/templates/:name',
	handle({ params }, state) {
		const { name = '' } = params;
		if (!state.templates.remove(id, name)) return configsAnswer(404, `template name=${name} was not found`);
		const developer_message = `template name=${name} template was deleted`;
		return { status: 200, body: { meta: { developer_message, http_code: 200, success: true } } };
	},
});

/** The templates of one account, the same on both hostings (docs/reference/providers.md 3.1). */
export const templateCalls = (id: string, account: Dialog360Account): Call[] => [
	createTemplate(id),
	listTemplates(id, account),
	deleteTemplate(id),
];
