/** `evaluate` compares an entry with a code, and `answer` tells the result. A line is that of packed-line.ts. */
export const evaluation = `
-- The entry's MAC under this key, for a code of this shape; or nil.
local function enteredMac(candidates, keyId, shape)
	local _, last = candidates:find('\\n' .. keyId .. ',' .. shape .. ',', 1, true)
	return last and candidates:match('^[^\\n]+', last + 1)
end

-- A word, the milliseconds to wait, and a text with one space between its parts, which ../check.ts reads:
-- state attempts maxAttempts verifiedAt keyId shape sealedMetadata sealedPhone
-- The last two can be empty. No MAC leaves the server, and the number only if it was verified.
local function answer(word, line, wait)
	return word, wait or 0, ('%s %d %d %.0f %s %s %s %s'):format(
		line.state, line.attempts, line.maxAttempts, line.verifiedAt, line.keyId, line.shape, line.sealedMetadata,
		word == 'approved' and line.sealedPhone or '')
end

-- Counts the attempt, then compares. Changes the line, and returns the result.
local function evaluate(line, entered, tombstone, now)
	local word = 'invalid_code'
	line.attempts = line.attempts + 1
	if entered == line.mac then
		word, line.state, line.verifiedAt = 'approved', 'approved', now
	elseif line.attempts >= line.maxAttempts then
		word, line.state = 'locked', 'locked'
	end
	if line.state ~= 'pending' then
		line.mac, line.replaced, line.purgeAt = '', '', now + tombstone
	end
	return word
end
`;
