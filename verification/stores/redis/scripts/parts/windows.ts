/**
 * `momentsAfter` and `waitOf` read a sliding window. A window is stored as one text: the times of what it counts, in
 * milliseconds since 1970, oldest first, with spaces between them.
 */
export const windows = `
-- A list of the times after this one. The text may be nil or false.
local function momentsAfter(text, after)
	local kept = {}
	for moment in (text or ''):gmatch('%d+') do
		moment = tonumber(moment)
		if moment > after then kept[#kept + 1] = moment end
	end
	return kept
end

-- Milliseconds until the window has room again. Nil if it has room now.
local function waitOf(moments, now, limit, window)
	if #moments < limit then return nil end
	return (moments[#moments - limit + 1] or now) + window - now
end
`;
