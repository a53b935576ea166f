import { script } from './script';

/** In a refusal by which no check of the call was decided, so that all of them may be made again. */
export const undecided = '(no check was decided)';

/**
 * Counts the attempt and compares, in one step for each check (rules 2 and 4). One that fails spoils no other: after a
 * first decision it fails alone, and before any the whole call does, which says so.
 * KEYS: checks of the phone, of each. ARGV: clock, then of each the verification, the candidates (a line of key id, shape
 * and MAC for each, between commas), and its terms: tombstone, limit and window of failed checks, subject; or '' for the same again.
 * @returns of each a word, the wait or 0, and the standing, apart by spaces; or 'failed' and why
 */
export const check = script(
	['standing', 'windows'],
	`
local now = clock(ARGV[1])
local today = ('%d'):format(now)
local hasWritten = false

local tombstone, limit, window, meant
local function agreeOn(terms)
	tombstone, limit, window, meant = terms:match('^(%d+) (%d+) (%d+) (.*)$')
	limit, window = tonumber(limit), tonumber(window)
end

local function decide(checks, id, candidates)
	local found = redis.call('HMGET', checks, id, 'failed')
	local stored, failed = found[1], found[2] or ''
	if not stored then return 'absent' end
	local state, attempts, purgeAt, verifiedAt, mac, rest = stored:match(moving)
	if tonumber(purgeAt) <= now then return 'absent' end
	local made, most, expiresAt, subject = rest:match(fixed)
	if subject ~= meant then return 'not_found' end
	if state ~= 'pending' then return 'ended 0 ' .. stored end
	if tonumber(expiresAt) <= now then return 'expired 0 ' .. stored end
	local at = candidates:find(made, 1, true)
	if not at then
		local isShaped = candidates:find(made:match(',.*'), 1, true)
		return (isShaped and 'key_missing 0 ' or 'malformed 0 ') .. stored
	end
	if failed ~= '' then
		local inside = moments(failed, now - window)
		local wait = waitOf(inside, now, limit, window)
		if wait then return 'rate_limited ' .. wait .. ' ' .. stored end
		failed = table.concat(inside, ' ') .. ' '
	end

	local word = 'invalid_code'
	attempts = attempts + 1
	at = at + #made
	if candidates:sub(at, at + #mac) == mac .. '\\n' then
		word, state, verifiedAt, failed = 'approved', 'approved', today, ''
	else
		failed = failed .. today
		if attempts >= tonumber(most) then word, state = 'locked', 'locked' end
	end
	if state ~= 'pending' then mac, purgeAt, rest = '-', now + tombstone, rest:match('^[^\\n]*\\n') end
	stored = state .. ' ' .. attempts .. ' ' .. purgeAt .. ' ' .. verifiedAt .. ' ' .. mac .. ' ' .. rest
	redis.call('HSET', checks, id, stored, 'failed', failed)
	hasWritten = true
	return word .. ' 0 ' .. stored
end

local answers, at = {}, 2
for i = 1, #KEYS do
	if ARGV[at + 2] ~= '' then agreeOn(ARGV[at + 2]) end
	local isDone, answer = pcall(decide, KEYS[i], ARGV[at], ARGV[at + 1])
	if not isDone then
		local reason = type(answer) == 'table' and answer.err or answer
		if not hasWritten then return {err = reason .. ' ${undecided}'} end
		answer = 'failed ' .. reason
	end
	answers[i] = answer
	at = at + 3
end
return answers
`,
);
