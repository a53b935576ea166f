import { z } from 'zod';
import type { Connection } from '../connection';
import { createdTemplate, readTemplate, templateBody } from '../meta/template-format';
import type { TemplatePage } from '../provider';
import type { Template, TemplateDraft } from '../template';
import { shortTextOf, wholeNumber } from '../webhook';
import type { Account } from './account';
import { parseOrThrow, request } from './request';

/** 1MSG documents no maximum. */
const pageSize = 100;

/** 1MSG documents only that the answer is an object (docs/reference/providers.md 4.4). */
const created = z.record(z.unknown());

/** Creates one template for each language, with Meta's body (docs/reference/providers.md 1.1). */
export async function create(connection: Connection<Account>, draft: TemplateDraft): Promise<Template[]> {
	const templates: Template[] = [];
	for (const language of draft.languages) {
		const body = templateBody(draft, language);
		const response = await request(connection, { method: 'POST', path: '/addTemplate', body });
		templates.push(createdTemplate(draft, language, parseOrThrow(created, response)));
	}
	return templates;
}

const listing = z.object({
	templates: z.array(z.unknown()),
	total: wholeNumber,
});
/** 1MSG also answers with the list alone (docs/reference/providers.md 4.4). */
const list = z.union([listing, z.array(z.unknown()).transform((templates) => ({ templates, total: undefined }))]);

/** Where the next page begins, and how this page began. */
const position = z.object({ offset: z.number(), first: z.string() });

/** One page of the channel's templates. @param next a `position` as JSON */
export async function page(connection: Connection<Account>, next?: string): Promise<TemplatePage> {
	const { offset, first: before } = next === undefined ? { offset: 0 } : position.parse(JSON.parse(next));
	const query = { limit: pageSize, offset };
	const response = await request(connection, { method: 'GET', path: '/templates', query });
	const { templates: entries, total } = parseOrThrow(list, response);
	const first = JSON.stringify(entries[0] ?? null);
	// Some channels ignore the offset, so that each page is the first one (docs/reference/providers.md 4.4).
	if (first === before) return { templates: [] };
	const end = offset + entries.length;
	const isLast = total === undefined ? entries.length < pageSize : end >= total;
	const templates = withNamespaces(entries.flatMap((entry) => readTemplate(entry) ?? []));
	return isLast || entries.length === 0 ? { templates } : { templates, next: JSON.stringify({ offset: end, first }) };
}

/** The names under which 1MSG gives a template's namespace (docs/reference/providers.md 4.4). */
const namespaceFields = ['namespace', 'message_template_namespace', 'messageTemplateNamespace'];

/** Each raw template with its `namespace`. If it has none, that of the others, as far as they have the same. */
function withNamespaces(templates: Template[]): Template[] {
	const own = templates.map(({ raw }) => namespaceFields.map((field) => shortTextOf(raw[field])).find(Boolean));
	const [shared, ...others] = new Set(own.filter((namespace) => namespace !== undefined));
	return templates.map((template, index) => {
		const namespace = own[index] ?? (others.length === 0 ? shared : undefined);
		return namespace === undefined ? template : { ...template, raw: { ...template.raw, namespace } };
	});
}

const removed = z.object({ result: z.literal('success') });

/** Deletes a template in all its languages (docs/reference/providers.md 4.4). */
export async function remove(connection: Connection<Account>, name: string): Promise<void> {
	parseOrThrow(removed, await request(connection, { method: 'POST', path: '/removeTemplate', body: { name } }));
}
