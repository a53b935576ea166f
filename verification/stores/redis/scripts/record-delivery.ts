import { cooldowns } from './parts/cooldowns';
import { deliveries } from './parts/deliveries';
import { documents } from './parts/documents';
import { packedLine } from './parts/packed-line';
import { replacedCodes } from './parts/replaced-codes';
import { windows } from './parts/windows';
import { script } from './script';

/**
 * Records a status of a message, as a webhook reports it.
 *
 * KEYS:
 *   1    the hash of the phone's checks
 *   2    verification
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   2    provider
 *   3    id of the send
 *   4    ids of the configured signing keys, with spaces between them
 *   5    status
 *   6    statuses that it may replace, with spaces between them
 *   7    time of the status, in milliseconds since 1970
 *   8    key of the message id
 *   9    sealed message id
 *   10   sealed WhatsApp id
 *   11   sealed error
 *   8 to 11 are '' if there is none.
 *
 * @returns 'absent'; or 'key_missing', the time, '', and the key id of the verification; or 'news' (the status has
 *   changed) or 'known' (it has not), the time, and the verification.
 */
export const recordDelivery = script(
	[packedLine, documents, windows, cooldowns, deliveries, replacedCodes],
	`
local now = clock(ARGV[1])
local doc, _, code = loadVerification(KEYS[2], KEYS[1], now)
local delivery = findDelivery(doc, ARGV[3])
if not delivery or delivery.provider ~= ARGV[2] then return {'absent'} end
if not hasWord(ARGV[4], doc.keyId) then return {'key_missing', now, '', doc.keyId} end
forgetReplaced(code, doc, delivery)
local isNews = updateDelivery(delivery, {
	status = ARGV[5], replaces = ARGV[6], at = tonumber(ARGV[7]),
	messageKey = ARGV[8], messageId = ARGV[9], waId = ARGV[10], error = ARGV[11],
})
afterStatus(KEYS[1], doc, delivery, isNews, now)
return {isNews and 'news' or 'known', now, saveVerification(KEYS[2], KEYS[1], doc, now, code)}
`,
);
