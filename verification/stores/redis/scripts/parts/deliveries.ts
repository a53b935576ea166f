/**
 * What the status of a send changes: in its delivery (`updateDelivery`), and in its verification and the pause of
 * the phone (`afterStatus`). It uses `endCooldown` (parts/cooldowns.ts).
 */
export const deliveries = `
-- The delivery of this send, and its place in the list. Nil if the document is nil or has no such send.
local function findDelivery(doc, sendId)
	for i, delivery in ipairs(doc and doc.deliveries or {}) do
		if delivery.sendId == sendId then return delivery, i end
	end
end

-- A verification is undeliverable while every one of its sends has failed.
local function settle(doc, now)
	if doc.expiresAt <= now then return end
	local allFailed = true
	for _, delivery in ipairs(doc.deliveries) do allFailed = allFailed and delivery.status == 'failed' end
	if allFailed and doc.state == 'pending' then doc.state = 'undeliverable'
	elseif not allFailed and doc.state == 'undeliverable' then doc.state = 'pending' end
end

-- What a new status of a send changes in its verification, and in the pause of the phone.
local function afterStatus(checks, doc, delivery, isNews, now)
	if isNews and delivery.status == 'failed' and endCooldown(checks, doc.purpose, delivery.startedAt, now) then
		doc.resendAt = now
	end
	settle(doc, now)
end

-- Arguments of a script cannot be nil: the empty text stands for it.
local function nilIfEmpty(text)
	if text ~= '' then return text end
	return nil
end

-- Whether the word is in this list of words with spaces between them.
local function hasWord(words, word)
	return (' ' .. words .. ' '):find(' ' .. word .. ' ', 1, true) ~= nil
end

-- Returns whether the status has changed. update.replaces lists the statuses that the new one may replace.
local function updateDelivery(delivery, update)
	local isNews = hasWord(update.replaces, delivery.status)
	delivery.times[update.status] = delivery.times[update.status] or update.at
	if not delivery.message and update.messageKey ~= '' then
		delivery.message = {key = update.messageKey, sealed = update.messageId}
	end
	delivery.waId = delivery.waId or nilIfEmpty(update.waId)
	if isNews then
		delivery.status = update.status
		delivery.error = nilIfEmpty(update.error)
	end
	return isNews
end
`;
