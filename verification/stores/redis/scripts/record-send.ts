import { cooldowns } from './parts/cooldowns';
import { counters } from './parts/counters';
import { deliveries } from './parts/deliveries';
import { documents } from './parts/documents';
import { packedLine } from './parts/packed-line';
import { replacedCodes } from './parts/replaced-codes';
import { windows } from './parts/windows';
import { script } from './script';

/**
 * Records what the provider answered to a send. A webhook may have been faster, so a status never goes back.
 *
 * KEYS:
 *   1    the hash of the phone's checks
 *   2    verification
 *   3    ids of the newest verifications of the phone and purpose
 *   4..  counters from which a withdrawn send is taken off
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   2    id of the send
 *   3    outcome
 *   4    statuses that the outcome may replace, with spaces between them
 *   5    key of the message id
 *   6    sealed message id
 *   7    sealed WhatsApp id
 *   8    sealed error
 *   9    pause after a withdrawn send, in milliseconds
 *   5 to 8 are '' if there is none.
 *
 * @returns 'absent'; or 'stored', the time, and the verification; or 'withdrawn', the time, the verification ('' if
 *   this was its only send), and the time at which the send was counted.
 */
export const recordSend = script(
	[packedLine, documents, windows, counters, cooldowns, deliveries, replacedCodes],
	`
-- A look-up by phone finds the verifications that are left.
local function removeFromNewest(key, id)
	local left = {}
	for each in (redis.call('GET', key) or ''):gmatch('%S+') do
		if each ~= id then left[#left + 1] = each end
	end
	if #left == 0 then return redis.call('DEL', key) end
	redis.call('SET', key, table.concat(left, ' '), 'PX', math.max(1, redis.call('PTTL', key)))
end

local now = clock(ARGV[1])
local doc, text, code = loadVerification(KEYS[2], KEYS[1], now)
local delivery, at = findDelivery(doc, ARGV[2])
if not delivery then return {'absent'} end
if ARGV[3] ~= 'withdrawn' then
	local isNews = updateDelivery(delivery, {
		status = ARGV[3], at = now, replaces = ARGV[4],
		messageKey = ARGV[5], messageId = ARGV[6], waId = ARGV[7], error = ARGV[8],
	})
	forgetReplaced(code, doc, delivery)
	afterStatus(KEYS[1], doc, delivery, isNews, now)
	return {'stored', now, saveVerification(KEYS[2], KEYS[1], doc, now, code)}
end

-- A replay may have set the status to unknown, without a time, while the answer was on its way.
local isUnanswered = delivery.status == 'sending' or delivery.status == 'unknown' and not delivery.times.unknown
-- Another answer or a webhook came first: the message may have been sent, so the send cannot be withdrawn.
if not isUnanswered then return {'stored', now, text} end
table.remove(doc.deliveries, at)
local pauseEnd = withdrawFromCooldown(KEYS[1], doc.purpose, delivery, tonumber(ARGV[9]), now)
doc.sends, doc.resendAt = doc.sends - 1, pauseEnd
if #doc.deliveries == 0 then
	redis.call('DEL', KEYS[2])
	redis.call('HDEL', KEYS[1], doc.verificationId)
	removeFromNewest(KEYS[3], doc.verificationId)
	text = ''
else
	local old, nextSend = code.replaced[delivery.sendId], doc.deliveries[at]
	code.replaced[delivery.sendId] = nil
	if nextSend then
		-- If the next send is withdrawn, too, the old code comes back, not the one that was never sent.
		if code.replaced[nextSend.sendId] then code.replaced[nextSend.sendId] = old end
	elseif old and doc.state == 'pending' and doc.expiresAt > now then
		code.mac, doc.keyId, doc.shape, doc.expiresAt = old.mac, old.keyId, old.shape, old.expiresAt
		doc.sealedPhone, doc.sealedMetadata = old.sealedPhone, old.sealedMetadata
	end
	settle(doc, now)
	text = saveVerification(KEYS[2], KEYS[1], doc, now, code)
end
for i = 4, #KEYS do uncount(KEYS[i], delivery.startedAt) end
return {'withdrawn', now, text, delivery.startedAt}
`,
);
