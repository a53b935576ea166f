import { script } from './script';

/**
 * Counts a send under a counter that lies on another node of a cluster than its phone, unless it is full.
 * KEYS: counter. ARGV: clock, widest window, then limit and window of each.
 * @returns the full window that takes longest to have room again, counted from 1, and the wait; or 0 and the moment
 */
export const reserve = script(
	['windows', 'counters'],
	`
local now = clock(ARGV[1])
local full, longest = 0, -1
for i = 3, #ARGV, 2 do
	local limit, window = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
	local wait = waitOf(counted(KEYS[1], now, window), now, limit, window)
	if wait and wait > longest then full, longest = (i - 1) / 2, wait end
end
if full > 0 then return {full, longest} end
count(KEYS[1], now, tonumber(ARGV[2]))
return {0, now}
`,
);

/** Gives the send counted closest to a moment back: the clocks of two nodes differ. KEYS: counter. ARGV: moment. */
export const giveBack = script(
	['windows', 'counters'],
	`
local moment, closest = tonumber(ARGV[1]), nil
for _, stamp in ipairs(moments(redis.call('GET', KEYS[1]), 0)) do
	if not closest or math.abs(stamp - moment) < math.abs(closest - moment) then closest = stamp end
end
if closest then uncount(KEYS[1], closest) end
return 0
`,
);
