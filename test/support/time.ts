import { ClientRequest } from 'node:http';
import type { Sandbox } from '../../sandbox/server';

/** The time at the start of a test file. Only `pass` changes it. */
const beginning = Date.parse('2026-01-01T00:00:00Z');

/** Stops the dates. Timers and sockets work as before. */
export function stopClock(): void {
	jest.useFakeTimers({
		now: beginning,
		doNotFake: [
			'hrtime',
			'performance',
			'nextTick',
			'queueMicrotask',
			'setImmediate',
			'clearImmediate',
			'setInterval',
			'clearInterval',
			'setTimeout',
			'clearTimeout',
		],
	});
}

export function pass(seconds: number): void {
	jest.setSystemTime(Date.now() + seconds * 1000);
}

/** The time in `seconds` from now, in the format of the outputs. */
export function inSeconds(seconds: number): string {
	return new Date(Date.now() + seconds * 1000).toISOString();
}

/** The pauses of the package before it calls a provider again, in milliseconds. */
const pauses = [1000, 2000, 4000, 16_000];

type SetTimeout = (act: () => void, ms?: number) => NodeJS.Timeout;

const setRealTimeout: SetTimeout = globalThis.setTimeout;

/** Sets timeouts in another way, until the mocks are restored. @param set it gets the real `setTimeout` */
export function mockTimeouts(set: (act: () => void, ms: number, setReal: SetTimeout) => NodeJS.Timeout): void {
	jest.spyOn(globalThis, 'setTimeout').mockImplementation((act: () => void, ms = 0) => set(act, ms, setRealTimeout));
}

/**
 * Skips those pauses and moves the clock by them, until the mocks are restored.
 * @param more pauses that a provider asks for
 * @returns the skipped pauses, which grow
 */
export function skipPauses(...more: number[]): number[] {
	const made: number[] = [];
	mockTimeouts((act, ms, setReal) => {
		if (![...pauses, ...more].includes(ms)) return setReal(act, ms);
		made.push(ms);
		pass(ms / 1000);
		return setReal(act, 0);
	});
	return made;
}

/** Keeps what is due after `ms` until `release` is called, or for ever if the mocks are restored before. */
export function holdTimeouts(ms: number): { release(): void } {
	const held: Array<() => void> = [];
	let isHolding = true;
	mockTimeouts((act, after, setReal) => {
		if (!isHolding || after !== ms) return setReal(act, after);
		held.push(act);
		return setReal(() => undefined, 0);
	});
	return {
		release: () => {
			isHolding = false;
			for (const act of held.splice(0)) act();
		},
	};
}

/** Resolves at the next pause of `ms`. Call it before the code that pauses; the mocks are restored after the test. */
export function nextPause(ms: number): Promise<void> {
	return new Promise((resolve) => {
		mockTimeouts((act, after, setReal) => {
			if (after === ms) resolve();
			return setReal(act, after);
		});
	});
}

/**
 * Controls the timeouts of the requests that wait `seconds` for an answer, until the mocks are restored. With a real
 * timeout, a busy machine could also end requests that were about to be answered.
 */
export class RequestTimeouts {
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

	/** Ends the last `slow` requests, once the sandbox has received `sends` sends and answered the others. */
	async expire(sandbox: Sandbox, sends: number, slow = 1): Promise<void> {
		await sandbox.waitForRequests({ call: 'send' }, { count: sends });
		while (this.waiting.size > slow) await new Promise<void>((resolve) => (this.changed = resolve));
		expect(this.waiting.size).toBe(slow);
		for (const act of this.waiting.values()) act();
	}

	private forget(request: ClientRequest): void {
		this.waiting.delete(request);
		this.changed();
	}
}
