import { z } from 'zod';
import { knownTimeOf, shortText, timeOf } from '../webhook';
import type { ChangedTemplate, TemplateEvent } from '../webhook-events';
import type { Change } from './changes';

/** A word such as APPROVED, in upper case. */
const word = shortText.transform((text) => text?.toUpperCase() ?? null);
const sentence = z.string().optional().catch(undefined);

/** The fields of all three kinds of change (docs/reference/providers.md 1.11). */
const schema = z.object({
	message_template_id: z
		.union([z.string().min(1).max(64), z.number()])
		.transform(String)
		.nullable()
		.catch(null),
	message_template_name: shortText.transform((name) => name ?? null),
	// Meta writes both en-US and en_US (docs/reference/providers.md 6.17).
	message_template_language: shortText.transform((language) => language?.replace('-', '_') ?? null),
	message_template_category: word,
	event: word,
	reason: word,
	rejection_info: z.object({ reason: sentence, recommendation: sentence }).optional().catch(undefined),
	other_info: z.object({ title: sentence, description: sentence }).optional().catch(undefined),
	previous_quality_score: word,
	new_quality_score: word,
	previous_category: word,
	new_category: word,
	correct_category: word,
	category_update_timestamp: z.unknown(),
});
type ChangeFields = z.output<typeof schema>;

/** By the name of Meta's webhook field. */
const kinds: Record<string, TemplateEvent['change']> = {
	message_template_status_update: 'status',
	message_template_quality_update: 'quality',
	template_category_update: 'category',
};

/** @returns undefined if the change is not about a template */
export function readTemplateEvent({ field, value, time }: Change): TemplateEvent | undefined {
	const kind = typeof field === 'string' && Object.hasOwn(kinds, field) ? kinds[field] : undefined;
	const fields = kind === undefined ? undefined : schema.safeParse(value).data;
	if (kind === undefined || fields === undefined) return undefined;
	const { message_template_id: id, message_template_name: name, message_template_language: language } = fields;
	if (id === null && name === null) return undefined;
	const template = { id, name, language, ...readers[kind](fields) };
	return { kind: 'template', change: kind, occurredAt: knownTimeOf(time), template, raw: value };
}

const unknown = { status: null, category: null, reason: null, details: null };

/** What each kind of change says about the template. */
const readers: Record<
	TemplateEvent['change'],
	(fields: ChangeFields) => Omit<ChangedTemplate, 'id' | 'name' | 'language'>
> = {
	status: ({ event, message_template_category: category, reason, rejection_info, other_info }) => ({
		status: event,
		category,
		reason: reason === null || reason === 'NONE' ? (other_info?.title?.slice(0, 500) ?? null) : reason,
		details: joined([rejection_info?.reason, rejection_info?.recommendation, other_info?.description]),
	}),
	quality: ({ previous_quality_score: previousQuality, new_quality_score: quality }) => ({
		...unknown,
		quality,
		previousQuality,
	}),
	// If a change is only announced, `new_category` is the present category (docs/reference/providers.md 6.18).
	category: ({
		previous_category: previousCategory,
		new_category: category,
		correct_category,
		category_update_timestamp: at,
	}) => ({
		...unknown,
		category,
		previousCategory,
		comingCategory: correct_category,
		comingAt: at === undefined ? null : new Date(timeOf(at)).toISOString(),
	}),
};

function joined(parts: Array<string | undefined>): string | null {
	return (
		parts
			.filter((part) => part !== undefined && part !== '')
			.join(' ')
			.slice(0, 1000) || null
	);
}
