import { nextTick } from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';

interface Call<Request, Answer> {
	request: Request;
	resolve: (answer: Answer | Promise<Answer>) => void;
	reject: (error: unknown) => void;
}

/**
 * Collects the requests of one turn of the event loop and runs them together, since a round trip to the server takes
 * longer than the work there (docs/decisions/0007-redis-record-and-batch.md).
 */
export class Batch<Request, Answer> {
	private calls: Array<Call<Request, Answer>> = [];

	/**
	 * @param maxSize of one run; further runs follow in the next turns, without waiting for answers
	 * @param run answers the requests in their order; if it throws, every request of this run fails with that error
	 */
	constructor(
		private readonly maxSize: number,
		private readonly run: (requests: readonly Request[]) => Promise<ReadonlyArray<Answer | Promise<Answer>>>,
	) {}

	add(request: Request): Promise<Answer> {
		return new Promise((resolve, reject) => {
			this.calls.push({ request, resolve, reject });
			if (this.calls.length === 1) nextTick(() => void this.runAll());
		});
	}

	/** One run a turn: the server works on one run while this process sends the next, and while it reads the answers. */
	private async runAll(): Promise<void> {
		const calls = this.calls;
		this.calls = [];
		for (let i = 0; i < calls.length; i += this.maxSize) {
			if (i > 0) await nextTurn();
			void this.runTogether(calls.slice(i, i + this.maxSize));
		}
	}

	private async runTogether(calls: ReadonlyArray<Call<Request, Answer>>): Promise<void> {
		try {
			const answers = await this.run(calls.map(({ request }) => request));
			if (answers.length !== calls.length) throw new Error('A batch has another number of answers than of requests');
			for (const [i, answer] of answers.entries()) calls[i]?.resolve(answer);
		} catch (error) {
			for (const { reject } of calls) reject(error);
		}
	}
}
