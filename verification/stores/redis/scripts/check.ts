import { counters } from './parts/counters';
import { evaluation } from './parts/evaluation';
import { failures } from './parts/failures';
import { packedLine } from './parts/packed-line';
import { windows } from './parts/windows';
import { script } from './script';

/** Part of the error of a call that has decided none of its checks. All of them may be made again. */
export const undecided = '(no check was decided)';

/**
 * Decides checks, each in one step: it counts the attempt, then compares the entry with the code
 * (docs/reference/verification-rules.md 1.2 and 1.4).
 *
 * KEYS:
 *   one for each check: the hash of the phone's checks
 *   then counters of failed checks of callers
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   then for each check:
 *   +0   id of the verification
 *   +1   candidates: the entry's MACs, each as a line feed and 'keyId,shape,mac'; '' for a malformed entry
 *   +2   milliseconds for which an ended verification is kept
 *   +3   FailureBudget (store.ts): limit, window, every, first and longest rest, with spaces between them
 *   +4   the windows of the caller, as parts/failures.ts reads them
 *   +5   subject, as `subjectOf` writes it
 *
 * @returns three values for each check: a word, a number, and a text.
 *   A result (or 'ended', whose result follows from the state), the milliseconds to wait (0 for none), and the text
 *   that parts/evaluation.ts describes; or 'absent', 0, ''; or 'not_found', 0, ''; or 'failed', 0, and the reason.
 * @throws the reason and `undecided` if a check fails before any check has written. After that, a check that fails
 *   answers 'failed', and the others are decided.
 */
export const check = script(
	[packedLine, windows, counters, failures, evaluation],
	`
local now = clock(ARGV[1])
local hasWritten = false

local function check(key, id, candidates, tombstone, terms, callers, subject)
	local packed, failedText = unpack(redis.call('HMGET', key, id, 'failed'))
	if not packed then return 'absent', 0, '' end
	local line = unpackLine(packed)
	if line.purgeAt <= now then return 'absent', 0, '' end
	if line.subject ~= subject then return 'not_found', 0, '' end
	if line.state ~= 'pending' then return answer('ended', line) end
	if line.expiresAt <= now then return answer('expired', line) end
	if not candidates:find(',' .. line.shape .. ',', 1, true) then return answer('malformed', line) end
	local entered = enteredMac(candidates, line.keyId, line.shape)
	if not entered then return answer('key_missing', line) end
	local window = terms[2]
	local failed = momentsAfter(failedText, -1)
	local wait = restOf(failed, terms, now) or callerWait(callers, now)
	if wait then return answer('rate_limited', line, wait) end

	local word = evaluate(line, entered, tombstone, now)
	local failures = ''
	if word ~= 'approved' then
		failures = withFailure(failed, now, window)
		countCaller(callers, now)
	end
	redis.call('HSET', key, id, packLine(line), 'failed', failures)
	hasWritten = true
	return answer(word, line)
end

local answers, termsOf = {}, {}
for i = 1, (#ARGV - 1) / 6 do
	local id, candidates, tombstone, terms, callers, subject = unpack(ARGV, 6 * i - 4, 6 * i + 1)
	termsOf[terms] = termsOf[terms] or numbersIn(terms)
	local isDone, word, wait, text =
		pcall(check, KEYS[i], id, candidates, tonumber(tombstone), termsOf[terms], callers, subject)
	if not isDone then
		local reason = type(word) == 'table' and word.err or word
		if not hasWritten then return {err = reason .. ' ${undecided}'} end
		word, wait, text = 'failed', 0, reason
	end
	answers[3 * i - 2], answers[3 * i - 1], answers[3 * i] = word, wait, text
end
return answers
`,
);
