import { z } from 'zod';
import { createdTemplate, readTemplate, templateBody } from '../meta/template-format';
import type { Connection, TemplatePage } from '../provider';
import type { Template, TemplateDraft } from '../template';
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

const list = z.object({ templates: z.array(z.unknown()), total: z.number().optional() });

/** One page of the channel's templates. @param next the offset */
export async function page(connection: Connection<Account>, next = '0'): Promise<TemplatePage> {
	const offset = Number(next);
	const query = { limit: pageSize, offset };
	const response = await request(connection, { method: 'GET', path: '/templates', query });
	const { templates: entries, total = 0 } = parseOrThrow(list, response);
	const end = offset + entries.length;
	const templates = entries.flatMap((entry) => readTemplate(entry) ?? []);
	return entries.length > 0 && end < total ? { templates, next: String(end) } : { templates };
}

const removed = z.object({ result: z.literal('success') });

/** Deletes a template in all its languages (docs/reference/providers.md 4.4). */
export async function remove(connection: Connection<Account>, name: string): Promise<void> {
	parseOrThrow(removed, await request(connection, { method: 'POST', path: '/removeTemplate', body: { name } }));
}
