/**
 * The packed line holds everything that a check needs to know about a verification, in one field of a Redis hash.
 * Only this file packs and unpacks it.
 *
 * Place. Each phone has a hash, `<prefix>:{<phone key>}:checks`. Each verification of the phone has a field there,
 * named by its id, with the packed line. The field `failed` holds the times of the failed checks, see windows.ts.
 *
 * Format. Eleven words, each followed by one space, then the subject, a line feed, and the replaced codes:
 *
 *     state attempts purgeAt verifiedAt mac keyId,shape, maxAttempts sealedMetadata sealedPhone expiresAt subject\n
 *     replaced
 *
 * Times are milliseconds since 1970; `verifiedAt` is 0 before the approval, and from `purgeAt` on the verification
 * counts as deleted. An empty `mac`, `sealedMetadata` or `sealedPhone` is written as `-`. `keyId` is the id of the
 * signing key. `subject` is JSON without line feeds, and may hold spaces (`subjectOf`). `replaced` is JSON, or empty:
 * the codes that a resend replaced, by send id.
 *
 * Why. A check reads and writes one hash with one HMGET and one HSET, and parses no JSON. With a hash of named fields
 * a check takes longer (docs/decisions/0007-redis-record-and-batch.md has the figures).
 *
 * What must not change. Lines of a running installation stay in its Redis for up to a day, so a new version must read
 * the lines of the old one. A MAC stands nowhere but in this line. After a verification has ended, the line must hold
 * no MAC, neither the current one nor a replaced one.
 *
 * How to measure. `npm run bench -- --only verify.redis`, on a quiet machine, several times before and after.
 */
export const packedLine = `
local function packLine(line)
	return ('%s %d %.0f %.0f %s %s,%s, %d %s %s %.0f %s\\n%s'):format(
		line.state, line.attempts, line.purgeAt, line.verifiedAt, line.mac == '' and '-' or line.mac,
		line.keyId, line.shape, line.maxAttempts, line.sealedMetadata == '' and '-' or line.sealedMetadata,
		line.sealedPhone == '' and '-' or line.sealedPhone, line.expiresAt, line.subject, line.replaced)
end

local packedFormat =
	'^(%S+) (%d+) (%d+) (%d+) (%S+) ([^%s,]+),([^%s,]+), (%d+) (%S+) (%S+) (%d+) ([^\\n]*)\\n(.*)$'

-- Raises an error if the text is not a packed line.
local function unpackLine(text)
	local state, attempts, purgeAt, verifiedAt, mac, keyId, shape, maxAttempts, metadata, phone, expiresAt, subject,
		replaced =
		text:match(packedFormat)
	if not state then error('a packed line has an unknown format') end
	return {
		state = state, attempts = tonumber(attempts), purgeAt = tonumber(purgeAt), verifiedAt = tonumber(verifiedAt),
		mac = mac == '-' and '' or mac, keyId = keyId, shape = shape, maxAttempts = tonumber(maxAttempts),
		sealedMetadata = metadata == '-' and '' or metadata, sealedPhone = phone == '-' and '' or phone,
		expiresAt = tonumber(expiresAt), subject = subject,
		replaced = replaced,
	}
end
`;
