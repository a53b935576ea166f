import { z } from 'zod';
import type { DeliveryEvent, SendOutcome } from '../../verification/deliveries';
import type { CheckRequest } from '../../verification/check';
import type { BeginOutcome, SendTicket } from '../../verification/begin';
import type { BeginRequest } from '../../verification/begin-attempt';
import type { CheckResult } from '../../verification/state';

/** The store that the second process shares with the test and with other processes. */
export const peerSettings = z.object({
	store: z.string(),
	place: z.string(),
	secrets: z.tuple([z.string()]).rest(z.string()),
});
export type PeerSettings = z.output<typeof peerSettings>;

/** The work of one process. It begins each list in one tick, when all processes of a test are ready. */
export interface PeerJob {
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

export interface PeerReport {
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
export type ToPeer = { prepare: PeerJob } | { startAt: PeerReport['from'] } | { narrate: PeerJob };
/** A message from the process. `step` reports one check of a job that is reported step by step. */
export type FromPeer = { ready: true } | { report: PeerReport } | { step: CheckResult } | { failed: string };
