import { z } from 'zod';
import type { TemplateEvent, TemplateNews } from '../provider';
import { shortText, timeOf } from '../webhook';
import type { Change } from './changes';

const code = shortText.transform((text) => text?.toUpperCase() ?? null);
const words = z.string().optional().catch(undefined);

/** Fields of all three kinds of news (docs/reference/providers.md 1.11). */
const news = z.object({
	message_template_id: z
		.union([z.string().min(1).max(64), z.number()])
		.transform(String)
		.nullable()
		.catch(null),
	message_template_name: shortText.transform((name) => name ?? null),
	// en-US and en_US are both seen (docs/reference/providers.md 6.17).
	message_template_language: shortText.transform((language) => language?.replace('-', '_') ?? null),
	message_template_category: code,
	event: code,
	reason: code,
	rejection_info: z.object({ reason: words, recommendation: words }).optional().catch(undefined),
	other_info: z.object({ title: words, description: words }).optional().catch(undefined),
	previous_quality_score: code,
	new_quality_score: code,
	previous_category: code,
	new_category: code,
	correct_category: code,
	category_update_timestamp: z.unknown(),
});
type News = z.output<typeof news>;

const changes: Record<string, TemplateEvent['change']> = {
	message_template_status_update: 'status',
	message_template_quality_update: 'quality',
	template_category_update: 'category',
};

/** @returns undefined where a change is no news of a template */
export function readTemplateEvent({ field, value, time }: Change): TemplateEvent | undefined {
	const kind = typeof field === 'string' && Object.hasOwn(changes, field) ? changes[field] : undefined;
	const read = kind === undefined ? undefined : news.safeParse(value).data;
	if (kind === undefined || read === undefined) return undefined;
	const { message_template_id: id, message_template_name: name, message_template_language: language } = read;
	if (id === null && name === null) return undefined;
	const template = { id, name, language, ...readers[kind](read) };
	return { kind: 'template', change: kind, occurredAt: timeOf(time), template, raw: value };
}

type Rest = Omit<TemplateNews, 'id' | 'name' | 'language'>;
const unsaid = { status: null, category: null, reason: null, details: null };

const readers: Record<TemplateEvent['change'], (read: News) => Rest> = {
	status: ({ event, message_template_category: category, reason, rejection_info, other_info }) => ({
		status: event,
		category,
		reason: reason === null || reason === 'NONE' ? (other_info?.title?.slice(0, 500) ?? null) : reason,
		details: sentence([rejection_info?.reason, rejection_info?.recommendation, other_info?.description]),
	}),
	quality: ({ previous_quality_score: previousQuality, new_quality_score: quality }) => ({
		...unsaid,
		quality,
		previousQuality,
	}),
	// Before a change takes effect, `new_category` is the template's present category (docs/reference/providers.md 6.18).
	category: ({
		previous_category: previousCategory,
		new_category: category,
		correct_category,
		category_update_timestamp: at,
	}) => ({
		...unsaid,
		category,
		previousCategory,
		comingCategory: correct_category,
		comingAt: at === undefined ? null : new Date(timeOf(at)).toISOString(),
	}),
};

function sentence(parts: Array<string | undefined>): string | null {
	return (
		parts
			.filter((part) => part !== undefined && part !== '')
			.join(' ')
			.slice(0, 1000) || null
	);
}
