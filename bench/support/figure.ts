import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import type { Servers } from './servers';

/** One round: our value and the peer's value (or the limit), in the unit of the figure. */
export interface Sample {
	value: number;
	peerValue: number;
}

export interface Figure {
	name: string;
	/** What `value` measures, in words. */
	title: string;
	unit: string;
	/** What `peerValue` measures, in words. */
	peer: string;
	/** The bound of `value / peerValue`. Absent for a figure that is only printed. */
	bound?: { atLeast: number } | { atMost: number };
	/** @returns what this machine lacks for the figure, or undefined */
	missing?: () => string | undefined;
	/** @returns one sample per round */
	measure(servers: Servers): Promise<Sample[]>;
}

/** The result of a figure, as `--json` prints it. */
export interface Result extends Sample {
	name: string;
	unit: string;
	peer: string;
	ratio: number;
}

/** Returns the round with the median ratio. Its two values were measured side by side, so both met the same noise. */
export function resultOf(
	{ name, unit, peer }: Pick<Figure, 'name' | 'unit' | 'peer'>,
	samples: readonly Sample[],
): Result {
	const sorted = samples
		.map((sample) => ({ ...sample, ratio: sample.value / sample.peerValue }))
		.sort((a, b) => a.ratio - b.ratio);
	const middle = sorted[Math.floor(sorted.length / 2)];
	if (middle === undefined) throw new Error(`${name} has measured nothing`);
	return { name, value: middle.value, unit, peer, peerValue: middle.peerValue, ratio: middle.ratio };
}

export function holds({ bound }: Pick<Figure, 'bound'>, { ratio }: Pick<Result, 'ratio'>): boolean {
	if (bound === undefined) return true;
	return 'atLeast' in bound ? ratio >= bound.atLeast : ratio <= bound.atMost;
}

/** The measured work. It ends when its promise does. */
type Step = () => unknown;

export interface Round {
	ours: Step[];
	peers: Step[];
}

/**
 * Measures both sides in turns, step by step, so that other load on the machine hits both. They also take turns in
 * going first, because the second step collects the garbage of the first. The first round is a warm-up.
 * @param prepare returns the steps of a round, the same number for both sides; it is not measured
 * @param toUnit converts milliseconds per step into the unit of the figure
 */
export async function inTurns(
	rounds: number,
	prepare: () => Round | Promise<Round>,
	toUnit: (milliseconds: number) => number,
): Promise<Sample[]> {
	const samples: Sample[] = [];
	for (let round = 0; round <= rounds; round += 1) {
		const { ours, peers } = await prepare();
		const spent = { ours: 0, peers: 0 };
		for (const [i, step] of ours.entries()) {
			const turns = [
				async () => (spent.ours += await timed(step)),
				async () => (spent.peers += await timed(peers[i] ?? missing)),
			];
			for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
		}
		const sample = { value: toUnit(spent.ours / ours.length), peerValue: toUnit(spent.peers / ours.length) };
		if (round > 0) samples.push(sample);
	}
	return samples;
}

setFlagsFromString('--expose-gc');
const collect = z.function(z.tuple([z.object({ type: z.literal('minor') })])).parse(runInNewContext('gc'));

/** @returns milliseconds; the garbage of the preparation is collected before */
async function timed(step: Step): Promise<number> {
	collect({ type: 'minor' });
	const start = performance.now();
	await step();
	return performance.now() - start;
}

function missing(): never {
	throw new Error('the peer has fewer steps');
}
