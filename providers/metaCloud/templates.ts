import { z } from 'zod';
import type { HttpResponse } from '../http';
import type { Connection, PreviewWish } from '../provider';
import type { Template, TemplateDraft } from '../template';
import type { Account } from './account';
import { toProviderError } from '../meta/errors';
import { edge, okOrThrow } from './request';
import {
	createdTemplate,
	readTemplate,
	templateBody,
	templateContent,
	templateSettings,
} from '../meta/template-format';

/** Meta documents no most; more components than this in one answer it may refuse as too much data. */
const pageSize = 100;

/** What a list leaves out unless it is asked for stands at the end (docs/reference/providers.md 1.5). */
const fields = 'id,name,language,status,category,components,parameter_format,rejected_reason,message_send_ttl_seconds';

const list = z.object({
	data: z.array(z.unknown()),
	paging: z
		.object({ cursors: z.object({ after: z.string().optional() }).optional(), next: z.string().optional() })
		.optional(),
});

export async function page(
	{ http, account }: Connection<Account>,
	after?: string,
): Promise<{ templates: Template[]; next?: string }> {
	const query = { fields, limit: pageSize, ...(after === undefined ? {} : { after }) };
	const response = await http({ method: 'GET', url: edge(account, 'message_templates'), query });
	const { data, paging } = read(list, response);
	const templates = data.flatMap((entry) => readTemplate(entry) ?? []);
	// `paging.next` says that there is more, but as an address that holds the token and leads past the base URL.
	const next = paging?.next === undefined ? undefined : paging.cursors?.after;
	return next === undefined || next === after ? { templates } : { templates, next };
}

const created = z.record(z.unknown());

/** One language is created, and refused where it exists; several are created or replaced (docs/reference/providers.md 1.4). */
export async function create(connection: Connection<Account>, draft: TemplateDraft): Promise<Template[]> {
	const [language = '', ...others] = draft.languages;
	if (others.length > 0) return await upsert(connection, draft);
	const { http, account } = connection;
	const url = edge(account, 'message_templates');
	const response = await http({ method: 'POST', url, body: templateBody(draft, language) });
	return [createdTemplate(draft, language, read(created, response))];
}

const upserted = z.object({ data: z.array(z.object({ language: z.string() }).passthrough()) });

async function upsert({ http, account }: Connection<Account>, draft: TemplateDraft): Promise<Template[]> {
	const url = edge(account, 'upsert_message_templates');
	const body = { ...templateContent(draft), languages: draft.languages };
	const { data } = read(upserted, await http({ method: 'POST', url, body }));
	return data.map((answer) => createdTemplate(draft, answer.language, answer));
}

const done = z.object({ success: z.literal(true) });

/** Meta replaces the components whole, and keeps name, language and category (docs/reference/providers.md 1.5). */
export async function update({ http, account }: Connection<Account>, id: string, draft: TemplateDraft): Promise<void> {
	const url = `${account.graph}/${encodeURIComponent(id)}`;
	read(done, await http({ method: 'POST', url, body: templateSettings(draft) }));
}

/** In all its languages, or in the one that has the id (docs/reference/providers.md 1.5). */
export async function remove({ http, account }: Connection<Account>, name: string, id?: string): Promise<void> {
	const query = { name, ...(id === undefined ? {} : { hsm_id: id }) };
	read(done, await http({ method: 'DELETE', url: edge(account, 'message_templates'), query }));
}

const previews = z.object({ data: z.array(z.record(z.unknown())) });

export async function preview(
	{ http, account }: Connection<Account>,
	{ languages, addSecurityRecommendation, codeExpirationMinutes: minutes }: PreviewWish,
): Promise<Array<Record<string, unknown>>> {
	const query = {
		category: 'AUTHENTICATION',
		languages: languages.join(','),
		add_security_recommendation: String(addSecurityRecommendation),
		...(minutes === undefined ? {} : { code_expiration_minutes: minutes }),
		button_types: 'OTP',
	};
	return read(previews, await http({ method: 'GET', url: edge(account, 'message_template_previews'), query })).data;
}

/** @throws ProviderError where the answer is a refusal, or none of what was asked for */
function read<Answer>(schema: z.ZodType<Answer, z.ZodTypeDef, unknown>, response: HttpResponse): Answer {
	const answer = schema.safeParse(okOrThrow(response));
	if (!answer.success) throw toProviderError(response);
	return answer.data;
}
