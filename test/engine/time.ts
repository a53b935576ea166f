import { ClientRequest } from 'node:http';

/** Where time stands when a test file begins; it goes on only by `pass`. */
const beginning = Date.parse('2026-01-01T00:00:00Z');

/** Only dates stand still: whoever really waits for a socket goes on waiting. */
export function stopClock(): void {
	const running = [
		...([
			'hrtime',
			'performance',
			'nextTick',
			'queueMicrotask',
			'setImmediate',
			'clearImmediate',
		] as const),
		...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
	];
	jest.useFakeTimers({ now: beginning, doNotFake: running });
}

export function pass(seconds: number): void {
	jest.setSystemTime(Date.now() + seconds * 1000);
}

/** The moment so many seconds from now, as outputs write it. */
export function inSeconds(seconds: number): string {
	return new Date(Date.now() + seconds * 1000).toISOString();
}

/** How long, in milliseconds, the package waits before it asks a provider again. */
const pauses = [1000, 2000, 4000, 16_000];

/**
 * Lets those pauses pass at once, and the clock with them, until the mocks are restored.
 * @param more pauses that a provider asks for
 * @returns the pauses that were made
 */
export function skipPauses(...more: number[]): number[] {
	const made: number[] = [];
	const wait = globalThis.setTimeout;
	jest.spyOn(globalThis, 'setTimeout').mockImplementation((act: () => void, ms = 0) => {
		if (![...pauses, ...more].includes(ms)) return wait(act, ms);
		made.push(ms);
		pass(ms / 1000);
		return wait(act, 0);
	});
	return made;
}

/**
 * Lets requests that would wait `seconds` for an answer give up at once, until the mocks are restored.
 * @returns how many would have
 */
export function shortenPatience(seconds: number): { requests: number } {
	const seen = { requests: 0 };
	jest.spyOn(ClientRequest.prototype, 'setTimeout').mockImplementation(function (
		this: ClientRequest,
		ms,
		act,
	) {
		const isMeant = ms === seconds * 1000;
		if (isMeant) seen.requests += 1;
		return this.once('socket', (socket) => socket.setTimeout(isMeant ? 50 : ms, act));
	});
	return seen;
}
