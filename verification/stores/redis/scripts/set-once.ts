import { script } from './script';

/**
 * Sets a key for a time, unless it is set and its time has not passed.
 *
 * KEYS:
 *   1    key
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   2    milliseconds for which it is set
 *
 * @returns 1 if it was not set before, else 0.
 */
export const setOnce = script(
	[],
	`
local now, ms = clock(ARGV[1]), tonumber(ARGV[2])
if tonumber(redis.call('GET', KEYS[1]) or 0) > now then return 0 end
redis.call('SET', KEYS[1], now + ms, 'PX', ms)
return 1
`,
);
