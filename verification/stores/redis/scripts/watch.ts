import { script } from './script';

/**
 * Notes when a send counts as dropped. Each call also removes up to ten entries that are too old to be reported: more
 * than it adds, and few enough to be fast.
 *
 * KEYS:
 *   1    the provider's sends by the time at which they count as dropped
 * ARGV:
 *   1    the send: phone key, verification id and send id, with spaces between them
 *   2    time at which it counts as dropped, in milliseconds since 1970
 *   3    older entries are removed: milliseconds since 1970
 *   4    time to live of the key, in milliseconds
 *
 * @returns the number of removed entries.
 */
export const watch = script(
	[],
	`
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[3], 'LIMIT', 0, 10)
for _, send in ipairs(old) do redis.call('ZREM', KEYS[1], send) end
return #old
`,
);
