import { documents } from './parts/documents';
import { packedLine } from './parts/packed-line';
import { script } from './script';

/**
 * Ends a verification without a check, unless it has ended before.
 *
 * KEYS:
 *   1    the hash of the phone's checks
 *   2    verification
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *   2    namespace
 *   3    state
 *   4    milliseconds for which the ended verification is kept
 *
 * @returns 'absent'; or 'ended' (now) or 'known' (it had ended before), the time, and the verification.
 */
export const end = script(
	[packedLine, documents],
	`
local now = clock(ARGV[1])
local doc, text = loadVerification(KEYS[2], KEYS[1], now)
if not doc or doc.namespace ~= ARGV[2] then return {'absent'} end
if not isLive(doc, now) then return {'known', now, text} end
doc.state, doc.purgeAt = ARGV[3], now + tonumber(ARGV[4])
doc.verifiedAt = ARGV[3] == 'approved' and now or nil
return {'ended', now, saveVerification(KEYS[2], KEYS[1], doc, now)}
`,
);
