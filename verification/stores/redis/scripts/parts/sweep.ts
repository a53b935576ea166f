/**
 * `sweep` removes the lines of deleted verifications from the hash of a phone's checks. It also erases the MACs of
 * expired codes: no entry is compared with them any more. And it removes cool-downs that are over. It uses `packLine`
 * and `unpackLine` (packed-line.ts), and `isCooldownOver` (parts/cooldowns.ts).
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
		local field, text = fields[i], fields[i + 1]
		if field:find('^cooldown ') then
			if isCooldownOver(text, now) then redis.call('HDEL', checks, field) end
		-- The failed checks belong to all verifications of the phone.
		elseif field ~= 'failed' then
			sweepLine(checks, field, text, now)
		end
	end
end
`;
