import { script } from './script';

/** In a refusal by which no check of the call was decided, so that all of them may be made again. */
export const undecided = '(no check was decided)';

/**
 * Counts the attempt and compares, in one step for each check (rules 2 and 4). One that fails spoils no other: after a
 * first decision it fails alone, and before any the whole call does, which says so.
 * KEYS: verification and failed checks of each. ARGV: clock, then of each the number of candidates, namespace, purpose,
 * tombstone, limit and window of failed checks, then key id, MAC and shapes of each candidate.
 * @returns of each a word, the wait or 0, then what is kept: state, attempts and their most, key id, shape, moment of
 * the approval or 0, metadata; or 'failed' and why
 */
export const check = script(
	['windows'],
	`
local now = clock(ARGV[1])
local hasWritten = false

local function decide(key, failedKey, at, last)
	local metadata, namespace, purpose, keyId, shape, mac, state, attempts, maxAttempts, verifiedAt, expiresAt, purgeAt =
		unpack(redis.call('HMGET', key, 'sealedMetadata', 'namespace', 'purpose', 'keyId', 'shape', 'mac', 'state',
			'attempts', 'maxAttempts', 'verifiedAt', 'expiresAt', 'purgeAt'))
	if not metadata or tonumber(purgeAt) <= now then return {'absent'} end
	if namespace ~= ARGV[at + 1] or purpose ~= ARGV[at + 2] then return {'not_found'} end
	attempts, maxAttempts = tonumber(attempts), tonumber(maxAttempts)

	local function kept(result, wait)
		local approvedAt = verifiedAt and tonumber(verifiedAt) or 0
		return {result, wait or 0, state, attempts, maxAttempts, keyId, shape, approvedAt, metadata}
	end

	if state ~= 'pending' then return kept('ended') end
	if tonumber(expiresAt) <= now then
		state = 'expired'
		return kept('expired')
	end
	local shaped, entered = false, nil
	for i = at + 6, last, 3 do
		if ARGV[i + 2]:find(' ' .. shape .. ' ', 1, true) then
			shaped = true
			if ARGV[i] == keyId then entered = ARGV[i + 1] end
		end
	end
	if not shaped then return kept('malformed') end
	if not entered then return kept('key_missing') end
	local limit, window = tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
	local failed = moments(failedKey, now - window)
	local wait = waitOf(failedKey, now, limit, window, failed)
	if wait then return kept('rate_limited', wait) end
	attempts = attempts + 1
	-- What ends keeps its time to live, which is no shorter: it is gone by purgeAt for whoever asks.
	if entered == mac then
		state, verifiedAt = 'approved', now
		redis.call('HSET', key, 'attempts', attempts, 'state', state, 'mac', '', 'replaced', '',
			'purgeAt', now + ARGV[at + 3], 'verifiedAt', now)
		hasWritten = true
		if failed[1] then redis.call('DEL', failedKey) end
		return kept('approved')
	end
	if attempts < maxAttempts then
		redis.call('HSET', key, 'attempts', attempts)
	else
		state = 'locked'
		redis.call('HSET', key, 'attempts', attempts, 'state', state, 'mac', '', 'replaced', '',
			'purgeAt', now + ARGV[at + 3])
	end
	hasWritten = true
	failed[#failed + 1] = now
	redis.call('SET', failedKey, table.concat(failed, ' '), 'PX', ARGV[at + 5])
	return kept(state == 'locked' and 'locked' or 'invalid_code')
end

local answers, at = {}, 2
for i = 1, #KEYS, 2 do
	local last = at + 5 + 3 * ARGV[at]
	local isDone, answer = pcall(decide, KEYS[i], KEYS[i + 1], at, last)
	if not isDone then
		local reason = type(answer) == 'table' and answer.err or answer
		if not hasWritten then return {err = reason .. ' ${undecided}'} end
		answer = {'failed', reason}
	end
	answers[#answers + 1] = answer
	at = last + 1
end
return answers
`,
);
