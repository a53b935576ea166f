import { script } from './script';

/** The first of these verifications that there is. KEYS: verifications. ARGV: clock. */
export const find = script(
	[],
	`
local now = clock(ARGV[1])
for _, key in ipairs(KEYS) do
	local doc, text = load(key, now)
	if doc then return {'found', now, text} end
end
return {'absent'}
`,
);

/** KEYS: verification. ARGV: clock, namespace, state, tombstone. */
export const end = script(
	[],
	`
local now = clock(ARGV[1])
local doc, text = load(KEYS[1], now)
if not doc or doc.namespace ~= ARGV[2] then return {'absent'} end
local lives = doc.expiresAt > now and (doc.state == 'pending' or doc.state == 'undeliverable')
if not lives then return {'known', now, text} end
doc.state, doc.mac, doc.purgeAt = ARGV[3], nil, now + tonumber(ARGV[4])
doc.verifiedAt = ARGV[3] == 'approved' and now or nil
return {'ended', now, save(KEYS[1], doc, now)}
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
