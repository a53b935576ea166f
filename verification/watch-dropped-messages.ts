import type { Engine } from './engine';
import type { RecordedMessage } from './verification';

/** Milliseconds between two looks, which cost next to nothing where no message is due. */
const usualPause = 5000;

export interface DropsWatch {
	provider: string;
	engine: () => Promise<Engine>;
	/** Some dropped messages that nobody was told of before. */
	tell: (messages: RecordedMessage[]) => void;
	/** The store did not answer. It is asked again, and this is called once until it does. */
	fail: (error: unknown) => void;
}

/**
 * Tells of messages that nothing was heard of in time, at once and then every few seconds; those of a time in which
 * nobody watched come first. Never looks twice at once, and keeps no process from its end.
 * @returns how to stop, which waits for the look that is under way
 */
export function watchDrops({ provider, engine, tell, fail }: DropsWatch, pause = usualPause): () => Promise<void> {
	let stopped = false;
	let isFailing = false;
	let looking: Promise<void> | undefined;
	const claimAll = async () => {
		const opened = await engine();
		while (!stopped) {
			const dropped = await opened.claimDropped(provider);
			if (dropped.length === 0) return;
			tell(dropped);
		}
	};
	const look = () => {
		looking ??= claimAll()
			.then(() => {
				isFailing = false;
			})
			.catch((error: unknown) => {
				if (!isFailing) fail(error);
				isFailing = true;
			})
			.finally(() => {
				looking = undefined;
			});
	};
	look();
	const timer = setInterval(look, pause);
	timer.unref();
	return async () => {
		stopped = true;
		clearInterval(timer);
		await looking;
	};
}
