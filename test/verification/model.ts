import type { DeliveryStatus } from '../../verification/state';
import { hour, minute, second, type Sent } from './verifier';

/** Each may replace those before it (verification.md section 2). */
const rank: DeliveryStatus[] = [
	...(['sending', 'unknown', 'accepted', 'sent', 'dropped', 'failed', 'delivered', 'read'] as const),
];
const cooldowns = [30 * second, minute, 2 * minute];
const windows = [
	{ limit: 4, length: 10 * minute },
	{ limit: 6, length: hour },
	{ limit: 12, length: 24 * hour },
];

export interface ModelDelivery {
	sent: Sent;
	startedAt: number;
	status: DeliveryStatus;
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
}

/** The rules of verification.md for one phone, told as simply as they can be: what each act has to answer. */
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

	/** A send that was not refused. */
	sent(sent: Sent, purpose: string, continues: ModelVerification | undefined): void {
		const { now } = this.clock;
		this.sendTimes.push(now);
		const delivery: ModelDelivery = { sent, startedAt: now, status: 'sending' };
		if (continues === undefined) {
			const life = { deadline: now + 10 * minute, expires: now + 5 * minute, resendAt: now + 30 * second };
			const forgottenAt = life.deadline + 24 * hour;
			const begun = { purpose, state: 'pending', attempts: 0, sends: 1, ...life, forgottenAt };
			this.verifications.push({ ...begun, deliveries: [delivery] });
			return;
		}
		continues.state = 'pending';
		continues.sends += 1;
		continues.expires = Math.min(now + 5 * minute, continues.deadline);
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

	/** @returns whether it is news */
	hear(verification: ModelVerification, delivery: ModelDelivery, status: DeliveryStatus): boolean {
		const news = rank.indexOf(status) > rank.indexOf(delivery.status);
		if (news) delivery.status = status;
		this.settle(verification);
		return news;
	}

	/** @returns the sends that nothing was heard of in 120 seconds and 15 more, and of which nobody was told yet */
	claimDropped(): ModelDelivery[] {
		const known = this.verifications.filter((each) => !this.isForgotten(each));
		const open = known.flatMap(({ deliveries }) => deliveries).filter(({ startedAt, status }) => {
			const isDue = this.clock.now >= startedAt + 135 * second;
			return isDue && rank.indexOf(status) < rank.indexOf('dropped');
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

	withdraw(verification: ModelVerification, delivery: ModelDelivery): void {
		if (delivery.status !== 'sending' && delivery.status !== 'unknown') return;
		verification.deliveries = verification.deliveries.filter((each) => each !== delivery);
		this.sendTimes.splice(this.sendTimes.indexOf(delivery.startedAt), 1);
		if (verification.deliveries.length === 0) {
			this.verifications = this.verifications.filter((each) => each !== verification);
			return;
		}
		verification.sends -= 1;
		verification.resendAt = this.clock.now;
		this.settle(verification);
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
