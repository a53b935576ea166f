import { z } from 'zod';
import { checkRoomFor, readNewTemplate } from '../meta/template-rules';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { Template } from '../../templates';
import { account, channel, id, read } from './channel';

const createTemplate: Call = {
	name: 'createTemplate',
	method: 'POST',
	path: `${channel}/addTemplate`,
	handle({ body }, world) {
		const created = readNewTemplate(body, { flatAppFields: false, ttlSeconds: { min: 30, max: 900 } });
		checkRoomFor(created, world.templates, id);
		world.createTemplate(id, created);
		// What 1MSG answers is not published (docs/reference/providers.md 4.4), so nothing may be made of it.
		return { status: 200, body: {} };
	},
};

/** Without an id, status in lower case, the namespace beside it (docs/reference/providers.md 4.4). */
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
	// A larger page than 100 is cut down without a word.
	limit: z.coerce.number().int().min(1).default(100),
	offset: z.coerce.number().int().min(0).default(0),
	sort: z.string().optional(),
	token: z.string().optional(),
});

const listTemplates: Call = {
	name: 'listTemplates',
	method: 'GET',
	path: `${channel}/templates`,
	handle({ query }, world) {
		const { limit, offset } = read(listQuery.strict(), query);
		const found = world.templates.list(id);
		const page = found.slice(offset, offset + Math.min(limit, 100));
		return { status: 200, body: { total: found.length, templates: page.map(listed) } };
	},
};

const named = z.object({ name: z.string().min(1) }).strict();

const deleteTemplate: Call = {
	name: 'deleteTemplate',
	method: 'POST',
	path: `${channel}/removeTemplate`,
	handle({ body }, world) {
		const { name } = read(named, body);
		if (world.templates.remove(id, name)) return { status: 200, body: { result: 'success' } };
		throw new Refusal('bad_request', { title: `Template ${name} not found` });
	},
};

export const templateCalls: Call[] = [createTemplate, listTemplates, deleteTemplate];
