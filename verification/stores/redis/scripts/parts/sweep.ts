/**
 * `sweep` removes the lines of deleted verifications from the hash of a phone's checks. It also erases the MACs of
 * expired codes: no entry is compared with them any more. It uses `packLine` and `unpackLine` (packed-line.ts).
 */
export const sweep = `
local function sweepLine(checks, id, packed, now)
	local isReadable, line = pcall(unpackLine, packed)
	if not isReadable or line.purgeAt <= now then
		redis.call('HDEL', checks, id)
	elseif line.mac ~= '' and line.expiresAt <= now then
		line.mac, line.replaced = '', ''
		redis.call('HSET', checks, id, packLine(line))
	end
end

local function sweep(checks, now)
	local fields = redis.call('HGETALL', checks)
	for i = 1, #fields, 2 do
		-- The failed checks belong to all verifications of the phone.
		if fields[i] ~= 'failed' then sweepLine(checks, fields[i], fields[i + 1], now) end
	end
end
`;
