import { z } from 'zod';
import type { Call } from '../../provider';
import type { Template } from '../../templates';
import { id as provider } from './account';
import { dated, succeed } from './envelope';
import { read } from './fields';

const sortable = ['template_name', 'created_at', 'language'] as const;
const orders = sortable.flatMap((field) => [field, `-${field}`] as const);

const query = z.object({
	page: z.coerce.number().int().min(1).default(1),
	per_page: z.coerce.number().int().min(1).max(100).default(15),
	sort: z.enum(['template_name', ...orders]).default('template_name'),
	search: z.string().optional(),
	q: z.string().optional(),
	'filter[language]': z.string().optional(),
	'filter[template_name]': z.string().optional(),
});

const texts = z.object({ type: z.string(), text: z.string() });

/** A template in a list: only its texts, without the type of the button (docs/reference/providers.md 5.3). */
function listed({ id, name, language, components, status, modifiedAt }: Template) {
	const found = components.flatMap((component) => texts.safeParse(component).data ?? []);
	const textOf = (type: string) => found.find((one) => one.type === type)?.text ?? null;
	return {
		id: Number(id) % 100_000,
		template_name: name,
		language,
		body_text: textOf('BODY'),
		body_params_count: 1,
		header_format: null,
		header_text: null,
		footer_text: textOf('FOOTER'),
		status,
		created_at: dated(modifiedAt),
	};
}

type Listed = ReturnType<typeof listed>;

function comparing(sort: string): (one: Listed, other: Listed) => number {
	const field = sortable.find((name) => sort.endsWith(name)) ?? 'template_name';
	const sign = sort.startsWith('-') ? -1 : 1;
	return (one, other) => sign * (one[field] < other[field] ? -1 : one[field] > other[field] ? 1 : 0);
}

export const listTemplates: Call = {
	name: 'listTemplates',
	method: 'GET',
	path: '/auth/templates',
	handle(request, state) {
		const { page, per_page: perPage, sort, search, q, ...filters } = read(query, request.query);
		const wanted = search ?? q ?? '';
		const { 'filter[language]': language, 'filter[template_name]': name } = filters;
		const found = state.templates
			.list(provider)
			.filter(({ category, status }) => category === 'AUTHENTICATION' && status === 'APPROVED')
			.map(listed)
			.filter((one) => (language ?? one.language) === one.language)
			.filter((one) => (name ?? one.template_name) === one.template_name && one.template_name.includes(wanted))
			.sort(comparing(sort));
		const lastPage = Math.max(1, Math.ceil(found.length / perPage));
		const entries = found.slice((page - 1) * perPage, page * perPage);
		const about = { current_page: page, per_page: perPage, total: found.length, last_page: lastPage };
		return succeed(entries, 'Templates retrieved successfully', { pagination: about });
	},
};
