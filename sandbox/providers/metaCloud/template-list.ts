import { z } from 'zod';
import { wordingOf } from '../meta/wording';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { Template } from '../../templates';
import { checkAccount, id, invalid, version } from './graph';

/** All that can be asked for of a template (docs/reference/providers.md 1.5). */
export function listed(template: Template): Record<string, unknown> {
	const { name, language, category, status, components, rejectedReason, messageSendTtlSeconds } = template;
	return {
		name,
		parameter_format: 'POSITIONAL',
		components,
		language,
		status,
		category,
		id: template.id,
		rejected_reason: rejectedReason,
		message_send_ttl_seconds: messageSendTtlSeconds ?? null,
	};
}

/** What a list shows of a template unless it is asked for more. */
const usual = 'name,parameter_format,components,language,status,category,id';

/** The fields that were asked for, and the id, which always comes along. */
export function select(whole: Record<string, unknown>, fields: string, type: string): Record<string, unknown> {
	const wanted = [...new Set([...fields.split(','), 'id'])];
	const unknown = wanted.find((field) => !(field in whole));
	if (unknown !== undefined) {
		throw new Refusal(100, { title: `Tried accessing nonexisting field (${unknown}) on node type (${type})` });
	}
	// What a template lacks is left out.
	return Object.fromEntries(wanted.flatMap((field) => (whole[field] === null ? [] : [[field, whole[field]]])));
}

/** As Meta's, nothing that anybody should read. */
const cursorOf = (template: Template) => Buffer.from(`template:${template.id}`).toString('base64');

function indexAt(templates: Template[], cursor: string): number {
	const found = templates.findIndex((template) => cursorOf(template) === cursor);
	if (found < 0) throw invalid(`Invalid cursor: ${cursor}`);
	return found;
}

const listQuery = z
	.object({
		// A larger page than 100 is cut down without a word.
		limit: z.coerce.number().int().min(1).default(25),
		fields: z.string().default(usual),
		after: z.string(),
		before: z.string(),
		name: z.string(),
		status: z.string(),
		category: z.string(),
		language: z.string(),
		name_or_content: z.string(),
	})
	.partial({
		after: true,
		before: true,
		name: true,
		status: true,
		category: true,
		language: true,
		name_or_content: true,
	})
	.strict();

function fits(template: Template, wanted: z.output<typeof listQuery>): boolean {
	const { name, status, category, language, name_or_content: text } = wanted;
	return (
		(name ?? template.name) === template.name &&
		(status ?? template.status) === template.status &&
		(category ?? template.category) === template.category &&
		(language ?? template.language) === template.language &&
		(text === undefined || JSON.stringify([template.name, template.components]).includes(text))
	);
}

export const listTemplates: Call = {
	name: 'listTemplates',
	method: 'GET',
	path: `${version}/:account/message_templates`,
	handle({ params, query }, world) {
		checkAccount(params);
		const read = listQuery.safeParse(query);
		if (!read.success) throw invalid(...read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
		const { limit, fields, after, before } = read.data;
		const found = world.templates.list(id).filter((template) => fits(template, read.data));
		const size = Math.min(limit, 100);
		const end = before === undefined ? found.length : indexAt(found, before);
		const start = after === undefined ? Math.max(0, before === undefined ? 0 : end - size) : indexAt(found, after) + 1;
		const page = found.slice(start, Math.min(start + size, end));
		const [first, last] = [page.at(0), page.at(-1)];
		if (!first || !last) return { status: 200, body: { data: [] } };
		const cursors = { before: cursorOf(first), after: cursorOf(last) };
		const isMore = start + page.length < found.length;
		const next = `https://graph.facebook.com/${params.version}/${params.account}/message_templates?after=${cursors.after}`;
		return {
			status: 200,
			body: {
				data: page.map((template) => select(listed(template), fields, 'WhatsAppMessageTemplate')),
				paging: { cursors, ...(isMore && { next }) },
			},
		};
	},
};

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const previewQuery = z.object({
	category: z.literal('AUTHENTICATION'),
	languages: z.string().optional(),
	add_security_recommendation: flag.optional(),
	code_expiration_minutes: z.coerce.number().int().min(1).max(90).optional(),
	button_types: z.literal('OTP').optional(),
});

/** The preset texts, in Meta's words (docs/reference/providers.md 1.3). */
export const previewTemplates: Call = {
	name: 'previewTemplates',
	method: 'GET',
	path: `${version}/:account/message_template_previews`,
	handle({ params, query }) {
		checkAccount(params);
		const read = previewQuery.safeParse(query);
		if (!read.success) throw invalid(...read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
		const { languages = 'en_US', add_security_recommendation, code_expiration_minutes: minutes } = read.data;
		const data = languages.split(',').map((language) => {
			const { body, security, expiry, copyCode, autofill } = wordingOf(language);
			return {
				body: add_security_recommendation ? `${body} ${security}` : body,
				...(read.data.button_types && { buttons: [{ autofill_text: autofill, text: copyCode }] }),
				...(minutes !== undefined && { footer: expiry(minutes) }),
				language,
			};
		});
		return { status: 200, body: { data } };
	},
};
