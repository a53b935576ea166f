import { z } from 'zod';
import type { HttpResponse } from '../http';
import { createdTemplate, readTemplate, templateBody } from '../meta/template-format';
import type { Connection } from '../provider';
import type { Template, TemplateDraft } from '../template';
import type { Account } from './account';
import { toProviderError } from './errors';

/** What 360dialog takes at most in one page (docs/reference/providers.md 3.3). */
const pageSize = 1000;

const url = ({ baseUrl }: Account, name = '') =>
	`${baseUrl}/v1/configs/templates${name && `/${encodeURIComponent(name)}`}`;

/** Creates one template per language; 201 or 200, and either of two shapes (docs/reference/providers.md 3.2). */
export async function create({ http, account }: Connection<Account>, draft: TemplateDraft): Promise<Template[]> {
	const created: Template[] = [];
	for (const language of draft.languages) {
		const response = await http({ method: 'POST', url: url(account), body: templateBody(draft, language) });
		const answer = z.record(z.unknown()).safeParse(okOrThrow(response));
		if (!answer.success) throw toProviderError(response);
		created.push(createdTemplate(draft, language, answer.data));
	}
	return created;
}

const list = z.object({
	waba_templates: z.array(z.unknown()),
	count: z.number().optional(),
	total: z.number().optional(),
});

export async function page(
	{ http, account }: Connection<Account>,
	next = '0',
): Promise<{ templates: Template[]; next?: string }> {
	const offset = Number(next);
	const response = await http({ method: 'GET', url: url(account), query: { limit: pageSize, offset } });
	const answer = list.safeParse(okOrThrow(response));
	if (!answer.success) throw toProviderError(response);
	const { waba_templates: entries, total = 0 } = answer.data;
	const end = offset + entries.length;
	const templates = entries.flatMap((entry) => readTemplate(entry) ?? []);
	return entries.length > 0 && end < total ? { templates, next: String(end) } : { templates };
}

/** Removes the template in all its languages (docs/reference/providers.md 3.4). */
export async function remove({ http, account }: Connection<Account>, name: string): Promise<void> {
	okOrThrow(await http({ method: 'DELETE', url: url(account, name) }));
}

/** @throws ProviderError unless the status is 2xx */
export function okOrThrow(response: HttpResponse): unknown {
	if (response.status < 200 || response.status > 299) throw toProviderError(response);
	return response.body;
}
