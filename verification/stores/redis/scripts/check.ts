import { script } from './script';

/**
 * Counts the attempt and compares, in one step (rules 2 and 4).
 * KEYS: verification, failed checks. ARGV: clock, namespace, purpose, tombstone, limit and window of failed checks,
 * then key id, shape and MAC of each candidate.
 * @returns a word, the clock, the wait or 0, then what is kept: state, attempts and their most, key id, shape, moment of
 * the approval or 0, metadata
 */
export const check = script(
	['counters'],
	`
local now = clock(ARGV[1])
local metadata, namespace, purpose, keyId, shape, mac, state, attempts, maxAttempts, verifiedAt, expiresAt, purgeAt =
	unpack(redis.call('HMGET', KEYS[1], 'sealedMetadata', 'namespace', 'purpose', 'keyId', 'shape', 'mac', 'state',
		'attempts', 'maxAttempts', 'verifiedAt', 'expiresAt', 'purgeAt'))
if not metadata or tonumber(purgeAt) <= now then return {'absent'} end
if namespace ~= ARGV[2] or purpose ~= ARGV[3] then return {'not_found'} end
attempts, maxAttempts = tonumber(attempts), tonumber(maxAttempts)

local function answer(result, wait)
	local approvedAt = verifiedAt and tonumber(verifiedAt) or 0
	return {result, now, wait or 0, state, attempts, maxAttempts, keyId, shape, approvedAt, metadata}
end

if state ~= 'pending' then return answer('ended') end
if tonumber(expiresAt) <= now then
	state = 'expired'
	return answer('expired')
end
local shaped, entered = false, nil
for i = 7, #ARGV, 3 do
	if ARGV[i + 1] == shape then
		shaped = true
		if ARGV[i] == keyId then entered = entered or ARGV[i + 2] end
	end
end
if not shaped then return answer('malformed') end
if not entered then return answer('key_missing') end
local limit, window = tonumber(ARGV[5]), tonumber(ARGV[6])
local failed = moments(KEYS[2], now - window)
local wait = waitOf(KEYS[2], now, limit, window, failed)
if wait then return answer('rate_limited', wait) end
attempts = attempts + 1
if entered == mac then
	state, verifiedAt = 'approved', now
elseif attempts >= maxAttempts then
	state = 'locked'
end
if state == 'pending' then
	redis.call('HSET', KEYS[1], 'attempts', attempts, 'checked', '1')
else
	purgeAt = now + tonumber(ARGV[4])
	redis.call('HSET', KEYS[1], 'attempts', attempts, 'checked', '1', 'state', state, 'purgeAt', purgeAt)
	redis.call('HDEL', KEYS[1], 'mac')
	redis.call('PEXPIRE', KEYS[1], purgeAt - now)
end
if state == 'approved' then
	redis.call('HSET', KEYS[1], 'verifiedAt', now)
	redis.call('DEL', KEYS[2])
	return answer('approved')
end
failed[#failed + 1] = now
redis.call('SET', KEYS[2], table.concat(failed, ' '), 'PX', window)
return answer(state == 'locked' and 'locked' or 'invalid_code')
`,
);
