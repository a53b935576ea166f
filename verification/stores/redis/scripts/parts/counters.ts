/** Counters of sends: each is a sliding window under its own key. They use `momentsAfter` (parts/windows.ts). */
export const counters = `
local function countedIn(key, now, window)
	return momentsAfter(redis.call('GET', key), now - window)
end

-- The time to live never gets shorter: another policy may use a wider window.
local function writeCounter(key, moments, ttl)
	redis.call('SET', key, table.concat(moments, ' '), 'PX', math.max(ttl, redis.call('PTTL', key)))
end

local function count(key, now, window)
	local moments = countedIn(key, now, window)
	moments[#moments + 1] = now
	writeCounter(key, moments, window)
end

local function uncount(key, moment)
	local moments = momentsAfter(redis.call('GET', key), 0)
	for at = 1, #moments do
		if moments[at] == moment then
			table.remove(moments, at)
			return writeCounter(key, moments, 1)
		end
	end
end
`;
