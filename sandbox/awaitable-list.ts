/** Thrown by `Journal.wait` when the time is up; `code` is stable. */
export class WaitTimeout extends Error {
	readonly code = 'WAIT_TIMEOUT';
}

export interface WaitOptions {
	/** How many matching entries are waited for; 1 unless given. */
	count?: number;
	/** Milliseconds; 5000 unless given. */
	timeoutMs?: number;
}

/** A list that can be waited on, so that nobody has to poll it or to sleep beside it. */
export class Journal<Entry> {
	private entries: Entry[] = [];
	private readonly listeners = new Set<() => void>();

	add(entry: Entry): void {
		this.entries.push(entry);
		this.changed();
	}

	/** To be called after an entry was changed in place. */
	changed(): void {
		for (const listener of [...this.listeners]) listener();
	}

	list(matches: (entry: Entry) => boolean = () => true): Entry[] {
		return this.entries.filter(matches);
	}

	/** Returns what was removed. */
	remove(matches: (entry: Entry) => boolean = () => true): Entry[] {
		const gone: Entry[] = [];
		const kept: Entry[] = [];
		for (const entry of this.entries) (matches(entry) ? gone : kept).push(entry);
		this.entries = kept;
		this.changed();
		return gone;
	}

	/** Returns the function that ends the subscription. */
	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Resolves to all matching entries once there are `count` of them; rejects with WaitTimeout. */
	wait(matches: (entry: Entry) => boolean, options: WaitOptions = {}): Promise<Entry[]> {
		const { count = 1, timeoutMs = 5000 } = options;
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
