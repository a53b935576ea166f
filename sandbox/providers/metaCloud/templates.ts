import { z } from 'zod';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { NewTemplate, Template } from '../../templates';
import { checkRoomFor, readNewTemplate, readTtl, type TemplateRules } from '../meta/template-rules';
import { id } from './account';
import { checkAccount, invalid, read, rulesOf, unknownObject, version } from './request';

const day = 24 * 3600 * 1000;

const createTemplate: Call = {
	name: 'createTemplate',
	method: 'POST',
	path: `${version}/:account/message_templates`,
	handle({ params, body }, state) {
		checkAccount(params);
		const created = readNewTemplate(body, rulesOf(params, state.now()));
		checkRoomFor(created, state.templates, id);
		const { id: templateId, status, category } = state.createTemplate(id, created);
		return { status: 200, body: { id: templateId, status, category } };
	},
};

const upsertBody = z
	.object({ languages: z.array(z.string()).min(1), language: z.undefined({ message: 'Use languages' }).optional() })
	.passthrough();
const labelled = z.object({ text: z.string() }).or(z.object({ autofill_text: z.string() }));
const buttons = z.object({ components: z.array(z.object({ buttons: z.array(z.unknown()).default([]) })) });

/** Reads all languages before the first is written (docs/reference/providers.md 1.4). */
function readUpsert(body: unknown, rules: TemplateRules): NewTemplate[] {
	const { languages, ...content } = read(upsertBody, body);
	const given = buttons.safeParse(body).data?.components.flatMap((component) => component.buttons) ?? [];
	if (given.some((button) => labelled.safeParse(button).success)) {
		throw invalid('components: text and autofill_text are not supported in an upsert');
	}
	return languages.map((language) => readNewTemplate({ ...content, language }, rules));
}

const upsertTemplates: Call = {
	name: 'upsertTemplates',
	method: 'POST',
	path: `${version}/:account/upsert_message_templates`,
	handle({ params, body }, state) {
		checkAccount(params);
		const wanted = readUpsert(body, rulesOf(params, state.now())).map((content) => ({
			content,
			existing: state.templates.find(id, content.name, content.language),
		}));
		for (const { content, existing } of wanted) if (!existing) checkRoomFor(content, state.templates, id);
		const data = wanted.map(({ content, existing }) => {
			if (existing) state.editTemplate(existing, content);
			const template = existing ?? state.createTemplate(id, content);
			return { id: template.id, status: template.status, language: template.language };
		});
		return { status: 200, body: { data } };
	},
};

const changeBody = z
	.object({
		components: z.array(z.unknown()),
		category: z.string().transform((category) => category.toUpperCase()),
		message_send_ttl_seconds: z.unknown(),
	})
	.partial()
	.strict();

function checkEditable(template: Template, category: string | undefined, now: number): void {
	const { status, edits } = template;
	if (!['APPROVED', 'REJECTED', 'PAUSED'].includes(status)) {
		throw new Refusal(100, { title: `A template that is ${status} can't be edited` });
	}
	if (status !== 'APPROVED') return;
	if (category !== undefined && category !== template.category) {
		throw new Refusal(100, { title: "The category of an approved template can't be changed" });
	}
	const within = (days: number) => edits.filter((at) => at > now - days * day).length;
	if (within(1) >= 1 || within(30) >= 10) {
		throw new Refusal(100, { title: 'An approved template can be edited once a day and ten times in 30 days' });
	}
}

const updateTemplate: Call = {
	name: 'updateTemplate',
	method: 'POST',
	path: `${version}/:object`,
	handle({ params, body }, state) {
		const { object = '' } = params;
		const template = state.templates.list(id).find((one) => one.id === object);
		if (!template) throw unknownObject(object);
		const { components, category, message_send_ttl_seconds: seconds } = read(changeBody, body);
		checkEditable(template, category, state.now());
		const { name, language } = template;
		const rules = rulesOf(params, state.now());
		// New components replace all components (docs/reference/providers.md 1.5).
		const content = components && readNewTemplate({ name, language, category: template.category, components }, rules);
		const messageSendTtlSeconds = seconds === undefined ? undefined : readTtl(seconds, rules);
		state.editTemplate(template, { ...content, messageSendTtlSeconds });
		return { status: 200, body: { success: true } };
	},
};

const deleteQuery = z
	.object({ name: z.string().min(1), hsm_id: z.string().optional() })
	.strict()
	.or(z.object({ hsm_ids: z.string().regex(/^\[("?\d+"?,?){1,100}\]$/) }).strict());

const deleteTemplate: Call = {
	name: 'deleteTemplate',
	method: 'DELETE',
	path: `${version}/:account/message_templates`,
	handle({ params, query }, state) {
		checkAccount(params);
		const result = deleteQuery.safeParse(query);
		if (!result.success) throw invalid('give name, hsm_id with name, or only hsm_ids');
		const wanted = result.data;
		const ids: string[] = 'hsm_ids' in wanted ? (wanted.hsm_ids.match(/\d+/g) ?? []) : [];
		const found = state.templates
			.list(id)
			.filter((one) =>
				'name' in wanted ? one.name === wanted.name && (wanted.hsm_id ?? one.id) === one.id : ids.includes(one.id),
			);
		if (found.length === 0) throw new Refusal(100, { title: 'Message template not found' });
		if (found.some(({ status }) => status === 'DISABLED')) {
			throw new Refusal(100, { title: "A disabled template can't be deleted" });
		}
		if ('name' in wanted) state.templates.remove(id, wanted.name, wanted.hsm_id);
		else for (const one of found) state.templates.remove(id, one.name, one.id);
		return { status: 200, body: { success: true } };
	},
};

/** The calls that write templates (docs/reference/providers.md 1.1, 1.4, 1.5). */
export const templateWrites: Call[] = [createTemplate, upsertTemplates, updateTemplate, deleteTemplate];
