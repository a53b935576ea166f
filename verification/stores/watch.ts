import type { VerificationError } from '../errors';

/** Writes a sentence for the person who runs n8n. */
export type Warn = (sentence: string) => void;

/** For a store outside n8n. */
export const warnProcess: Warn = (sentence) => process.emitWarning(sentence);

/** Milliseconds between two looks of a store that is in use. A look takes a few microseconds. */
const minPause = 2000;

/** Milliseconds between two looks while nothing calls the store. */
const interval = 30_000;

/**
 * Looks at the files of an open store. What it finds is a sentence in the log at once, and the answer to the next call
 * (docs/operations.md, 'Files that change while n8n runs').
 */
export class Watch {
	private found: VerificationError | undefined;
	private lookedAt = 0;
	private timer: NodeJS.Timeout | undefined;

	/** @param look returns what has changed, undefined if nothing has */
	constructor(
		private readonly look: () => VerificationError | undefined,
		private readonly warn: Warn,
	) {}

	/** Does not keep the process alive. */
	start(): void {
		this.stop();
		this.lookedAt = performance.now();
		this.timer = setInterval(() => this.lookNow(), interval);
		this.timer.unref();
	}

	stop(): void {
		clearInterval(this.timer);
		this.found = undefined;
	}

	/** To be called with each call of the store. @returns what has changed since the start */
	change(): VerificationError | undefined {
		if (performance.now() - this.lookedAt >= minPause) this.lookNow();
		return this.found;
	}

	lookNow(): void {
		this.lookedAt = performance.now();
		if (this.found !== undefined) return;
		this.found = this.look();
		if (this.found !== undefined) this.warn(`${this.found.message}. ${this.found.fix}.`);
	}
}
