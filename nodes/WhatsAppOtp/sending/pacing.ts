import { sleep } from 'n8n-workflow';
import { z } from 'zod';
import { accountKey, type ProviderConnection } from '../../shared/provider-connection';

/** What comes of waiting for a turn to send. Only `taken` slows down the sends of others. */
export type Turn = { result: 'taken' } | { result: 'cancelled' } | { result: 'too_late'; waitMs: number };

/**
 * Waits until the account may send its next message. Take a turn just before the message leaves: a refused request must
 * not delay others (docs/reference/verification-rules.md 1.21).
 * @param maxWaitMs the time after which the message is of no use; a longer wait is refused at once
 */
export type Pace = (maxWaitMs: number) => Promise<Turn>;

interface Rate {
	account: string;
	/** 0: no limit. */
	messagesPerSecond: number;
}

/** What the rate of sends depends on, besides the account. */
export interface PaceSource {
	/** The option 'Messages per Second', not checked. */
	messagesPerSecond(): unknown;
	getExecutionCancelSignal(): AbortSignal | undefined;
}

/** Spaces the sends of an account evenly, at the rate of the option 'Messages per Second' or else of the provider. */
export function createPace(host: PaceSource, connect: () => Promise<ProviderConnection>): Pace {
	let reading: Promise<Rate> | undefined;
	return async (maxWaitMs) => {
		const { account, messagesPerSecond } = await (reading ??= readRate(host, connect));
		const signal = host.getExecutionCancelSignal();
		if (messagesPerSecond === 0) return { result: signal?.aborted === true ? 'cancelled' : 'taken' };
		const line = lines.get(account) ?? new Line();
		lines.set(account, line);
		return await line.turn(1000 / messagesPerSecond, maxWaitMs, signal);
	};
}

/** The messages of an account that wait for their turn. The times are those of `performance.now()`. */
class Line {
	private readonly waiting: Array<{ interval: number; leave: () => void }> = [];
	private isMoving = false;
	private nextAt = 0;

	async turn(interval: number, maxWaitMs: number, signal: AbortSignal | undefined): Promise<Turn> {
		if (signal?.aborted === true) return { result: 'cancelled' };
		const waitMs = this.waiting.reduce((sum, one) => sum + one.interval, Math.max(0, this.nextAt - performance.now()));
		if (waitMs > maxWaitMs) return { result: 'too_late', waitMs };
		return await new Promise((resolve) => {
			const place = { interval, leave: () => resolve({ result: 'taken' }) };
			const cancel = () => {
				const index = this.waiting.indexOf(place);
				if (index >= 0) this.waiting.splice(index, 1);
				resolve({ result: 'cancelled' });
			};
			signal?.addEventListener('abort', cancel, { once: true });
			this.waiting.push(place);
			void this.move();
		});
	}

	private async move(): Promise<void> {
		if (this.isMoving) return;
		this.isMoving = true;
		this.nextAt = Math.max(this.nextAt, performance.now());
		while (this.waiting.length > 0) {
			const wait = this.nextAt - performance.now();
			if (wait > 0) await sleep(wait);
			const first = this.waiting.shift();
			if (first === undefined) break;
			this.nextAt += first.interval;
			first.leave();
		}
		this.isMoving = false;
	}
}

/** By account. All runs of a process share them. */
const lines = new Map<string, Line>();

const rateOption = z.number().min(0).optional().catch(undefined);

async function readRate(host: PaceSource, connect: () => Promise<ProviderConnection>): Promise<Rate> {
	const chosen = rateOption.parse(host.messagesPerSecond());
	const target = await connect();
	const { provider, connection } = target;
	return {
		account: accountKey(target),
		messagesPerSecond: chosen ?? provider.throughputOf?.(connection.account) ?? provider.throughput.messagesPerSecond,
	};
}
