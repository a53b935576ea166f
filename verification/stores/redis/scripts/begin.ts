import { packedLine } from '../packed-line';
import { counters } from './parts/counters';
import { documents } from './parts/documents';
import { sweep } from './parts/sweep';
import { windows } from './parts/windows';
import { script } from './script';

/**
 * Begins or continues a verification, or says why not. It checks every limit before it writes anything.
 *
 * It may have to read verifications whose ids only other keys hold. A script may touch only keys that it was given.
 * So it then answers 'look' with those ids and does nothing, and is called again with their keys.
 *
 * KEYS:
 *   1    verification
 *   2    ids of the newest verifications of the phone and purpose
 *   3    idempotency key
 *   4    send
 *   5    the hash of the phone's checks
 *   6..  counters of sends, then the verifications of request.known
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   2    namespace
 *   3    purpose
 *   4    request: the rest of BeginRequest (store.ts) as JSON, as `composeRequest` in ../begin.ts completes it
 *
 * @returns a word, the time, the verification or '', and details; for 'look' and 'conflict' less:
 *   'begun'         with 1 for a resend, else 0
 *   'look'          followed by ids of verifications
 *   'replayed'      with the id and number of the send
 *   'in_progress', 'live', 'ended'
 *   'conflict'      alone
 *   'cooldown'      with the milliseconds to wait
 *   'rate_limited'  with the milliseconds to wait and the name of the limit
 */
export const begin = script(
	[packedLine, documents, sweep, windows, counters],
	`
local now = clock(ARGV[1])
local request, checks = cjson.decode(ARGV[4]), KEYS[5]
local keyOf = {[request.verificationId] = KEYS[1]}
for i, id in ipairs(request.known) do keyOf[id] = KEYS[#KEYS - #request.known + i] end

local look, newest = {'look'}, {}
local earlier = redis.call('GET', KEYS[3])
if earlier and not keyOf[earlier] then look[2] = earlier end
if not request.continues then
	for id in (redis.call('GET', KEYS[2]) or ''):gmatch('%S+') do
		newest[#newest + 1] = id
		if not keyOf[id] then look[#look + 1] = id end
	end
end
if #look > 1 then return look end

-- The answer if a send with this idempotency key was made before.
local function replay()
	local doc, text, code = loadVerification(keyOf[earlier], checks, now)
	if not doc then return nil end
	for _, delivery in ipairs(doc.deliveries) do
		if delivery.idempotencyKey == request.idempotency.key then
			if delivery.fingerprint ~= request.idempotency.fingerprint then return {'conflict'} end
			if delivery.status == 'sending' then
				if delivery.startedAt > now - request.idempotency.inFlightMs then return {'in_progress', now, text} end
				delivery.status = 'unknown'
				text = saveVerification(keyOf[earlier], checks, doc, now, code)
			end
			return {'replayed', now, text, delivery.sendId, delivery.number}
		end
	end
end
local answer = earlier and replay()
if answer then return answer end

local live, text, code
local existing = {}
if request.continues then
	live, text, code = loadVerification(KEYS[1], checks, now)
	if not live or not isLive(live, now) then return {'ended', now, text or ''} end
else
	for _, id in ipairs(newest) do
		local doc, found = loadVerification(keyOf[id], checks, now)
		if doc then
			if isLive(doc, now) then return {'live', now, found} end
			existing[#existing + 1] = id
		end
	end
end

if live and live.sends >= live.maxSends then
	return {'rate_limited', now, text, live.expiresAt - now, request.limits.verification}
end
if live and now < live.resendAt then return {'cooldown', now, text, live.resendAt - now} end
local failures = request.failures
local failed = momentsAfter(redis.call('HGET', checks, 'failed'), now - failures.windowMs)
local wait, limit = waitOf(failed, now, failures.limit, failures.windowMs), request.limits.failures
if not wait then
	if request.full then wait, limit = request.full.retryAfterMs, request.full.name end
	for _, window in ipairs(request.windows) do
		local counted = countedIn(KEYS[window.at], now, window.windowMs)
		local full = waitOf(counted, now, window.limit, window.windowMs)
		if full and full > (wait or -1) then wait, limit = full, window.name end
	end
end
if wait then return {'rate_limited', now, text or '', wait, limit} end

local replaced = {}
if live then
	replaced = code.replaced
	replaced[request.sendId] = {
		mac = code.mac, keyId = live.keyId, shape = live.shape,
		expiresAt = live.expiresAt, sealedPhone = live.sealedPhone, sealedMetadata = live.sealedMetadata,
	}
end
local number = live and live.sends + 1 or 1
local doc = live or {
	verificationId = request.verificationId, namespace = ARGV[2], phoneKey = request.phoneKey, purpose = ARGV[3],
	subject = request.subject,
	attempts = 0, maxAttempts = request.maxAttempts, maxSends = request.maxSends,
	createdAt = now, deadlineAt = now + request.deadlineMs, purgeAt = now + request.deadlineMs + request.tombstoneMs,
	deliveries = {},
}
doc.state, doc.sends = 'pending', number
doc.keyId, doc.shape = request.keyId, request.shape
doc.sealedPhone, doc.sealedMetadata = request.sealedPhone, request.sealedMetadata
doc.expiresAt = math.min(now + request.lifetimeMs, doc.deadlineAt)
doc.resendAt = now + (request.cooldownsMs[math.min(number, #request.cooldownsMs)] or 0)
-- The intent is written before the provider is called (docs/reference/verification-rules.md 4, Send).
doc.deliveries[#doc.deliveries + 1] = {
	sendId = request.sendId, number = number, provider = request.provider, status = 'sending', startedAt = now,
	dropAt = now + request.dropAfterMs,
	times = {sending = now}, idempotencyKey = request.idempotency.key, fingerprint = request.idempotency.fingerprint,
}
local ttl = doc.purgeAt - now
if not live then sweep(checks, now) end
-- A check can fail until the deadline, and then counts for a whole window.
local checksTtl = math.max(ttl, request.deadlineMs + failures.windowMs, redis.call('PTTL', checks))
-- Once before the first write, too: a user without the right to PEXPIRE is refused before a key without an end exists.
redis.call('PEXPIRE', checks, checksTtl)
text = saveVerification(KEYS[1], checks, doc, now, {mac = request.mac, replaced = replaced})
redis.call('PEXPIRE', checks, checksTtl)
if not live then
	table.insert(existing, 1, request.verificationId)
	redis.call('SET', KEYS[2], table.concat(existing, ' ', 1, math.min(#existing, request.maxListed)), 'PX', ttl)
end
redis.call('SET', KEYS[3], request.verificationId, 'PX', ttl)
redis.call('SET', KEYS[4], request.verificationId, 'PX', ttl)
for _, counter in ipairs(request.counters) do count(KEYS[counter.at], now, counter.windowMs) end
return {'begun', now, text, live and 1 or 0}
`,
);
