import { z } from 'zod';
import type { Connection } from '../connection';
import { createdTemplate, readTemplate, templateBody } from '../meta/template-format';
import type { TemplatePage } from '../provider';
import type { Template, TemplateDraft } from '../template';
import type { Account } from './account';
import { okOrThrow, parseOrThrow, request } from './request';

/** The maximum of 360dialog (docs/reference/providers.md 3.3). */
const pageSize = 1000;

const path = '/v1/configs/templates';

const created = z.record(z.unknown());

/** Creates one template for each language. 360dialog answers in two shapes (docs/reference/providers.md 3.2). */
export async function create(connection: Connection<Account>, draft: TemplateDraft): Promise<Template[]> {
	const templates: Template[] = [];
	for (const language of draft.languages) {
		const response = await request(connection, { method: 'POST', path, body: templateBody(draft, language) });
		templates.push(createdTemplate(draft, language, parseOrThrow(created, response)));
	}
	return templates;
}

const list = z.object({
	waba_templates: z.array(z.unknown()),
	count: z.number().optional(),
	total: z.number().optional(),
});

/** One page of the number's templates. @param next the offset */
export async function page(connection: Connection<Account>, next = '0'): Promise<TemplatePage> {
	const offset = Number(next);
	const response = await request(connection, { method: 'GET', path, query: { limit: pageSize, offset } });
	const { waba_templates: entries, total = 0 } = parseOrThrow(list, response);
	const end = offset + entries.length;
	const templates = entries.flatMap((entry) => readTemplate(entry) ?? []);
	return entries.length > 0 && end < total ? { templates, next: String(end) } : { templates };
}

/** Deletes a template in all its languages (docs/reference/providers.md 3.4). */
export async function remove(connection: Connection<Account>, name: string): Promise<void> {
	okOrThrow(await request(connection, { method: 'DELETE', path: `${path}/${encodeURIComponent(name)}` }));
}
