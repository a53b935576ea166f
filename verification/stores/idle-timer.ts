/** Milliseconds after which a connection that nothing uses is closed. It opens again with the next call. */
export const idleTime = 5 * 60_000;

/**
 * Calls `onIdle` when no work was done for a while. A person may edit a credential, and then nothing uses the
 * connection of the old one any more. Does not keep the process alive.
 */
export class IdleTimer {
	private active = 0;
	private timer: NodeJS.Timeout | undefined;

	constructor(
		private readonly onIdle: () => void,
		private readonly milliseconds = idleTime,
	) {}

	async during<Result>(work: () => Promise<Result>): Promise<Result> {
		this.active += 1;
		try {
			return await work();
		} finally {
			this.active -= 1;
			this.restart();
		}
	}

	stop(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
	}

	private restart(): void {
		if (this.timer === undefined) this.timer = setTimeout(() => this.expire(), this.milliseconds).unref();
		else this.timer.refresh();
	}

	private expire(): void {
		this.timer = undefined;
		// Work that runs now restarts the timer when it ends.
		if (this.active === 0) this.onIdle();
	}
}
