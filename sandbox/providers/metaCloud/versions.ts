/** The ends of the versions of the Graph API (docs/reference/providers.md 1.12). The last one has none yet. */
const ends: ReadonlyArray<readonly [version: number, end: string | undefined]> = [
	[20, '2026-09-24'],
	[21, '2027-01-21'],
	[22, '2027-05-20'],
	[23, '2027-10-08'],
	[24, '2028-02-18'],
	[25, '2028-07-29'],
	[26, undefined],
];

/**
 * The version that Meta runs a call as: the given one or, after its end, the oldest that is left.
 * @param given such as v25.0
 * @returns undefined for a version that does not exist yet
 */
export function runningVersion(given: string, now: number): number | undefined {
	const wanted = Number(given.slice(1));
	const living = ends.filter(([, end]) => end === undefined || Date.parse(end) > now).map(([version]) => version);
	return living.find((version) => version >= wanted);
}
