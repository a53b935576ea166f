import type { DeliveryStatus } from '../../verification/state';
import { hour, minute, second, type Sent } from './verifier';

/** Each status replaces those before it (docs/reference/verification-rules.md 2). */
const rank: DeliveryStatus[] = [
	...(['sending', 'unknown', 'accepted', 'sent', 'dropped', 'failed', 'delivered', 'read'] as const),
];
const cooldowns = [30 * second, minute, 2 * minute];
const windows = [
	{ limit: 4, length: 10 * minute },
	{ limit: 6, length: hour },
	{ limit: 12, length: 24 * hour },
];

/** The options of a send. */
export interface ModelSend {
	/** Seconds. */
	expiresIn: number;
	metadata: Record<string, number>;
}

export interface ModelDelivery {
	sent: Sent;
	startedAt: number;
	status: DeliveryStatus;
	dropsAt: number;
	/** When its code expires. */
	expires: number;
	/** Its own metadata, or that of the send before. */
	metadata: Record<string, number>;
}

export interface ModelVerification {
	purpose: string;
	state: string;
	attempts: number;
	sends: number;
	deadline: number;
	expires: number;
	resendAt: number;
	forgottenAt: number;
	deliveries: ModelDelivery[];
	/** The send with the valid code. */
	current: ModelDelivery;
	/** Codes of sends that were not sent. */
	withdrawn: string[];
}

/**
 * The rules of docs/reference/verification-rules.md for one phone, told as simply as they can be: what each act has to
 * answer.
 */
export class PhoneModel {
	verifications: ModelVerification[] = [];
	private sendTimes: number[] = [];
	private failureTimes: number[] = [];
	private eventTimes = new Map<string, number>();

	constructor(private readonly clock: { now: number }) {}

	newest(purpose: string): ModelVerification | undefined {
		return this.verifications.findLast((each) => each.purpose === purpose);
	}

	stateOf({ state, expires }: ModelVerification): string {
		return state === 'pending' && this.clock.now >= expires ? 'expired' : state;
	}

	isForgotten({ forgottenAt }: ModelVerification): boolean {
		return this.clock.now >= forgottenAt;
	}

	private isLive({ state, expires }: ModelVerification): boolean {
		return (state === 'pending' || state === 'undeliverable') && this.clock.now < expires;
	}

	/** @returns why a send is refused, or the verification that it continues, if any */
	begin(purpose: string): { refused: string } | { continues: ModelVerification | undefined } {
		const newest = this.newest(purpose);
		const continues = newest !== undefined && this.isLive(newest) ? newest : undefined;
		const refused = this.refusal(continues);
		return refused === undefined ? { continues } : { refused };
	}

	resend(verification: ModelVerification): { refused: string } | { continues: ModelVerification } {
		if (this.isForgotten(verification)) return { refused: 'not_found' };
		const state = this.stateOf(verification);
		if (!this.isLive(verification)) return { refused: state === 'approved' ? 'already_used' : state };
		const refused = this.refusal(verification);
		return refused === undefined ? { continues: verification } : { refused };
	}

	private refusal(continued: ModelVerification | undefined): string | undefined {
		const { now } = this.clock;
		if (continued !== undefined && continued.sends >= 4) return 'rate_limited';
		if (continued !== undefined && now < continued.resendAt) return 'cooldown';
		if (this.failures() >= 15) return 'rate_limited';
		const full = ({ limit, length }: { limit: number; length: number }) =>
			this.sendTimes.filter((time) => time > now - length).length >= limit;
		return windows.some(full) ? 'rate_limited' : undefined;
	}

	private failures(): number {
		return this.failureTimes.filter((time) => time > this.clock.now - 24 * hour).length;
	}

