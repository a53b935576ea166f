import type { RecordedMessage } from './deliveries';
import type { Engine } from './engine';

/** Milliseconds between two looks. A look is cheap if no message is due. */
const defaultInterval = 5000;

export interface DroppedMessagesWatch {
	provider: string;
	engine: () => Promise<Engine>;
	/** Gets messages that no other watch got. */
	onDropped: (messages: RecordedMessage[]) => void;
	/** The store did not answer. The watch asks again, and calls this once until the store answers. */
	onError: (error: unknown) => void;
}

/**
 * Reports messages without a delivery report in time: at once, and then every few seconds. Messages that were due while
 * nothing watched come first. Never looks twice at the same time, and does not keep the process alive.
 * @returns a function that stops the watch; it waits for the look that is running
 */
export function watchDroppedMessages(
	{ provider, engine, onDropped, onError }: DroppedMessagesWatch,
	interval = defaultInterval,
): () => Promise<void> {
	let stopped = false;
	let isFailing = false;
	let looking: Promise<void> | undefined;
	const claimAll = async () => {
		const opened = await engine();
		while (!stopped) {
			const dropped = await opened.claimDropped(provider);
			if (dropped.length === 0) return;
			onDropped(dropped);
		}
	};
	const look = () => {
		looking ??= claimAll()
			.then(() => {
				isFailing = false;
			})
			.catch((error: unknown) => {
				if (!isFailing) onError(error);
				isFailing = true;
			})
			.finally(() => {
				looking = undefined;
			});
	};
	look();
	const timer = setInterval(look, interval);
	timer.unref();
	return async () => {
		stopped = true;
		clearInterval(timer);
		await looking;
	};
}
