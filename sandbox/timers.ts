/** Everything that happens later, in one place, so that stopping leaves nothing behind. */
export class Timers {
	private readonly pending = new Set<NodeJS.Timeout>();

	after(delayMs: number, act: () => void): void {
		const timer = setTimeout(() => {
			this.pending.delete(timer);
			act();
		}, delayMs);
		this.pending.add(timer);
	}

	clear(): void {
		for (const timer of this.pending) clearTimeout(timer);
		this.pending.clear();
	}
}
