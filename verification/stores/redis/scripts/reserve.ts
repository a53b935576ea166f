import { counters } from './parts/counters';
import { windows } from './parts/windows';
import { script } from './script';

/**
 * Counts a send in a counter on another node of a cluster than the phone's keys, unless one of its windows is full.
 *
 * KEYS:
 *   1    counter
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   2    widest window, in milliseconds
 *   then for each window:
 *   +0   limit
 *   +1   window, in milliseconds
 *
 * @returns 0 and the time at which the send was counted; or the number of the window with the longest wait, from 1,
 *   and the milliseconds to wait.
 */
export const reserve = script(
	[windows, counters],
	`
local now = clock(ARGV[1])
local full, longest = 0, -1
for i = 3, #ARGV, 2 do
	local limit, window = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
	local wait = waitOf(countedIn(KEYS[1], now, window), now, limit, window)
	if wait and wait > longest then full, longest = (i - 1) / 2, wait end
end
if full > 0 then return {full, longest} end
count(KEYS[1], now, tonumber(ARGV[2]))
return {0, now}
`,
);
