import { z } from 'zod';
import type { Connection } from '../connection';
import {
	createdTemplate,
	readTemplate,
	templateBody,
	templateContent,
	templateSettings,
} from '../meta/template-format';
import { omitUndefined } from '../omit-undefined';
import type { PreviewRequest, TemplatePage } from '../provider';
import type { Template, TemplateDraft } from '../template';
import type { Account } from './account';
import { accountPath, parseOrThrow, request } from './request';

/** Meta documents no maximum. It refuses a larger page if the components in it are too much data. */
const pageSize = 100;

/** A list leaves out the last fields unless they are asked for (docs/reference/providers.md 1.5). */
const fields = 'id,name,language,status,category,components,parameter_format,rejected_reason,message_send_ttl_seconds';

const list = z.object({
	data: z.array(z.unknown()),
	paging: z
		.object({ cursors: z.object({ after: z.string().optional() }).optional(), next: z.string().optional() })
		.optional(),
});

/** One page of the account's templates. */
export async function page(connection: Connection<Account>, after?: string): Promise<TemplatePage> {
	const path = accountPath(connection.account, 'message_templates');
	const query = omitUndefined({ fields, limit: pageSize, after });
	const { data, paging } = parseOrThrow(list, await request(connection, { method: 'GET', path, query }));
	const templates = data.flatMap((entry) => readTemplate(entry) ?? []);
	// `paging.next` shows that there is another page. It is a URL that holds the token and ignores the base URL, so that
	// only the cursor is used.
	const next = paging?.next === undefined ? undefined : paging.cursors?.after;
	return next === undefined || next === after ? { templates } : { templates, next };
}

const created = z.record(z.unknown());

/**
 * A single language is created, and refused if it exists. Several languages are created or replaced
 * (docs/reference/providers.md 1.4).
 */
export async function create(connection: Connection<Account>, draft: TemplateDraft): Promise<Template[]> {
	const [language = '', ...others] = draft.languages;
	if (others.length > 0) return await upsert(connection, draft);
	const path = accountPath(connection.account, 'message_templates');
	const response = await request(connection, { method: 'POST', path, body: templateBody(draft, language) });
	return [createdTemplate(draft, language, parseOrThrow(created, response))];
}

const upserted = z.object({ data: z.array(z.object({ language: z.string() }).passthrough()) });

async function upsert(connection: Connection<Account>, draft: TemplateDraft): Promise<Template[]> {
	const path = accountPath(connection.account, 'upsert_message_templates');
	const body = { ...templateContent(draft), languages: draft.languages };
	const { data } = parseOrThrow(upserted, await request(connection, { method: 'POST', path, body }));
	return data.map((answer) => createdTemplate(draft, answer.language, answer));
}

const done = z.object({ success: z.literal(true) });

/** Replaces all components. Name, language and category stay (docs/reference/providers.md 1.5). */
export async function update(connection: Connection<Account>, id: string, draft: TemplateDraft): Promise<void> {
	const path = `/${encodeURIComponent(id)}`;
	parseOrThrow(done, await request(connection, { method: 'POST', path, body: templateSettings(draft) }));
}

/** Deletes all languages, or only the one with this id (docs/reference/providers.md 1.5). */
export async function remove(connection: Connection<Account>, name: string, id?: string): Promise<void> {
	const path = accountPath(connection.account, 'message_templates');
	const query = omitUndefined({ name, hsm_id: id });
	parseOrThrow(done, await request(connection, { method: 'DELETE', path, query }));
}

const previews = z.object({ data: z.array(z.record(z.unknown())) });

/** The texts that Meta writes into an authentication template (docs/reference/providers.md 1.3). */
export async function preview(
	connection: Connection<Account>,
	{ languages, addSecurityRecommendation, codeExpirationMinutes }: PreviewRequest,
): Promise<Array<Record<string, unknown>>> {
	const path = accountPath(connection.account, 'message_template_previews');
	const query = omitUndefined({
		category: 'AUTHENTICATION',
		languages: languages.join(','),
		add_security_recommendation: String(addSecurityRecommendation),
		code_expiration_minutes: codeExpirationMinutes,
		button_types: 'OTP',
	});
	return parseOrThrow(previews, await request(connection, { method: 'GET', path, query })).data;
}
