import { script } from './script';

/**
 * Begins or continues a verification, or says why not. Nothing is written before every limit has been asked.
 * It may have to read verifications that only the pointers name: then it answers 'look' with their ids and does
 * nothing, and is asked again with their keys.
 * KEYS: verification, newest of the phone and purpose, idempotency key, send, checks of the phone, then counters of sends,
 * then known verifications. ARGV: clock, namespace, purpose, request.
 */
export const begin = script(
	['standing', 'documents', 'sweep', 'windows', 'counters'],
	`
local now = clock(ARGV[1])
local request, checks = cjson.decode(ARGV[4]), KEYS[5]
local keyOf = {[request.verificationId] = KEYS[1]}
for i, id in ipairs(request.known) do keyOf[id] = KEYS[#KEYS - #request.known + i] end

local look, listed = {'look'}, {}
local made = redis.call('GET', KEYS[3])
if made and not keyOf[made] then look[2] = made end
if not request.continues then
	for id in (redis.call('GET', KEYS[2]) or ''):gmatch('%S+') do
		listed[#listed + 1] = id
		if not keyOf[id] then look[#look + 1] = id end
	end
end
if #look > 1 then return look end

local function replayed()
	local doc, text, code = load(keyOf[made], checks, now)
	if not doc then return nil end
	for _, delivery in ipairs(doc.deliveries) do
		if delivery.idempotencyKey == request.idempotency.key then
			if delivery.fingerprint ~= request.idempotency.fingerprint then return {'conflict'} end
			if delivery.status == 'sending' then
				if delivery.startedAt > now - request.idempotency.inFlightMs then return {'in_progress', now, text} end
				delivery.status = 'unknown'
				text = save(keyOf[made], checks, doc, now, code)
			end
			return {'replayed', now, text, delivery.sendId, delivery.number}
		end
	end
end
local answer = made and replayed()
if answer then return answer end

local function lives(doc)
	return doc.expiresAt > now and (doc.state == 'pending' or doc.state == 'undeliverable')
end

local live, text, code
local existing = {}
if request.continues then
	live, text, code = load(KEYS[1], checks, now)
	if not live or not lives(live) then return {'ended', now, text or ''} end
else
	for _, id in ipairs(listed) do
		local doc, found = load(keyOf[id], checks, now)
		if doc then
			if lives(doc) then return {'live', now, found} end
			existing[#existing + 1] = id
		end
	end
end

if live and live.sends >= live.maxSends then
	return {'rate_limited', now, text, live.expiresAt - now, request.limits.verification}
end
if live and now < live.resendAt then return {'cooldown', now, text, live.resendAt - now} end
local failures = request.failures
local failed = moments(redis.call('HGET', checks, 'failed'), now - failures.windowMs)
local wait, limit = waitOf(failed, now, failures.limit, failures.windowMs), request.limits.failures
if not wait then
	if request.full then wait, limit = request.full.retryAfterMs, request.full.name end
	for _, window in ipairs(request.windows) do
		local inside = counted(KEYS[window.at], now, window.windowMs)
		local full = waitOf(inside, now, window.limit, window.windowMs)
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
-- A check that fails comes before the deadline.
local left = math.max(ttl, request.deadlineMs + failures.windowMs, redis.call('PTTL', checks))
-- Before there is anything to end, too: who may not is refused here, and leaves nothing without an end.
redis.call('PEXPIRE', checks, left)
text = save(KEYS[1], checks, doc, now, {mac = request.mac, replaced = replaced})
redis.call('PEXPIRE', checks, left)
if not live then
	table.insert(existing, 1, request.verificationId)
	redis.call('SET', KEYS[2], table.concat(existing, ' ', 1, math.min(#existing, request.listed)), 'PX', ttl)
end
redis.call('SET', KEYS[3], request.verificationId, 'PX', ttl)
redis.call('SET', KEYS[4], request.verificationId, 'PX', ttl)
for _, counter in ipairs(request.counters) do count(KEYS[counter.at], now, counter.windowMs) end
return {'begun', now, text, live and 1 or 0}
`,
);
