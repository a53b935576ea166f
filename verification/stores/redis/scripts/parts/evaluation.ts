/** `evaluate` compares an entry with a code. It uses `packLine` (packed-line.ts). */
export const evaluation = `
-- The entry's MAC under this key, for a code of this shape; or nil.
local function enteredMac(candidates, keyId, shape)
	local _, last = candidates:find('\\n' .. keyId .. ',' .. shape .. ',', 1, true)
	return last and candidates:match('^[^\\n]+', last + 1)
end

-- No MAC leaves the server, and the number only if it was verified.
local function answer(word, line, wait)
	line.mac, line.replaced = '', ''
	if word ~= 'approved' then line.sealedPhone = '' end
	return word, wait or 0, packLine(line)
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
