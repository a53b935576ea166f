import { script } from './script';

/**
 * Records what the provider answered; a webhook may have been faster, so a status never goes back.
 * KEYS: checks of the phone, verification, then counters to give a withdrawn send back to. ARGV: clock, send id, outcome, statuses that
 * the outcome replaces, key and sealed id of the message, WhatsApp id, error.
 */
export const recordSend = script(
	['standing', 'documents', 'windows', 'counters', 'deliveries', 'replaced'],
	`
local now = clock(ARGV[1])
local doc, text, code = load(KEYS[2], KEYS[1], now)
local at, delivery
for i, each in ipairs(doc and doc.deliveries or {}) do
	if each.sendId == ARGV[2] then at, delivery = i, each end
end
if not delivery then return {'absent'} end
if ARGV[3] ~= 'withdrawn' then
	apply(delivery, {
		status = ARGV[3], at = now, replaces = ARGV[4],
		messageKey = ARGV[5], messageId = ARGV[6], waId = ARGV[7], error = ARGV[8],
	})
	forgetReplaced(code, doc, delivery)
	settle(doc, now)
	return {'stored', now, save(KEYS[2], KEYS[1], doc, now, code)}
end
-- One that a replay took for lost is unknown without having been reported so.
local unanswered = delivery.status == 'sending' or delivery.status == 'unknown' and not delivery.times.unknown
-- It was answered otherwise, or a webhook knew better: what may have been sent can't be withdrawn.
if not unanswered then return {'stored', now, text} end
table.remove(doc.deliveries, at)
doc.sends, doc.resendAt = doc.sends - 1, now
if #doc.deliveries == 0 then
	redis.call('DEL', KEYS[2])
	redis.call('HDEL', KEYS[1], doc.verificationId)
	text = ''
else
	local before, after = code.replaced[delivery.sendId], doc.deliveries[at]
	code.replaced[delivery.sendId] = nil
	if after then
		-- The code that somebody may hold comes back with the send that replaced this one's.
		if code.replaced[after.sendId] then code.replaced[after.sendId] = before end
	elseif before and doc.state == 'pending' and doc.expiresAt > now then
		code.mac, doc.keyId, doc.shape, doc.expiresAt = before.mac, before.keyId, before.shape, before.expiresAt
		doc.sealedPhone, doc.sealedMetadata = before.sealedPhone, before.sealedMetadata
	end
	settle(doc, now)
	text = save(KEYS[2], KEYS[1], doc, now, code)
end
for i = 3, #KEYS do uncount(KEYS[i], delivery.startedAt) end
return {'withdrawn', now, text, delivery.startedAt}
`,
);

/**
 * KEYS: checks of the phone, verification. ARGV: clock, provider, send id, ids of the configured keys, status, statuses that it replaces,
 * when, key and sealed id of the message, WhatsApp id, error.
 */
export const recordDelivery = script(
	['standing', 'documents', 'deliveries', 'replaced'],
	`
local now = clock(ARGV[1])
local doc, _, code = load(KEYS[2], KEYS[1], now)
local delivery
for _, each in ipairs(doc and doc.deliveries or {}) do
	if each.provider == ARGV[2] and each.sendId == ARGV[3] then delivery = each end
end
if not delivery then return {'absent'} end
if not holds(ARGV[4], doc.keyId) then return {'key_missing', now, '', doc.keyId} end
forgetReplaced(code, doc, delivery)
local news = apply(delivery, {
	status = ARGV[5], replaces = ARGV[6], at = tonumber(ARGV[7]),
	messageKey = ARGV[8], messageId = ARGV[9], waId = ARGV[10], error = ARGV[11],
})
if news then settle(doc, now) end
return {news and 'news' or 'known', now, save(KEYS[2], KEYS[1], doc, now, code)}
`,
);
