import { z } from 'zod';
import type { DeliveryEvent, SendOutcome } from '../../verification/deliveries';
import type { CheckRequest } from '../../verification/check';
import type { BeginOutcome, SendTicket } from '../../verification/begin';
import type { BeginRequest } from '../../verification/begin-attempt';
import type { CheckResult } from '../../verification/state';

/** Where a peer finds the store it shares with the test and with other peers. */
export const peerSettings = z.object({
	store: z.string(),
	place: z.string(),
	secrets: z.tuple([z.string()]).rest(z.string()),
});
export type PeerSettings = z.output<typeof peerSettings>;

/** What a peer does at once, each list in one tick, when all the peers of a test are ready. */
export interface PeerJob {
	/** Another place of the same kind of store, which it then opens in the job. */
	place?: string;
	begins?: BeginRequest[];
	checks?: CheckRequest[];
	reports?: Array<{ ticket: SendTicket; outcome: SendOutcome }>;
	news?: DeliveryEvent[];
	/** Parts of events that may have been told before. */
	events?: string[][];
	/** Providers whose dropped messages are claimed. */
	claims?: string[];
}

export interface PeerReport {
	issued: BeginOutcome[];
	results: CheckResult[];
	/** Of each event. */
	firstTimes: boolean[];
	/** Ids of the sends that were claimed. */
	claimed: string[];
	/** Nanoseconds of a clock that all processes of a machine share. */
	from: bigint;
	to: bigint;
}

/** To a peer: a job to prepare, then when to start it; or a job to report on step by step. */
export type ToPeer = { prepare: PeerJob } | { startAt: PeerReport['from'] } | { narrate: PeerJob };
/** `step` tells of one check of a narrated job as soon as it is done. */
export type FromPeer = { ready: true } | { report: PeerReport } | { step: CheckResult } | { failed: string };