	/** Records a send that was not refused. */
	sent(
		sent: Sent,
		purpose: string,
		continues: ModelVerification | undefined,
		{ expiresIn, metadata }: ModelSend,
	): void {
		const { now } = this.clock;
		this.sendTimes.push(now);
		const deadline = continues?.deadline ?? now + 10 * minute;
		const isBare = Object.keys(metadata).length === 0;
		const delivery: ModelDelivery = {
			sent,
			startedAt: now,
			status: 'sending',
			dropsAt: now + (Math.min(expiresIn, 120) + 15) * second,
			expires: Math.min(now + expiresIn * second, deadline),
			metadata: isBare && continues !== undefined ? continues.current.metadata : metadata,
		};
		const begun = { state: 'pending', expires: delivery.expires, current: delivery };
		if (continues === undefined) {
			const life = { deadline, resendAt: now + 30 * second, forgottenAt: deadline + 24 * hour };
			const counts = { attempts: 0, sends: 1, deliveries: [delivery], withdrawn: [] };
			this.verifications.push({ purpose, ...begun, ...life, ...counts });
			return;
		}
		Object.assign(continues, begun);
		continues.sends += 1;
		continues.resendAt = now + (cooldowns[Math.min(continues.sends, 3) - 1] ?? 0);
		continues.deliveries.push(delivery);
	}

	check(verification: ModelVerification, entry: 'right' | 'wrong' | 'malformed'): string {
		if (this.isForgotten(verification)) return 'not_found';
		const state = this.stateOf(verification);
		if (state !== 'pending') return state === 'approved' ? 'already_used' : state;
		if (entry === 'malformed') return 'malformed';
		if (this.failures() >= 15) return 'rate_limited';
		verification.attempts += 1;
		if (entry === 'right') {
			this.failureTimes = [];
			return this.end(verification, 'approved');
		}
		this.failureTimes.push(this.clock.now);
		return verification.attempts >= 5 ? this.end(verification, 'locked') : 'invalid_code';
	}

	cancel(verification: ModelVerification): void {
		if (this.isLive(verification)) this.end(verification, 'canceled');
	}

	private end(verification: ModelVerification, state: string): string {
		verification.state = state;
		verification.forgottenAt = this.clock.now + 24 * hour;
		return state;
	}

	/** @returns whether the status is new */
	receiveStatus(verification: ModelVerification, delivery: ModelDelivery, status: DeliveryStatus): boolean {
		const isNew = rank.indexOf(status) > rank.indexOf(delivery.status);
		if (isNew) delivery.status = status;
		this.settle(verification);
		return isNew;
	}

	/** @returns the sends without a delivery report 15 seconds after their time to live, each once */
	claimDropped(): ModelDelivery[] {
		const known = this.verifications.filter((each) => !this.isForgotten(each));
		const open = known
			.flatMap(({ deliveries }) => deliveries)
			.filter(({ dropsAt, status }) => {
				return this.clock.now >= dropsAt && rank.indexOf(status) < rank.indexOf('dropped');
			});
		for (const delivery of open) delivery.status = 'dropped';
		return open;
	}

	firstTime(event: string): boolean {
		const { now } = this.clock;
		const isKnown = now < (this.eventTimes.get(event) ?? -Infinity) + 7 * 24 * hour;
		if (!isKnown) this.eventTimes.set(event, now);
		return !isKnown;
	}

	/** Only if no outcome and no status is known. @returns whether an older code is valid again */
	withdraw(verification: ModelVerification, delivery: ModelDelivery): boolean {
		if (delivery.status !== 'sending') return false;
		verification.deliveries = verification.deliveries.filter((each) => each !== delivery);
		verification.withdrawn.push(delivery.sent.code);
		this.sendTimes.splice(this.sendTimes.indexOf(delivery.startedAt), 1);
		if (verification.deliveries.length === 0) {
			this.verifications = this.verifications.filter((each) => each !== verification);
			return false;
		}
		const newest = verification.deliveries.at(-1) ?? delivery;
		const comesBack = newest !== verification.current && this.stateOf(verification) === 'pending';
		if (comesBack) Object.assign(verification, { current: newest, expires: newest.expires });
		verification.sends -= 1;
		verification.resendAt = this.clock.now;
		this.settle(verification);
		return comesBack;
	}

	private settle(verification: ModelVerification): void {
		if (this.clock.now >= verification.expires) return;
		const hopeless = verification.deliveries.every(({ status }) => status === 'failed');
		if (verification.deliveries.at(-1)?.status === 'failed') {
			verification.resendAt = Math.min(verification.resendAt, this.clock.now);
		}
		if (hopeless && verification.state === 'pending') verification.state = 'undeliverable';
		if (!hopeless && verification.state === 'undeliverable') verification.state = 'pending';
	}
}
