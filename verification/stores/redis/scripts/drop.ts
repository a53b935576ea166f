import { cooldowns } from './parts/cooldowns';
import { deliveries } from './parts/deliveries';
import { documents } from './parts/documents';
import { packedLine } from './parts/packed-line';
import { replacedCodes } from './parts/replaced-codes';
import { windows } from './parts/windows';
import { script } from './script';

/**
 * Marks sends as dropped.
 *
 * KEYS, two for each send:
 *   +0   the hash of the phone's checks
 *   +1   verification
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   2    statuses that dropped may replace, with spaces between them
 *   3..  id of each send
 *
 * @returns the time; then for each send a word, and the verification or ''. The word is 'dropped' (now, with the
 *   verification), 'early' (not due by the clock of this node), or 'settled' (something else was faster).
 */
export const drop = script(
	[packedLine, documents, windows, cooldowns, deliveries, replacedCodes],
	`
local now = clock(ARGV[1])

local function dropSend(checks, key, sendId)
	local doc, _, code = loadVerification(key, checks, now)
	local delivery = findDelivery(doc, sendId)
	if not delivery then return 'settled', '' end
	if delivery.dropAt > now then return 'early', '' end
	local isNews = updateDelivery(delivery, {
		status = 'dropped', replaces = ARGV[2], at = delivery.dropAt,
		messageKey = '', messageId = '', waId = '', error = '',
	})
	if not isNews then return 'settled', '' end
	forgetReplaced(code, doc, delivery)
	return 'dropped', saveVerification(key, checks, doc, now, code)
end

local answer = {now}
for i = 1, #KEYS / 2 do
	answer[2 * i], answer[2 * i + 1] = dropSend(KEYS[2 * i - 1], KEYS[2 * i], ARGV[i + 2])
end
return answer
`,
);
