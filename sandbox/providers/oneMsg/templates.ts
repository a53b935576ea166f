import { z } from 'zod';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { Template } from '../../templates';
import { checkRoomFor, readNewTemplate } from '../meta/template-rules';
import { account, id } from './account';
import { channel, read } from './request';

const createTemplate: Call = {
	name: 'createTemplate',
	method: 'POST',
	path: `${channel}/addTemplate`,
	handle({ body }, state) {
		const created = readNewTemplate(body, { flatAppFields: false, ttlSeconds: { min: 30, max: 900 } });
		checkRoomFor(created, state.templates, id);
		state.createTemplate(id, created);
		// The answer is not published (docs/reference/providers.md 4.4), so callers must not depend on it.
		return { status: 200, body: {} };
	},
};

/** A template in a list: a namespace, no id, the status in lower case (docs/reference/providers.md 4.4). */
function listed({ name, category, language, status, rejectedReason, components }: Template) {
	return {
		name,
		category,
		language,
		namespace: account.namespace,
		status: status.toLowerCase(),
		rejected_reason: rejectedReason,
		components,
	};
}

const listQuery = z.object({
	// 1MSG returns at most 100 without an error.
	limit: z.coerce.number().int().min(1).default(100),
	offset: z.coerce.number().int().min(0).default(0),
	sort: z.string().optional(),
	token: z.string().optional(),
});

const listTemplates: Call = {
	name: 'listTemplates',
	method: 'GET',
	path: `${channel}/templates`,
	handle({ query }, state) {
		const { limit, offset } = read(listQuery.strict(), query);
		const found = state.templates.list(id);
		const page = found.slice(offset, offset + Math.min(limit, 100));
		return { status: 200, body: { total: found.length, templates: page.map(listed) } };
	},
};

const named = z.object({ name: z.string().min(1) }).strict();

const deleteTemplate: Call = {
	name: 'deleteTemplate',
	method: 'POST',
	path: `${channel}/removeTemplate`,
	handle({ body }, state) {
		const { name } = read(named, body);
		if (state.templates.remove(id, name)) return { status: 200, body: { result: 'success' } };
		throw new Refusal('bad_request', { title: `Template ${name} not found` });
	},
};

export const templateCalls: Call[] = [createTemplate, listTemplates, deleteTemplate];
