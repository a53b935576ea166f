/** Milliseconds since 1970, by the server's own clock unless a test gives another time. */
export const clock = `
local function clock(given)
	if given ~= '' then return tonumber(given) end
	local time = redis.call('TIME')
	return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;
