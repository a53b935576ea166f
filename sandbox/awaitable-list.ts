/** Thrown by `AwaitableList.wait` when the time is up; `code` is stable. */
export class WaitTimeout extends Error {
	readonly code = 'WAIT_TIMEOUT';
}

export interface WaitOptions {
	/** The number of matching entries to wait for; default 1. */
	count?: number;
	/** Milliseconds; default 60,000. */
	timeoutMs?: number;
}

/** A list that code can wait on, without polling it. */
export class AwaitableList<Entry> {
	private entries: Entry[] = [];
	private readonly listeners = new Set<() => void>();

	add(entry: Entry): void {
		this.entries.push(entry);
		this.changed();
	}

	/** Tells the listeners. Call it after changing an entry in place. */
	changed(): void {
		for (const listener of [...this.listeners]) listener();
	}

	list(matches: (entry: Entry) => boolean = () => true): Entry[] {
		return this.entries.filter(matches);
	}

	/** Returns the removed entries. */
	remove(matches: (entry: Entry) => boolean = () => true): Entry[] {
		const removed: Entry[] = [];
		const kept: Entry[] = [];
		for (const entry of this.entries) (matches(entry) ? removed : kept).push(entry);
		this.entries = kept;
		this.changed();
		return removed;
	}

	/** Returns the function that ends the subscription. */
	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Resolves to all matching entries once there are `count` of them. Rejects with WaitTimeout. */
	wait(matches: (entry: Entry) => boolean, options: WaitOptions = {}): Promise<Entry[]> {
		const { count = 1, timeoutMs = 60_000 } = options;
		return new Promise((resolve, reject) => {
			const finish = (settle: () => void) => {
				clearTimeout(timer);
				unsubscribe();
				settle();
			};
			const look = () => {
				const found = this.list(matches);
				if (found.length >= count) finish(() => resolve(found));
			};
			const giveUp = () => {
				const found = this.list(matches).length;
				finish(() => reject(new WaitTimeout(`${found} of ${count} arrived within ${timeoutMs} ms`)));
			};
			const timer = setTimeout(giveUp, timeoutMs);
			const unsubscribe = this.onChange(look);
			look();
		});
	}
}
