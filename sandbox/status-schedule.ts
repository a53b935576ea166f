import { z } from 'zod';
import type { Message } from './messages';

const delay = z.number().int().min(0).max(600_000);
const status = z.enum(['sent', 'delivered', 'read']);

/** When and how statuses are reported. Each field can be set alone. Delays are in ms after the send. */
export const scheduleSchema = z
	.object({
		/** False: nothing is reported, but the phone still gets its messages. */
		enabled: z.boolean(),
		/** Only these are reported. */
		statuses: z.array(status),
		sentMs: delay,
		deliveredMs: delay,
		failedMs: delay,
		/** Null: the message is read when the phone page shows it. */
		readMs: delay.nullable(),
		/** Normal: a later status can overtake one that the receiver refuses. The others: none overtakes another. */
		order: z.enum(['normal', 'strict', 'reversed']),
		/** The number of times that each event is repeated. */
		duplicates: z.number().int().min(0).max(20),
		/** All statuses of a message come in one POST, at the time of the last one. */
		batch: z.boolean(),
		/** Adds an event with a status that does not exist. */
		unknownStatus: z.boolean(),
		/** Adds fields that do not exist. */
		unknownFields: z.boolean(),
		/** The people hide their numbers: statuses name them by other ids. */
		withoutNumber: z.boolean(),
		/** The registered headers, or the signature, are wrong. */
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
	withoutNumber: false,
	wrongSecret: false,
};

/** `in_orbit` stands for a status that Meta adds later (docs/reference/providers.md 1.10, quirks). */
export type ReportedStatus = 'sent' | 'delivered' | 'read' | 'failed' | 'in_orbit';

export interface StatusChange {
	message: Message;
	status: ReportedStatus;
	/** Milliseconds since the epoch. */
	at: number;
}

/** One webhook to come, in `delayMs` after the send. */
export interface Report {
	delayMs: number;
	changes: StatusChange[];
}

interface TimedStatus {
	status: ReportedStatus;
	delayMs: number;
}

/** The statuses that the message reaches without a person, in that order. */
export function statusesOf(message: Message, schedule: Schedule): TimedStatus[] {
	if (message.error) return [{ status: 'failed', delayMs: schedule.failedMs }];
	const { sentMs, deliveredMs, readMs } = schedule;
	return [
		{ status: 'sent', delayMs: sentMs },
		{ status: 'delivered', delayMs: deliveredMs },
		...(readMs === null ? [] : [{ status: 'read' as const, delayMs: readMs }]),
	];
}

/** The webhooks that report these statuses. */
export function reportsOf(message: Message, schedule: Schedule): Report[] {
	if (!schedule.enabled) return [];
	const { statuses, order, duplicates, batch, unknownStatus } = schedule;
	const reported = statusesOf(message, schedule).filter(
		({ status }) => status === 'failed' || statuses.some((one) => one === status),
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
