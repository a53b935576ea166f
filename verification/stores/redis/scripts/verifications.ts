import { script } from './script';

/** The first of these verifications that there is. KEYS: checks of the phone, then verifications. ARGV: clock. */
export const find = script(
	['standing', 'documents'],
	`
local now = clock(ARGV[1])
for i = 2, #KEYS do
	local doc, text = load(KEYS[i], KEYS[1], now)
	if doc then return {'found', now, text} end
end
return {'absent'}
`,
);

/** What a pointer says. As a script, since a hosted Redis may answer a GET from a replica that lags. KEYS: pointer. */
export const point = script([], "return redis.call('GET', KEYS[1]) or ''");

/** KEYS: checks of the phone, verification. ARGV: clock, namespace, state, tombstone. */
export const end = script(
	['standing', 'documents'],
	`
local now = clock(ARGV[1])
local doc, text = load(KEYS[2], KEYS[1], now)
if not doc or doc.namespace ~= ARGV[2] then return {'absent'} end
local lives = doc.expiresAt > now and (doc.state == 'pending' or doc.state == 'undeliverable')
if not lives then return {'known', now, text} end
doc.state, doc.purgeAt = ARGV[3], now + tonumber(ARGV[4])
doc.verifiedAt = ARGV[3] == 'approved' and now or nil
return {'ended', now, save(KEYS[2], KEYS[1], doc, now)}
`,
);

/** Whether the server runs scripts, and whether they may write now. KEYS: one that nothing else uses. */
export const probe = script(
	[],
	`
redis.call('SET', KEYS[1], clock(''), 'PX', 1000)
return redis.call('DEL', KEYS[1])
`,
);

/**
 * Notes a mark, unless it is noted and its time has not passed. KEYS: mark. ARGV: clock, milliseconds.
 * @returns 1 where it was not noted before
 */
export const remember = script(
	[],
	`
local now, ms = clock(ARGV[1]), tonumber(ARGV[2])
if tonumber(redis.call('GET', KEYS[1]) or 0) > now then return 0 end
redis.call('SET', KEYS[1], now + ms, 'PX', ms)
return 1
`,
);
