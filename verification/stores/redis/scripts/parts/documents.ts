/**
 * `loadVerification` and `saveVerification`. They use `packLine` and `unpackLine` (packed-line.ts).
 *
 * A verification stands in two places. Its document is JSON under a separate key. Its packed line is a field of the
 * hash of the phone's checks. A check changes the line alone; loading copies such a change into the document, and the
 * next save writes both.
 *
 * A verification counts as deleted after its `purgeAt`, even if Redis has not removed its key yet. Every key is written
 * with a time to live. `begin` extends that of the hash, and removes old lines from it (parts/sweep.ts).
 */
export const documents = `
-- Returns the document, the same as JSON, and the code: its MAC and the replaced codes. Nil if there is none.
local function loadVerification(key, checks, now)
	local text = redis.call('GET', key)
	if not text then return nil end
	local doc = cjson.decode(text)
	local packed = redis.call('HGET', checks, doc.verificationId)
	if not packed then return nil end
	local line = unpackLine(packed)
	if line.purgeAt <= now then return nil end
	-- Every change that a check makes also counts an attempt.
	if line.attempts ~= doc.attempts then
		doc.state, doc.attempts, doc.purgeAt = line.state, line.attempts, line.purgeAt
		doc.verifiedAt = line.verifiedAt > 0 and line.verifiedAt or nil
		text = cjson.encode(doc)
	end
	return doc, text, {mac = line.mac, replaced = line.replaced ~= '' and cjson.decode(line.replaced) or {}}
end

-- Without a code, the current and all replaced MACs are erased. Returns the document as JSON.
local function saveVerification(key, checks, doc, now, code)
	local text = cjson.encode(doc)
	redis.call('SET', key, text, 'PX', math.max(1, doc.purgeAt - now))
	redis.call('HSET', checks, doc.verificationId, packLine({
		state = doc.state, attempts = doc.attempts, purgeAt = doc.purgeAt, verifiedAt = doc.verifiedAt or 0,
		mac = code and code.mac or '', keyId = doc.keyId, shape = doc.shape, maxAttempts = doc.maxAttempts,
		sealedMetadata = doc.sealedMetadata, sealedPhone = doc.sealedPhone,
		expiresAt = doc.expiresAt, subject = doc.subject,
		replaced = code and next(code.replaced) and cjson.encode(code.replaced) or '',
	}))
	return text
end

-- Whether its code can still be checked, or could if the message had arrived.
local function isLive(doc, now)
	return doc.expiresAt > now and (doc.state == 'pending' or doc.state == 'undeliverable')
end
`;
