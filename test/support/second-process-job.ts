import { z } from 'zod';
import type { BeginOutcome, SendTicket } from '../../verification/begin';
import type { BeginRequest } from '../../verification/begin-attempt';
import type { CheckRequest } from '../../verification/check';
import type { DeliveryEvent, SendOutcome } from '../../verification/deliveries';
import type { CheckResult } from '../../verification/state';

/** The store that the second process shares with the test and with other processes. */
export const secondProcessSettings = z.object({
	store: z.string(),
	place: z.string(),
	secrets: z.tuple([z.string()]).rest(z.string()),
});
export type SecondProcessSettings = z.output<typeof secondProcessSettings>;

/** The work of one process. It begins each list in one tick, when all processes of a test are ready. */
export interface SecondProcessJob {
	/** Another place of the same kind of store, which the process opens during the job. */
	place?: string;
	begins?: BeginRequest[];
	checks?: CheckRequest[];
	reports?: Array<{ ticket: SendTicket; outcome: SendOutcome }>;
	news?: DeliveryEvent[];
	/** The parts of events that may have been reported before. */
	events?: string[][];
	/** The providers whose dropped messages are claimed. */
	claims?: string[];
}

export interface SecondProcessReport {
	issued: BeginOutcome[];
	results: CheckResult[];
	/** For each event, whether this was the first report. */
	firstTimes: boolean[];
	/** The ids of the claimed sends. */
	claimed: string[];
	/** Nanoseconds of a clock that all processes of a machine share. */
	from: bigint;
	to: bigint;
}

/** A message to the process: a job to prepare, the time to start it, or a job that is reported step by step. */
export type ToSecondProcess =
	{ prepare: SecondProcessJob } | { startAt: SecondProcessReport['from'] } | { reportSteps: SecondProcessJob };
/** A message from the process. `step` reports one check of a job that is reported step by step. */
export type FromSecondProcess =
	{ ready: true } | { report: SecondProcessReport } | { step: CheckResult } | { failed: string };
