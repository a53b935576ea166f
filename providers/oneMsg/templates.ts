import { z } from 'zod';
import { createdTemplate, readTemplate, templateBody } from '../meta/template-format';
import type { Connection } from '../provider';
import type { Template, TemplateDraft } from '../template';
import type { Account } from './account';
import { isRefusal, toProviderError } from './errors';

/** 1MSG documents no most. */
const pageSize = 100;

const created = z.record(z.unknown());

/** Meta's body (docs/reference/providers.md 1.1); of the answer nothing is published but that it is an object. */
export async function create({ http, account }: Connection<Account>, draft: TemplateDraft): Promise<Template[]> {
	const templates: Template[] = [];
	for (const language of draft.languages) {
		const url = `${account.channel}/addTemplate`;
		const response = await http({ method: 'POST', url, body: templateBody(draft, language) });
		const answer = created.safeParse(response.body);
		if (isRefusal(response) || !answer.success) throw toProviderError(response);
		templates.push(createdTemplate(draft, language, answer.data));
	}
	return templates;
}

const list = z.object({ templates: z.array(z.unknown()), total: z.number().optional() });

export async function page(
	{ http, account }: Connection<Account>,
	next = '0',
): Promise<{ templates: Template[]; next?: string }> {
	const offset = Number(next);
	const url = `${account.channel}/templates`;
	const response = await http({ method: 'GET', url, query: { limit: pageSize, offset } });
	const answer = list.safeParse(response.body);
	if (isRefusal(response) || !answer.success) throw toProviderError(response);
	const { templates: entries, total = 0 } = answer.data;
	const end = offset + entries.length;
	const templates = entries.flatMap((entry) => readTemplate(entry) ?? []);
	return entries.length > 0 && end < total ? { templates, next: String(end) } : { templates };
}

const removed = z.object({ result: z.literal('success') });

/** Removes the template in all its languages (docs/reference/providers.md 4.4). */
export async function remove({ http, account }: Connection<Account>, name: string): Promise<void> {
	const response = await http({ method: 'POST', url: `${account.channel}/removeTemplate`, body: { name } });
	if (isRefusal(response) || !removed.safeParse(response.body).success) throw toProviderError(response);
}
