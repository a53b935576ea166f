/** All pending timers of one sandbox. Stopping the sandbox clears them, so none is left running. */
export class Timers {
	private readonly pending = new Set<NodeJS.Timeout>();

	after(delayMs: number, act: () => void): void {
		const timer = setTimeout(() => {
			this.pending.delete(timer);
			act();
		}, delayMs);
		this.pending.add(timer);
	}

	/** Never ends if the timers are cleared first. */
	pause(ms: number): Promise<void> {
		return new Promise((resolve) => this.after(ms, resolve));
	}

	clear(): void {
		for (const timer of this.pending) clearTimeout(timer);
		this.pending.clear();
	}
}
