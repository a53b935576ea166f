import { z } from 'zod';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { Template } from '../../templates';
import { bodyText, wordingOf } from '../meta/wording';
import { id } from './account';
import { checkAccount, invalid, read, version } from './request';

/** All fields of a template (docs/reference/providers.md 1.5). */
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

/** The fields in a list if the caller names none. */
const defaultFields = 'name,parameter_format,components,language,status,category,id';

/** The requested fields and the id. */
export function select(whole: Record<string, unknown>, fields: string, type: string): Record<string, unknown> {
	const wanted = [...new Set([...fields.split(','), 'id'])];
	const unknown = wanted.find((field) => !(field in whole));
	if (unknown !== undefined) {
		throw new Refusal(100, { title: `Tried accessing nonexisting field (${unknown}) on node type (${type})` });
	}
	// Fields without a value are left out.
	return Object.fromEntries(wanted.flatMap((field) => (whole[field] === null ? [] : [[field, whole[field]]])));
}

/** Opaque, like Meta's. */
const cursorOf = (template: Template) => Buffer.from(`template:${template.id}`).toString('base64');

function indexAt(templates: Template[], cursor: string): number {
	const found = templates.findIndex((template) => cursorOf(template) === cursor);
	if (found < 0) throw invalid(`Invalid cursor: ${cursor}`);
	return found;
}

const listQuery = z
	.object({
		// Meta returns at most 100 without an error.
		limit: z.coerce.number().int().min(1).default(25),
		fields: z.string().default(defaultFields),
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

/** One page, forwards after a cursor or backwards before one. */
function pageOf(found: Template[], { limit, after, before }: z.output<typeof listQuery>) {
	const size = Math.min(limit, 100);
	const end = before === undefined ? found.length : indexAt(found, before);
	const firstStart = before === undefined ? 0 : Math.max(0, end - size);
	const start = after === undefined ? firstStart : indexAt(found, after) + 1;
	return { start, page: found.slice(start, Math.min(start + size, end)) };
}

export const listTemplates: Call = {
	name: 'listTemplates',
	method: 'GET',
	path: `${version}/:account/message_templates`,
	handle({ params, query }, state) {
		checkAccount(params);
		const wanted = read(listQuery, query);
		const found = state.templates.list(id).filter((template) => fits(template, wanted));
		const { start, page } = pageOf(found, wanted);
		const [first, last] = [page.at(0), page.at(-1)];
		if (!first || !last) return { status: 200, body: { data: [] } };
		const cursors = { before: cursorOf(first), after: cursorOf(last) };
		const isMore = start + page.length < found.length;
		const edge = `https://graph.facebook.com/${params.version}/${params.account}/message_templates`;
		return {
			status: 200,
			body: {
				data: page.map((template) => select(listed(template), wanted.fields, 'WhatsAppMessageTemplate')),
				paging: { cursors, next: isMore ? `${edge}?after=${cursors.after}` : undefined },
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

/** Meta's preset texts (docs/reference/providers.md 1.3). */
export const previewTemplates: Call = {
	name: 'previewTemplates',
	method: 'GET',
	path: `${version}/:account/message_template_previews`,
	handle({ params, query }) {
		checkAccount(params);
		const wanted = read(previewQuery, query);
		const { languages = 'en_US', add_security_recommendation: addSecurity = false } = wanted;
		const minutes = wanted.code_expiration_minutes;
		const data = languages.split(',').map((language) => {
			const wording = wordingOf(language);
			const button = { autofill_text: wording.autofill, text: wording.copyCode };
			return {
				body: bodyText(wording, addSecurity),
				buttons: wanted.button_types ? [button] : undefined,
				footer: minutes === undefined ? undefined : wording.expiry(minutes),
				language,
			};
		});
		return { status: 200, body: { data } };
	},
};
