/**
 * How often a race or a random test is repeated. CI makes all rounds (docs/reference/verification-rules.md 7.2), other
 * machines a quarter, so that the run of a contributor ends soon.
 */
export function roundsOf(all: number): number {
	return Math.ceil(process.env.CI === 'true' ? all : all / 4);
}
