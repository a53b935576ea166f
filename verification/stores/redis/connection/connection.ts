import { IdleTimer, idleTime } from '../../idle-timer';
import { RedisEndedError, RedisTimeoutError } from '../errors';
import { withTimeout } from '../timeout';
import { RedisReplyError, type RedisTransport } from '../transport';
import type { RedisAddress } from './address';
import { openCluster } from './cluster';
import { openSentinel } from './sentinel';
import { openServer } from './server';
import type { Wire } from './wire';

/** Milliseconds for a connection or an answer: much less than a person or a webhook waits. */
export const defaultTimeoutMs = 3000;

/** After these replies another server may be the primary, or the server is about to close the connection. */
const lastReplies = /^-?(READONLY|MASTERDOWN|CLUSTERDOWN|LOADING|NOREPLICAS|ERR Protocol error)\b|: -READONLY\b/;

const openers = { server: openServer, sentinel: openSentinel, cluster: openCluster };

/**
 * A connection that opens with its first command, and opens again with the first command after it broke. It queues no
 * command while it is down. It never repeats a command, since it is unknown whether the server has done it. It closes
 * when nothing uses it.
 */
export class RedisConnection implements RedisTransport {
	readonly isCluster: boolean;
	private opening: Promise<Wire> | undefined;
	private wire: Wire | undefined;
	/** Why a connection was ended, for the commands that still waited for its answers. */
	private readonly endings = new WeakMap<Wire, unknown>();
	private readonly idle: IdleTimer;

	constructor(
		private readonly address: RedisAddress,
		private readonly timeoutMs = defaultTimeoutMs,
		idleMs = idleTime,
	) {
		this.idle = new IdleTimer(() => void this.close(), idleMs);
		this.isCluster = address.kind === 'cluster';
	}

	send(key: string, command: readonly string[]): Promise<unknown> {
		return this.idle.during(() => this.sendNow(key, command));
	}

	async close(): Promise<void> {
		this.idle.stop();
		const wire = this.wire ?? (await this.opening?.catch(() => undefined));
		if (wire !== undefined) this.drop(wire);
	}

	private async sendNow(key: string, command: readonly string[]): Promise<unknown> {
		const wire = this.wire?.isReady === true ? this.wire : await this.open();
		try {
			// The client has no timeout for commands that it has written.
			return await withTimeout(wire.send(key, command), this.timeoutMs, () => new RedisTimeoutError(this.timeoutMs));
		} catch (error) {
			if (error instanceof RedisReplyError && !lastReplies.test(error.message)) throw error;
			if (!this.endings.has(wire)) {
				this.endings.set(wire, error);
				this.drop(wire);
			}
			// Another command's refusal must not look like one of this command, which the server may have done.
			throw error instanceof RedisReplyError ? error : new RedisEndedError(this.endings.get(wire));
		}
	}

	/** All commands that come while it opens wait for the same connection. */
	private open(): Promise<Wire> {
		if (this.wire !== undefined) this.drop(this.wire);
		this.opening ??= openers[this.address.kind](this.address, this.timeoutMs).then(
			(wire) => {
				this.wire = wire;
				return wire;
			},
			(error: unknown) => {
				this.opening = undefined;
				throw error;
			},
		);
		return this.opening;
	}

	private drop(wire: Wire): void {
		wire.destroy();
		if (this.wire !== wire) return;
		this.wire = undefined;
		this.opening = undefined;
	}
}
