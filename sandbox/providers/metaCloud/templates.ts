import { z } from 'zod';
import { checkRoomFor, readNewTemplate, readTtl, type TemplateRules } from '../meta/template-rules';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { NewTemplate, Template } from '../../templates';
import { checkAccount, id, invalid, rulesOf, unknownObject, version } from './graph';

const day = 24 * 3600 * 1000;

const createTemplate: Call = {
	name: 'createTemplate',
	method: 'POST',
	path: `${version}/:account/message_templates`,
	handle({ params, body }, world) {
		checkAccount(params);
		const created = readNewTemplate(body, rulesOf(params));
		checkRoomFor(created, world.templates, id);
		const { id: templateId, status, category } = world.createTemplate(id, created);
		return { status: 200, body: { id: templateId, status, category } };
	},
};

const upsertBody = z
	.object({ languages: z.array(z.string()).min(1), language: z.undefined({ message: 'Use languages' }).optional() })
	.passthrough();
const labelled = z.object({ text: z.string() }).or(z.object({ autofill_text: z.string() }));
const buttons = z.object({ components: z.array(z.object({ buttons: z.array(z.unknown()).default([]) })) });

/** All languages are read before the first is written (docs/reference/providers.md 1.4). */
function readUpsert(body: unknown, rules: TemplateRules): NewTemplate[] {
	const read = upsertBody.safeParse(body);
	if (!read.success) throw invalid(...read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
	const found = buttons.safeParse(body).data?.components.flatMap((component) => component.buttons) ?? [];
	if (found.some((button) => labelled.safeParse(button).success)) {
		throw invalid('components: text and autofill_text are not supported in an upsert');
	}
	const { languages, ...content } = read.data;
	return languages.map((language) => readNewTemplate({ ...content, language }, rules));
}

const upsertTemplates: Call = {
	name: 'upsertTemplates',
	method: 'POST',
	path: `${version}/:account/upsert_message_templates`,
	handle({ params, body }, world) {
		checkAccount(params);
		const wanted = readUpsert(body, rulesOf(params)).map((content) => ({
			content,
			existing: world.templates.find(id, content.name, content.language),
		}));
		for (const { content, existing } of wanted) if (!existing) checkRoomFor(content, world.templates, id);
		const data = wanted.map(({ content, existing }) => {
			if (existing) world.editTemplate(existing, content);
			const template = existing ?? world.createTemplate(id, content);
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
	handle({ params, body }, world) {
		const { object = '' } = params;
		const template = world.templates.list(id).find((one) => one.id === object);
		if (!template) throw unknownObject(object);
		const read = changeBody.safeParse(body);
		if (!read.success) throw invalid(...read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
		const { components, category, message_send_ttl_seconds: seconds } = read.data;
		checkEditable(template, category, world.now());
		const { name, language } = template;
		const rules = rulesOf(params);
		world.editTemplate(template, {
			// Components are replaced whole (docs/reference/providers.md 1.5).
			...(components && readNewTemplate({ name, language, category: template.category, components }, rules)),
			...(seconds !== undefined && { messageSendTtlSeconds: readTtl(seconds, rules) }),
		});
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
	handle({ params, query }, world) {
		checkAccount(params);
		const read = deleteQuery.safeParse(query);
		if (!read.success) throw invalid('name, hsm_id and name, or hsm_ids alone');
		const wanted = read.data;
		const ids: string[] = 'hsm_ids' in wanted ? (wanted.hsm_ids.match(/\d+/g) ?? []) : [];
		const doomed = world.templates
			.list(id)
			.filter((one) =>
				'name' in wanted ? one.name === wanted.name && (wanted.hsm_id ?? one.id) === one.id : ids.includes(one.id),
			);
		if (doomed.length === 0) throw new Refusal(100, { title: 'Message template not found' });
		if (doomed.some(({ status }) => status === 'DISABLED')) {
			throw new Refusal(100, { title: "A disabled template can't be deleted" });
		}
		if ('name' in wanted) world.templates.remove(id, wanted.name, wanted.hsm_id);
		else for (const one of doomed) world.templates.remove(id, one.name, one.id);
		return { status: 200, body: { success: true } };
	},
};

/** Everything that writes templates (docs/reference/providers.md 1.1, 1.4, 1.5). */
export const templateWrites: Call[] = [createTemplate, upsertTemplates, updateTemplate, deleteTemplate];
