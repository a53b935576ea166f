import { packedLine } from '../packed-line';
import { evaluation } from './parts/evaluation';
import { windows } from './parts/windows';
import { script } from './script';

/** Part of the error of a call that has decided none of its checks. All of them may be made again. */
export const undecided = '(no check was decided)';

/**
 * Decides checks, each in one step: it counts the attempt, then compares the entry with the code
 * (docs/reference/verification-rules.md 1.2 and 1.4).
 *
 * KEYS, one for each check:
 *   the hash of the phone's checks
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   then for each check:
 *   +0   id of the verification
 *   +1   candidates: the entry's MACs, each as a line feed and 'keyId,shape,mac'; '' for a malformed entry
 *   +2   milliseconds for which an ended verification is kept
 *   +3   limit of failed checks
 *   +4   window of failed checks, in milliseconds
 *   +5   subject, as `subjectOf` writes it
 *
 * @returns three values for each check: a word, a number, and a text.
 *   A result (or 'ended', whose result follows from the state), the milliseconds to wait (0 for none), and the packed
 *   line without MACs; or 'absent', 0, ''; or 'not_found', 0, ''; or 'failed', 0, and the reason.
 * @throws the reason and `undecided` if a check fails before any check has written. After that, a check that fails
 *   answers 'failed', and the others are decided.
 */
export const check = script(
	[packedLine, windows, evaluation],
	`
local now = clock(ARGV[1])
local hasWritten = false

local function check(key, id, candidates, tombstone, limit, window, subject)
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
	local failed = momentsAfter(failedText, now - window)
	local wait = waitOf(failed, now, limit, window)
	if wait then return answer('rate_limited', line, wait) end

	local word = evaluate(line, entered, tombstone, now)
	if word == 'approved' then failed = {} else failed[#failed + 1] = now end
	redis.call('HSET', key, id, packLine(line), 'failed', table.concat(failed, ' '))
	hasWritten = true
	return answer(word, line)
end

local answers = {}
for i, key in ipairs(KEYS) do
	local id, candidates, tombstone, limit, window, subject = unpack(ARGV, 6 * i - 4, 6 * i + 1)
	local isDone, word, wait, text =
		pcall(check, key, id, candidates, tonumber(tombstone), tonumber(limit), tonumber(window), subject)
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
