/**
 * Failed checks of a phone (`restOf`) and of a caller (`callerWait`, `countCaller`). It uses parts/windows.ts and
 * parts/counters.ts. The rules are in verification/rules/counters.ts.
 */
export const failures = `
-- Milliseconds until a phone that rests may be checked again. Nil if it does not rest. The last failed check decides: a
-- rest does not get shorter when the oldest ones leave the window. terms has the five numbers of a FailureBudget.
local function restOf(moments, terms, now)
	local limit, window, every, rest, maxRest = unpack(terms)
	if #moments < limit then return nil end
	local first = 1
	while moments[first] <= moments[#moments] - window do first = first + 1 end
	local count = #moments - first + 1
	if count < limit then return nil end
	local doublings = math.floor((count - limit) / every)
	local began = moments[first + limit - 1 + doublings * every]
	local wait = began + math.min(rest * 2 ^ doublings, maxRest) - now
	if wait > 0 then return wait end
	return nil
end

-- The text of these failed checks and one now. Those that have left the window are dropped.
local function withFailure(moments, now, window)
	local kept = {}
	for _, moment in ipairs(moments) do
		if moment > now - window then kept[#kept + 1] = moment end
	end
	kept[#kept + 1] = now
	return table.concat(kept, ' ')
end

-- callers is 'full <milliseconds to wait>', or for each window of the caller the place of its key in KEYS, the limit
-- and the window in milliseconds; or ''.
local function callerWait(callers, now)
	if callers == '' then return nil end
	local longest = tonumber(callers:match('^full (%d+)$'))
	for place, limit, window in callers:gmatch('(%d+) (%d+) (%d+)') do
		window = tonumber(window)
		local wait = waitOf(countedIn(KEYS[tonumber(place)], now, window), now, tonumber(limit), window)
		if wait and wait > (longest or -1) then longest = wait end
	end
	return longest
end

local function countCaller(callers, now)
	for place, _, window in callers:gmatch('(%d+) (%d+) (%d+)') do count(KEYS[tonumber(place)], now, tonumber(window)) end
end

local function numbersIn(text)
	local numbers = {}
	for number in text:gmatch('%d+') do numbers[#numbers + 1] = tonumber(number) end
	return numbers
end
`;
