import { counters } from './parts/counters';
import { evaluation } from './parts/evaluation';
import { failures } from './parts/failures';
import { packedLine } from './parts/packed-line';
import { windows } from './parts/windows';
import { script } from './script';

/**
 * Compares an entry with the codes of all pending verifications of a phone and purpose, in one step. An attempt counts
 * on each of them, and the newest that matches is approved (docs/reference/verification-rules.md 2.2).
 *
 * KEYS:
 *   1    the hash of the phone's checks
 *   2..  counters of failed checks of callers
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   2    subject, as `subjectOf` writes it
 *   3    milliseconds for which an ended verification is kept
 *   4    FailureBudget (store.ts): limit, window, every, first and longest rest, with spaces between them
 *   5    the windows of the caller, as parts/failures.ts reads them
 *   then for each verification that the caller knows:
 *   +0   its id
 *   +1   candidates: the entry's MACs, each as a line feed and 'keyId,shape,mac'; '' for a malformed entry
 *
 * @returns 'none' if nothing is pending; or 'look' and the ids of all pending verifications, if one is not among those
 *   of the caller; or a result, the milliseconds to wait (0 for none), the id of the approved verification or '',
 *   and its packed line without MACs or ''.
 */
export const checkPhone = script(
	[packedLine, windows, counters, failures, evaluation],
	`
local now = clock(ARGV[1])
local subject, tombstone, terms, callers = ARGV[2], tonumber(ARGV[3]), numbersIn(ARGV[4]), ARGV[5]
local candidatesOf = {}
for i = 6, #ARGV, 2 do candidatesOf[ARGV[i]] = ARGV[i + 1] end

local pending, failedText = {}, nil
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
	if fields[i] == 'failed' then
		failedText = fields[i + 1]
	elseif not fields[i]:find('^cooldown ') then
		local line = unpackLine(fields[i + 1])
		line.id = fields[i]
		if line.subject == subject and line.state == 'pending' and line.expiresAt > now then
			pending[#pending + 1] = line
		end
	end
end
if #pending == 0 then return {'none'} end
-- A pending verification is deleted a fixed time after it began, so this is newest first.
table.sort(pending, function(a, b) return a.purgeAt > b.purgeAt end)

local look = {'look'}
local isKnown = true
for _, line in ipairs(pending) do
	look[#look + 1] = line.id
	isKnown = isKnown and candidatesOf[line.id] ~= nil
end
if not isKnown then return look end

local readable = {}
for _, line in ipairs(pending) do
	if candidatesOf[line.id]:find(',' .. line.shape .. ',', 1, true) then readable[#readable + 1] = line end
end
if #readable == 0 then return {'malformed', 0, '', ''} end
for _, line in ipairs(readable) do
	line.entered = enteredMac(candidatesOf[line.id], line.keyId, line.shape)
	if not line.entered then return {'key_missing', 0, '', ''} end
end
local failed = momentsAfter(failedText, -1)
local wait = restOf(failed, terms, now) or callerWait(callers, now)
if wait then return {'rate_limited', wait, '', ''} end

local approved
local word = 'locked'
for _, line in ipairs(readable) do
	-- A builder can give two verifications the same code. One entry approves one of them.
	local result = evaluate(line, not approved and line.entered, tombstone, now)
	if result == 'approved' then approved = line elseif result == 'invalid_code' then word = result end
	redis.call('HSET', KEYS[1], line.id, packLine(line))
end
if not approved then countCaller(callers, now) end
redis.call('HSET', KEYS[1], 'failed', approved and '' or withFailure(failed, now, terms[2]))
if not approved then return {word, 0, '', ''} end
local _, _, text = answer('approved', approved)
return {'approved', 0, approved.id, text}
`,
);
