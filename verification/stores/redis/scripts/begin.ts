import { cooldowns } from './parts/cooldowns';
import { counters } from './parts/counters';
import { documents } from './parts/documents';
import { failures } from './parts/failures';
import { packedLine } from './parts/packed-line';
import { sweep } from './parts/sweep';
import { windows } from './parts/windows';
import { script } from './script';

/**
 * Begins a verification, or continues the one that the request names, or says why not. It checks every limit before
 * it writes anything.
 *
 * An earlier send with the same idempotency key can belong to a verification whose id only that key holds. A script may
 * touch only keys that it was given. So it then answers 'look' with the id and does nothing, and is called again with
 * the verification's key.
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
 *   'look'          followed by the id of a verification
 *   'replayed'      with the id and number of the send
 *   'in_progress', 'ended'
 *   'conflict'      alone
 *   'cooldown'      with the milliseconds to wait
 *   'rate_limited'  with the milliseconds to wait and the name of the limit
 */
export const begin = script(
	[packedLine, documents, windows, cooldowns, sweep, counters, failures],
	`
local now = clock(ARGV[1])
local request, checks = cjson.decode(ARGV[4]), KEYS[5]
local keyOf = {[request.verificationId] = KEYS[1]}
for i, id in ipairs(request.known) do keyOf[id] = KEYS[#KEYS - #request.known + i] end

local earlier = redis.call('GET', KEYS[3])
if earlier and not keyOf[earlier] then return {'look', earlier} end

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

-- The verification that the request names. A refusal tells of no other one.
local named, text, code
if request.continues then
	named, text, code = loadVerification(KEYS[1], checks, now)
	if not named or not isLive(named, now) then return {'ended', now, text or ''} end
	if named.sends >= named.maxSends then
		return {'rate_limited', now, text, named.expiresAt - now, request.limits.verification}
	end
end
local pause = cooldownWait(checks, ARGV[3], request.idempotency.key, now)
if pause > 0 then return {'cooldown', now, text or '', pause} end
local failures = request.failures
local failed = momentsAfter(redis.call('HGET', checks, 'failed'), -1)
local terms = {failures.limit, failures.windowMs, failures.every, failures.restMs, failures.maxRestMs}
local wait, limit = restOf(failed, terms, now), request.limits.failures
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
if named then
	replaced = code.replaced
	replaced[request.sendId] = {
		mac = code.mac, keyId = named.keyId, shape = named.shape,
		expiresAt = named.expiresAt, sealedPhone = named.sealedPhone, sealedMetadata = named.sealedMetadata,
	}
end
local number = named and named.sends + 1 or 1
local doc = named or {
	verificationId = request.verificationId, namespace = ARGV[2], phoneKey = request.phoneKey, purpose = ARGV[3],
	subject = request.subject,
	attempts = 0, maxAttempts = request.maxAttempts, maxSends = request.maxSends,
	createdAt = now, deadlineAt = now + request.deadlineMs, purgeAt = now + request.deadlineMs + request.tombstoneMs,
	deliveries = {},
}
local pauses = request.cooldown
local cooldown =
	cooldownAfterSend(checks, ARGV[3], request.idempotency.key, pauses.stepsMs, pauses.windowMs, now)
doc.state, doc.sends = 'pending', number
doc.keyId, doc.shape = request.keyId, request.shape
doc.sealedPhone, doc.sealedMetadata = request.sealedPhone, request.sealedMetadata
doc.expiresAt = math.min(now + request.lifetimeMs, doc.deadlineAt)
doc.resendAt = cooldown.pauseEnd
-- The intent is written before the provider is called (docs/reference/verification-rules.md 4, Send).
doc.deliveries[#doc.deliveries + 1] = {
	sendId = request.sendId, number = number, provider = request.provider, status = 'sending', startedAt = now,
	dropAt = now + request.dropAfterMs,
	times = {sending = now}, idempotencyKey = request.idempotency.key, fingerprint = request.idempotency.fingerprint,
}
local ttl = doc.purgeAt - now
if not named then sweep(checks, now) end
-- A check can fail until the deadline, and then counts for a whole window.
local checksTtl = math.max(ttl, request.deadlineMs + failures.windowMs, redis.call('PTTL', checks))
-- Once before the first write, too: a user without the right to PEXPIRE is refused before a key without an end exists.
redis.call('PEXPIRE', checks, checksTtl)
text = saveVerification(KEYS[1], checks, doc, now, {mac = request.mac, replaced = replaced})
saveCooldown(checks, ARGV[3], cooldown)
redis.call('PEXPIRE', checks, checksTtl)
if not named then
	local newest = {request.verificationId}
	for id in (redis.call('GET', KEYS[2]) or ''):gmatch('%S+') do
		if #newest < request.maxListed then newest[#newest + 1] = id end
	end
	redis.call('SET', KEYS[2], table.concat(newest, ' '), 'PX', ttl)
end
redis.call('SET', KEYS[3], request.verificationId, 'PX', ttl)
redis.call('SET', KEYS[4], request.verificationId, 'PX', ttl)
for _, counter in ipairs(request.counters) do count(KEYS[counter.at], now, counter.windowMs) end
return {'begun', now, text, named and 1 or 0}
`,
);
