import { script } from './script';

/** In a refusal by which no check of the call was decided, so that all of them may be made again. */
export const undecided = '(no check was decided)';

/**
 * Counts the attempt and compares, in one step for each check (rules 2 and 4). One that fails spoils no other: after a
 * first decision it fails alone, and before any the whole call does, which says so.
 * KEYS: checks of the phone, of each. ARGV: clock, then of each the verification, the candidates (a line of key id,
 * shape and MAC for each, between commas), and its terms (tombstone, limit and window of failed checks, subject), or ''
 * for those of the one before.
 * @returns of each, apart by spaces, a word, the wait or 0, state, attempts, moment of the approval or 0, and what is told
 * about it: key id and shape, most attempts, metadata; or 'absent', 'not_found', or 'failed' and why
 */
export const check = script(
	['standing', 'windows'],
	`
local now = clock(ARGV[1])
local today = ('%.0f'):format(now)
local hasWritten = false
local none, newline = {}, 10

local later, limit, window, meant
local function agreeOn(terms)
	later, limit, window, meant = terms:match('^(%d+) (%d+) (%d+) (.*)$')
	later, limit, window = ('%.0f'):format(now + later), tonumber(limit), tonumber(window)
end

local function told(word, wait, state, attempts, verifiedAt, about)
	return word .. ' ' .. wait .. ' ' .. state .. ' ' .. attempts .. ' ' .. verifiedAt .. ' ' .. about
end

local function decide(checks, id, candidates)
	local found = redis.call('HMGET', checks, id, 'failed')
	local stored, failed = found[1], found[2] or ''
	if not stored then return 'absent' end
	local state, attempts, purgeAt, verifiedAt, mac, rest, about, made, most, expiresAt, subject = stored:match(standing)
	if tonumber(purgeAt) <= now then return 'absent' end
	if subject ~= meant then return 'not_found' end
	local at, word = candidates:find(made, 1, true), nil
	if state ~= 'pending' then word = 'ended'
	elseif tonumber(expiresAt) <= now then word = 'expired'
	elseif not at then word = candidates:find(made:match(',.*'), 1, true) and 'key_missing' or 'malformed' end
	if word then return told(word, '0', state, attempts, verifiedAt, about) end
	local inside = failed ~= '' and moments(failed, now - window) or none
	local wait = waitOf(inside, now, limit, window)
	if wait then return told('rate_limited', wait, state, attempts, verifiedAt, about) end

	word = 'invalid_code'
	local isLast = attempts + 1 >= tonumber(most)
	-- A text: Lua would write the number anew for each place that it stands in.
	attempts = tostring(attempts + 1)
	at = at + #made
	if candidates:find(mac, at, true) == at and candidates:byte(at + #mac) == newline then
		word, state, verifiedAt, failed = 'approved', 'approved', today, ''
	else
		failed = #inside == 0 and today or table.concat(inside, ' ') .. ' ' .. today
		if isLast then word, state = 'locked', 'locked' end
	end
	if state ~= 'pending' then mac, purgeAt, rest = '-', later, withoutReplaced(rest) end
	redis.call('HSET', checks, id, lineOf(state, attempts, purgeAt, verifiedAt, mac, rest), 'failed', failed)
	hasWritten = true
	return told(word, '0', state, attempts, verifiedAt, about)
end

local answers, i = {}, 0
local function decideAll()
	while i < #KEYS do
		i = i + 1
		local id, candidates, terms = ARGV[3 * i - 1], ARGV[3 * i], ARGV[3 * i + 1]
		if terms ~= '' then agreeOn(terms) end
		answers[i] = decide(KEYS[i], id, candidates)
	end
end

repeat
	local areDone, problem = pcall(decideAll)
	if not areDone then
		local reason = type(problem) == 'table' and problem.err or problem
		if not hasWritten then return {err = reason .. ' ${undecided}'} end
		answers[i] = 'failed ' .. reason
	end
until areDone
return answers
`,
);
