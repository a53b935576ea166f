import type { Refused } from '../errors';

const pairRateCode = 131056;

/** Meta advises to wait 4^n seconds after too many messages to one number (docs/reference/providers.md 1.8). */
const pauses = [1000, 4000, 16_000];

/** The pauses before the retries of a send that Meta's pair rate refused, in milliseconds. */
export function pairRatePauses({ providerCode }: Refused): readonly number[] | undefined {
	return String(providerCode) === String(pairRateCode) ? pauses : undefined;
}
