import type { RedisAddress } from './address';
import { openCluster } from './cluster';
import { RedisTimeoutError } from '../errors';
import { RedisReplyError, type RedisLink } from '../transport';
import { inTime } from '../timeout';
import { openSentinel } from './sentinel';
import { openServer } from './server';

/** One opened connection, or several of a cluster. */
export interface Wire {
	readonly isReady: boolean;
	/** @throws RedisReplyError where the server refused */
	send(key: string, command: readonly string[]): Promise<unknown>;
	destroy(): void;
}

/** Milliseconds that a connection or an answer may take: well below what a person or a webhook waits for. */
export const patience = 3000;

/** After these another server may be the one to ask, or the connection is about to be closed. */
const lastReplies = /^-?(READONLY|MASTERDOWN|CLUSTERDOWN|LOADING|NOREPLICAS|ERR Protocol error)\b|: -READONLY\b/;

const openers = { server: openServer, sentinel: openSentinel, cluster: openCluster };

/**
 * A connection that opens with its first command, and anew after it broke: nothing is queued while it is down, and
 * no command is ever repeated, since nobody knows whether it was done.
 */
export class RedisConnection implements RedisLink {
	readonly isCluster: boolean;
	private opened: Promise<Wire> | undefined;
	private wire: Wire | undefined;

	constructor(
		private readonly address: RedisAddress,
		private readonly milliseconds = patience,
	) {
		this.isCluster = address.kind === 'cluster';
	}

	async send(key: string, command: readonly string[]): Promise<unknown> {
		const wire = this.wire?.isReady === true ? this.wire : await this.open();
		try {
			// The client itself waits for ever for what it has written.
			return await inTime(wire.send(key, command), this.milliseconds, () => new RedisTimeoutError(this.milliseconds));
		} catch (error) {
			if (!(error instanceof RedisReplyError) || lastReplies.test(error.message)) this.drop(wire);
			throw error;
		}
	}

	async close(): Promise<void> {
		const wire = this.wire ?? (await this.opened?.catch(() => undefined));
		if (wire !== undefined) this.drop(wire);
	}

	/** Whoever asks while it opens waits for the same. */
	private open(): Promise<Wire> {
		if (this.wire !== undefined) this.drop(this.wire);
		this.opened ??= openers[this.address.kind](this.address, this.milliseconds).then(
			(wire) => {
				this.wire = wire;
				return wire;
			},
			(error: unknown) => {
				this.opened = undefined;
				throw error;
			},
		);
		return this.opened;
	}

	private drop(wire: Wire): void {
		wire.destroy();
		if (this.wire !== wire) return;
		this.wire = undefined;
		this.opened = undefined;
	}
}
