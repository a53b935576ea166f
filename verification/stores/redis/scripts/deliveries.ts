import { script } from './script';

/**
 * Records what the provider answered; a webhook may have been faster, so a status never goes back.
 * KEYS: verification, then counters to give a withdrawn send back to. ARGV: clock, send id, outcome, statuses that
 * the outcome replaces, key and sealed id of the message, WhatsApp id, error.
 */
export const recordSend = script(
	['documents', 'windows', 'counters', 'deliveries'],
	`
local now = clock(ARGV[1])
local doc, text = load(KEYS[1], now)
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
	settle(doc, now)
	return {'stored', now, save(KEYS[1], doc, now)}
end
-- A webhook knew better: what was sent can't be withdrawn.
if delivery.status ~= 'sending' and delivery.status ~= 'unknown' then return {'stored', now, text} end
table.remove(doc.deliveries, at)
doc.sends, doc.resendAt = doc.sends - 1, now
if #doc.deliveries == 0 then
	redis.call('DEL', KEYS[1])
	text = ''
else
	settle(doc, now)
	text = save(KEYS[1], doc, now)
end
for i = 2, #KEYS do uncount(KEYS[i], delivery.startedAt) end
return {'withdrawn', now, text, delivery.startedAt}
`,
);

/**
 * KEYS: verification. ARGV: clock, provider, send id, keys that the message can have, status, statuses that it
 * replaces, when, key and sealed id of the message, WhatsApp id, error.
 */
export const recordDelivery = script(
	['documents', 'deliveries'],
	`
local now = clock(ARGV[1])
local doc = load(KEYS[1], now)
local byMessage, bySend
for _, each in ipairs(doc and doc.deliveries or {}) do
	if each.provider == ARGV[2] then
		if each.message and holds(ARGV[4], each.message.key) then byMessage = byMessage or each end
		if each.sendId == ARGV[3] then bySend = each end
	end
end
local delivery = byMessage or bySend
if not delivery then return {'absent'} end
local news = apply(delivery, {
	status = ARGV[5], replaces = ARGV[6], at = tonumber(ARGV[7]),
	messageKey = ARGV[8], messageId = ARGV[9], waId = ARGV[10], error = ARGV[11],
})
if news then settle(doc, now) end
return {news and 'news' or 'known', now, save(KEYS[1], doc, now), delivery.sendId}
`,
);
