import { counters } from './parts/counters';
import { windows } from './parts/windows';
import { script } from './script';

/**
 * Takes a send off a counter on another node of a cluster. The clocks of two nodes differ, so it takes off the send
 * that was counted closest to this time.
 *
 * KEYS:
 *   1    counter
 * ARGV:
 *   1    time at which the send was counted, in milliseconds since 1970
 *
 * @returns 0
 */
export const giveBack = script(
	[windows, counters],
	`
local moment, closest = tonumber(ARGV[1]), nil
for _, each in ipairs(momentsAfter(redis.call('GET', KEYS[1]), 0)) do
	if not closest or math.abs(each - moment) < math.abs(closest - moment) then closest = each end
end
if closest then uncount(KEYS[1], closest) end
return 0
`,
);
