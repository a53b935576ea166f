/**
 * The cool-down of a phone and purpose, in the hash of the phone's checks: field 'cooldown <purpose>'. Its text has
 * words with spaces between them: the time at which it is over and counts no more, the end of the pause, the
 * idempotency key of the newest withdrawn send ('-' for none), how often that send may skip the pause, then the times
 * of the sends that choose the step, oldest first. It uses `momentsAfter` (parts/windows.ts). The rules are in
 * verification/rules/cooldown.ts.
 */
export const cooldowns = `
-- n8n's Retry On Fail makes at most five tries.
local maxRetries = 4

local function isCooldownOver(text, now)
	return tonumber(text:match('^%d+')) <= now
end

local function loadCooldown(checks, purpose, now)
	local text = redis.call('HGET', checks, 'cooldown ' .. purpose)
	if not text or isCooldownOver(text, now) then text = '0 0 - 0 ' end
	local purgeAt, pauseEnd, key, left, sends = text:match('^(%d+) (%d+) (%S+) (%d+) (.*)$')
	return {
		purgeAt = tonumber(purgeAt), pauseEnd = tonumber(pauseEnd), key = key, left = tonumber(left),
		sends = momentsAfter(sends, -1),
	}
end

local function saveCooldown(checks, purpose, cooldown)
	local sends = table.concat(cooldown.sends, ' ')
	local moments = ('%.0f %.0f'):format(cooldown.purgeAt, cooldown.pauseEnd)
	local text = ('%s %s %d %s'):format(moments, cooldown.key, cooldown.left, sends)
	redis.call('HSET', checks, 'cooldown ' .. purpose, text)
end

-- Milliseconds until the next send is allowed; at most 0 if it is allowed now.
local function cooldownWait(checks, purpose, key, now)
	local cooldown = loadCooldown(checks, purpose, now)
	if cooldown.key == key and cooldown.left > 0 then return 0 end
	return cooldown.pauseEnd - now
end

-- The cool-down after a send that happens now.
local function cooldownAfterSend(checks, purpose, key, stepsMs, windowMs, now)
	local earlier, sends = loadCooldown(checks, purpose, now), {}
	for _, moment in ipairs(earlier.sends) do
		if moment > now - windowMs then sends[#sends + 1] = moment end
	end
	sends[#sends + 1] = now
	local isRetry = earlier.key == key
	return {
		pauseEnd = now + (stepsMs[math.min(#sends, #stepsMs)] or 0), sends = sends,
		key = isRetry and key or '-', left = isRetry and earlier.left or 0, purgeAt = now + windowMs,
	}
end

-- Returns the end of the pause.
local function withdrawFromCooldown(checks, purpose, delivery, pauseMs, now)
	local cooldown, pauseEnd = loadCooldown(checks, purpose, now), now + pauseMs
	local sends, key = cooldown.sends, delivery.idempotencyKey
	if #sends == 0 or sends[#sends] == delivery.startedAt then
		cooldown.pauseEnd = pauseEnd
		cooldown.left = cooldown.key == key and math.max(0, cooldown.left - 1) or maxRetries
		cooldown.key = key
	else
		-- Another send came after it. Then its pause stays, and no retry skips it.
		cooldown.pauseEnd, cooldown.key, cooldown.left = math.max(pauseEnd, cooldown.pauseEnd), '-', 0
	end
	for at = 1, #sends do
		if sends[at] == delivery.startedAt then
			table.remove(sends, at)
			break
		end
	end
	cooldown.purgeAt = math.max(pauseEnd, cooldown.purgeAt)
	saveCooldown(checks, purpose, cooldown)
	return cooldown.pauseEnd
end

-- The next send need not wait for a message that will not arrive, unless another send came after it. Returns whether
-- the pause has ended.
local function endCooldown(checks, purpose, startedAt, now)
	local cooldown = loadCooldown(checks, purpose, now)
	if cooldown.pauseEnd <= now or cooldown.sends[#cooldown.sends] ~= startedAt then return false end
	cooldown.pauseEnd = now
	saveCooldown(checks, purpose, cooldown)
	return true
end
`;
