import { z } from 'zod';
import type { Message } from './messages';

const delay = z.number().int().min(0).max(600_000);
const status = z.enum(['sent', 'delivered', 'read']);

/** When and how statuses are reported; every field can be set alone. Delays in ms after the send. */
export const scheduleSchema = z
	.object({
		/** False: nothing is reported, the phone still gets its messages. */
		enabled: z.boolean(),
		/** Which are reported; leave one out and it is skipped. */
		statuses: z.array(status),
		sentMs: delay,
		deliveredMs: delay,
		failedMs: delay,
		/** Null: read when the phone page shows it. */
		readMs: delay.nullable(),
		order: z.enum(['normal', 'reversed']),
		/** How often each event comes again. */
		duplicates: z.number().int().min(0).max(20),
		/** All statuses of a message in one POST, at the time of the last one. */
		batch: z.boolean(),
		/** One more event of a status nobody has heard of. */
		unknownStatus: z.boolean(),
		/** Fields nobody has heard of. */
		unknownFields: z.boolean(),
		/** The registered headers come with wrong values. */
		wrongSecret: z.boolean(),
	})
	.strict();

export type Schedule = z.output<typeof scheduleSchema>;

export const defaultSchedule: Schedule = {
	enabled: true,
	statuses: ['sent', 'delivered', 'read'],
	sentMs: 50,
	deliveredMs: 200,
	failedMs: 100,
	readMs: null,
	order: 'normal',
	duplicates: 0,
	batch: false,
	unknownStatus: false,
	unknownFields: false,
	wrongSecret: false,
};

/** `in_orbit` stands for whatever Meta invents next (docs/reference/providers.md 1.10, quirks). */
export type ReportedStatus = 'sent' | 'delivered' | 'read' | 'failed' | 'in_orbit';

export interface StatusChange {
	message: Message;
	status: ReportedStatus;
	/** Milliseconds since the epoch. */
	at: number;
}

export interface Report {
	delayMs: number;
	changes: StatusChange[];
}

interface Due {
	status: ReportedStatus;
	delayMs: number;
}

/** What happens to the message on its own, in the order in which it happens. */
export function course(message: Message, schedule: Schedule): Due[] {
	if (message.error) return [{ status: 'failed', delayMs: schedule.failedMs }];
	const { sentMs, deliveredMs, readMs } = schedule;
	return [
		{ status: 'sent', delayMs: sentMs },
		{ status: 'delivered', delayMs: deliveredMs },
		...(readMs === null ? [] : [{ status: 'read' as const, delayMs: readMs }]),
	];
}

/** What the webhook receiver is told about that, and when. */
export function plan(message: Message, schedule: Schedule): Report[] {
	if (!schedule.enabled) return [];
	const { statuses, order, duplicates, batch, unknownStatus } = schedule;
	const reported = course(message, schedule).filter(
		(due) => due.status === 'failed' || statuses.some((one) => one === due.status),
	);
	const last = reported.at(-1);
	if (unknownStatus && last) reported.push({ status: 'in_orbit', delayMs: last.delayMs });

	const accepted = Date.parse(message.acceptedAt);
	const changes = reported.map(({ status, delayMs }) => ({ message, status, at: accepted + delayMs }));
	const ordered = order === 'reversed' ? changes.toReversed() : changes;
	const reports = batch
		? [{ delayMs: last?.delayMs ?? 0, changes: ordered }]
		: ordered.map((change, index) => ({ delayMs: reported[index]?.delayMs ?? 0, changes: [change] }));
	return reports
		.filter(({ changes }) => changes.length > 0)
		.flatMap((report) => Array.from({ length: duplicates + 1 }, () => report));
}
