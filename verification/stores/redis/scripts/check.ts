import { script } from './script';

/**
 * Counts the attempt and compares, in one step (rules 2 and 4).
 * KEYS: verification, failed checks. ARGV: clock, namespace, purpose, tombstone, limit and window of failed checks,
 * then key id, shape and MAC of each candidate.
 */
export const check = script(
	['counters'],
	`
local now = clock(ARGV[1])
local doc, text = load(KEYS[1], now)
if not doc then return {'absent'} end
if doc.namespace ~= ARGV[2] or doc.purpose ~= ARGV[3] then return {'not_found'} end
if doc.state ~= 'pending' then return {'ended', now, text} end
if doc.expiresAt <= now then return {'expired', now, text} end
local shaped, mac = false, nil
for i = 7, #ARGV, 3 do
	if ARGV[i + 1] == doc.shape then
		shaped = true
		if ARGV[i] == doc.keyId then mac = mac or ARGV[i + 2] end
	end
end
if not shaped then return {'malformed', now, text} end
if not mac then return {'key_missing', now, text} end
local limit, window = tonumber(ARGV[5]), tonumber(ARGV[6])
local wait = waitOf(KEYS[2], now, limit, window)
if wait then return {'rate_limited', now, text, wait} end
doc.attempts = doc.attempts + 1
local result = 'invalid_code'
if mac == doc.mac then
	result = 'approved'
	doc.state, doc.verifiedAt = 'approved', now
elseif doc.attempts >= doc.maxAttempts then
	result = 'locked'
	doc.state = 'locked'
end
if result ~= 'invalid_code' then
	doc.mac = nil
	doc.purgeAt = now + tonumber(ARGV[4])
end
text = save(KEYS[1], doc, now)
if result == 'approved' then redis.call('DEL', KEYS[2]) else count(KEYS[2], now, window) end
return {result, now, text}
`,
);
