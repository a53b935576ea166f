import { ClientRequest } from 'node:http';
import type { Sandbox } from '../../sandbox/server';

/** Where time stands when a test file begins; it goes on only by `pass`. */
const beginning = Date.parse('2026-01-01T00:00:00Z');

/** Only dates stand still. Real waiting, for example for a socket, continues. */
export function stopClock(): void {
	const running = [
		...(['hrtime', 'performance', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
		...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
	];
	jest.useFakeTimers({ now: beginning, doNotFake: running });
}

export function pass(seconds: number): void {
	jest.setSystemTime(Date.now() + seconds * 1000);
}

/** The time in `seconds` from now, as outputs write it. */
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
 * Holds the timeouts of requests that would wait `seconds` for an answer, until the mocks are restored. The test decides
 * when they end. With a real clock, a busy machine could end a request that was about to be answered.
 */
export class HeldTimeouts {
	private readonly waiting = new Map<ClientRequest, () => void>();
	private changed: () => void = () => undefined;

	constructor(seconds: number) {
		const hold = (request: ClientRequest, act: () => void) => {
			this.waiting.set(request, act);
			for (const end of ['response', 'close']) request.once(end, () => this.forget(request));
		};
		jest.spyOn(ClientRequest.prototype, 'setTimeout').mockImplementation(function (
			this: ClientRequest,
			ms,
			act = () => undefined,
		) {
			if (ms !== seconds * 1000) return this.once('socket', (socket) => socket.setTimeout(ms, act));
			hold(this, act);
			return this;
		});
	}

	/** Runs out for the last `slow` requests, once the sandbox has taken that many sends and answered the others. */
	async runOut(sandbox: Sandbox, sends: number, slow = 1): Promise<void> {
		await sandbox.waitForRequests({ call: 'send' }, { count: sends, timeoutMs: 15_000 });
		while (this.waiting.size > slow) await new Promise<void>((resolve) => (this.changed = resolve));
		expect(this.waiting.size).toBe(slow);
		for (const act of this.waiting.values()) act();
	}

	private forget(request: ClientRequest): void {
		this.waiting.delete(request);
		this.changed();
	}
}
