import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import type { Servers } from './servers';

/** What one round measured: ours, and the peer's or the limit's, in the figure's unit. */
export interface Sample {
	value: number;
	peerValue: number;
}

export interface Figure {
	name: string;
	/** What `value` is, for a person. */
	title: string;
	unit: string;
	/** What `peerValue` is. */
	peer: string;
	/** What `value / peerValue` has to be; absent where it is only told. */
	bound?: { atLeast: number } | { atMost: number };
	/** What this machine lacks for it; undefined where it can be measured. */
	missing?: () => string | undefined;
	/** @returns a sample of every round */
	measure(servers: Servers): Promise<Sample[]>;
}

/** What a figure came to, as `--json` prints it. */
export interface Result extends Sample {
	name: string;
	unit: string;
	peer: string;
	ratio: number;
}

/** The round whose ratio is the median: its two values were measured side by side, so noise has hit both. */
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

/** Work that is measured: told of nothing but that it is done. */
type Step = () => unknown;

export interface Round {
	ours: Step[];
	peers: Step[];
}

/**
 * The two take turns step by step, so that whatever else the machine does hits both, and in going first, as the second
 * finds the other's garbage; the first round only warms up.
 * @param prepare a round's steps, as many for the one as for the other; not measured itself
 * @param toUnit what milliseconds per step are in the figure's unit
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

/** @returns milliseconds, without the collection of what was left by preparing the round */
async function timed(step: Step): Promise<number> {
	collect({ type: 'minor' });
	const start = performance.now();
	await step();
	return performance.now() - start;
}

function missing(): never {
	throw new Error('the peer has fewer steps');
}
