import { z } from 'zod';
import type { Connection } from '../connection';
import type { HttpResponse } from '../http';
import type { TemplatePage } from '../provider';
import type { Template } from '../template';
import type { Account } from './account';
import { readData, request, toProviderError } from './request';

/** The maximum of WA.cr (docs/reference/providers.md 5.3). */
const pageSize = 100;

const listed = z
	.object({
		id: z.union([z.string(), z.number()]).optional(),
		template_name: z.string(),
		language: z.string(),
		status: z.string().default('APPROVED'),
	})
	.passthrough();

/** One page of the templates that WA.cr has synchronised from Meta. @param next the number of the page */
export async function page(connection: Connection<Account>, next = '1'): Promise<TemplatePage> {
	const current = Number(next);
	const query = { page: current, per_page: pageSize, sort: 'template_name' };
	const response = await request(connection, { method: 'GET', path: '/auth/templates', query });
	const entries = entriesOf(response);
	if (entries === undefined) throw toProviderError(response);
	const templates = entries.flatMap((entry) => readTemplate(entry) ?? []);
	return isLast(response, current, entries.length) ? { templates } : { templates, next: String(current + 1) };
}

const list = z.array(z.unknown());

/**
 * WA.cr does not publish the shape of the list (docs/reference/providers.md 5). `data` may be the list, or hold it as
 * the paginator of Laravel does.
 */
function entriesOf(response: HttpResponse): unknown[] | undefined {
	const data = readData(response);
	return data && [data.data, data.templates, data.items].map((value) => list.safeParse(value).data).find(Boolean);
}

const paginator = z.object({ last_page: z.number() });
const holder = z.record(z.unknown()).catch({});

function isLast({ body }: HttpResponse, current: number, length: number): boolean {
	const { data, meta, pagination } = holder.parse(body);
	const places = [body, data, meta, holder.parse(meta).pagination, pagination];
	const known = places.map((place) => paginator.safeParse(place).data).find(Boolean);
	return known === undefined ? length < pageSize : current >= known.last_page;
}

function readTemplate(entry: unknown): Template | undefined {
	const template = listed.safeParse(entry).data;
	if (template === undefined) return undefined;
	return {
		id: template.id === undefined ? null : String(template.id),
		name: template.template_name,
		language: template.language,
		status: template.status.toUpperCase(),
		// The list holds only authentication templates. It does not say the type of the button, and no times.
		category: 'AUTHENTICATION',
		otpType: null,
		codeExpirationMinutes: null,
		messageSendTtlSeconds: null,
		rejectedReason: null,
		raw: template,
	};
}
