import { documents } from './parts/documents';
import { packedLine } from './parts/packed-line';
import { script } from './script';

/**
 * Reads the first of these verifications that exists.
 *
 * KEYS:
 *   1    the hash of the phone's checks
 *   2..  verifications
 * ARGV:
 *   1    time in milliseconds, or '' for the server's clock
 *
 * @returns 'absent'; or 'found', the time, and the verification.
 */
export const find = script(
	[packedLine, documents],
	`
local now = clock(ARGV[1])
for i = 2, #KEYS do
	local doc, text = loadVerification(KEYS[i], KEYS[1], now)
	if doc then return {'found', now, text} end
end
return {'absent'}
`,
);
