import { setImmediate as nextTurn } from 'node:timers/promises';
import { Batch } from '../../verification/stores/redis/batch';

describe('A batch', () => {
	/** Answers with the doubled requests, and notes the requests of each run. */
	const doubling = () => {
		const runs: Array<readonly number[]> = [];
		const batch = new Batch(3, async (requests: readonly number[]) => {
			runs.push(requests);
			return requests.map((request) => 2 * request);
		});
		return { runs, batch };
	};

	it('runs the requests of one turn together and gives each its own answer', async () => {
		const { runs, batch } = doubling();
		expect(await Promise.all([batch.add(1), batch.add(2)])).toEqual([2, 4]);
		expect(await batch.add(3)).toBe(6);
		expect(runs).toEqual([[1, 2], [3]]);
	});

	it('starts one run a turn if there are more requests than fit into one', async () => {
		const { runs, batch } = doubling();
		const answers = Promise.all([1, 2, 3, 4, 5, 6, 7].map((request) => batch.add(request)));
		const runsAfter = async () => {
			await nextTurn();
			return runs.length;
		};
		expect([await runsAfter(), await runsAfter(), await runsAfter()]).toEqual([1, 2, 3]);
		expect(runs).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
		expect(await answers).toEqual([2, 4, 6, 8, 10, 12, 14]);
	});

	it('starts further runs without waiting for the answers of the first', async () => {
		let runs = 0;
		const batch = new Batch(1, () => {
			runs += 1;
			return new Promise<number[]>(() => undefined);
		});
		for (let i = 0; i < 3; i += 1) void batch.add(i);
		for (let i = 0; i < 3; i += 1) await nextTurn();
		expect(runs).toBe(3);
	});

	it('fails the requests of a run that fails, and no others', async () => {
		const batch = new Batch(2, async (requests: readonly number[]) => {
			if (requests.includes(1)) throw new Error('the first run failed');
			return requests;
		});
		const settled = await Promise.allSettled([0, 1, 2].map((request) => batch.add(request)));
		expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
	});

	it('fails a request alone if its answer is a promise that fails', async () => {
		const batch = new Batch(2, async (requests: readonly number[]) =>
			requests.map((request) => (request === 0 ? Promise.reject(new Error('this one failed')) : request)),
		);
		const settled = await Promise.allSettled([0, 1].map((request) => batch.add(request)));
		expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
	});

	it('fails if a run has another number of answers than of requests', async () => {
		const batch = new Batch(2, async () => [1]);
		const settled = await Promise.allSettled([batch.add(0), batch.add(1)]);
		expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
	});
});
