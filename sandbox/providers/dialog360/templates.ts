import { z } from 'zod';
import type { Dialog360Account, ProviderId } from '../../accounts';
import { checkRoomFor, readNewTemplate, type TemplateRules } from '../meta/template-rules';
import type { Call } from '../../provider';
import type { Template } from '../../templates';
import { configs } from './envelopes';

/** 360dialog hands bodies on to Meta, of whose present Graph versions the rules are (docs/reference/providers.md 3.2). */
const templateRules: TemplateRules = { flatAppFields: false, ttlSeconds: { min: 30, max: 900 } };

const createTemplate = (id: ProviderId): Call => ({
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

/** A template as a list shows it: id of 360dialog's own, status in lower case (docs/reference/providers.md 3.3). */
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

const listTemplates = (id: ProviderId, account: Dialog360Account): Call => ({
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

const deleteTemplate = (id: ProviderId): Call => ({
	name: 'deleteTemplate',
	method: 'DELETE',
	path: '/v1/configs/templates/:name',
	handle({ params }, world) {
		const { name = '' } = params;
		if (!world.templates.remove(id, name)) return configs(404, `template name=${name} was not found`);
		const developer_message = `template name=${name} template was deleted`;
		return { status: 200, body: { meta: { developer_message, http_code: 200, success: true } } };
	},
});

/** Templates of one account, the same on both hostings (docs/reference/providers.md 3.1). */
export const templateCalls = (id: ProviderId, account: Dialog360Account): Call[] => [
	createTemplate(id),
	listTemplates(id, account),
	deleteTemplate(id),
];
