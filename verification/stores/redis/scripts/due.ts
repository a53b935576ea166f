import { script } from './script';

/**
 * Lists the sends that are due to count as dropped and not too old to be reported, oldest first.
 *
 * KEYS:
 *   1    the provider's sends by the time at which they count as dropped
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   2    age from which a send is too old, in milliseconds
 *   3    maximum number of sends
 *
 * @returns the sends, as `watch` has noted them.
 */
export const due = script(
	[],
	`
local now = clock(ARGV[1])
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. (now - tonumber(ARGV[2])), now, 'LIMIT', 0, ARGV[3])
`,
);
