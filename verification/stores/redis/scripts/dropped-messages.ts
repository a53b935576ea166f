import { script } from './script';

/**
 * Notes when a send counts as dropped. What is too old to be told of goes along, a little with each so that it never
 * takes long, but more than is added. KEYS: due. ARGV: member, its moment, moment of the too old, time to live.
 */
export const watch = script(
	[],
	`
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[3], 'LIMIT', 0, 10)
for _, member in ipairs(old) do redis.call('ZREM', KEYS[1], member) end
return #old
`,
);

/** The members that are due and not too old, oldest first. KEYS: due. ARGV: clock, age of the too old, limit. */
export const due = script(
	[],
	`
local now = clock(ARGV[1])
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. (now - tonumber(ARGV[2])), now, 'LIMIT', 0, ARGV[3])
`,
);

/**
 * Marks sends as dropped. KEYS: checks of the phone and verification of each. ARGV: clock, statuses that dropped replaces, id of each send.
 * @returns the clock, then for each a word and its verification: 'dropped' now, 'early' by this node's clock, or
 * 'settled' by whatever was faster
 */
export const drop = script(
	['standing', 'documents', 'deliveries', 'replaced'],
	`
local now = clock(ARGV[1])
local answer = {now}
for i = 1, #KEYS / 2 do
	local checks, key = KEYS[2 * i - 1], KEYS[2 * i]
	local doc, _, code = load(key, checks, now)
	local word, text, delivery = 'settled', '', nil
	for _, each in ipairs(doc and doc.deliveries or {}) do
		if each.sendId == ARGV[i + 2] then delivery = each end
	end
	if delivery and delivery.dropAt > now then word = 'early'
	elseif delivery then
		local update = {status = 'dropped', replaces = ARGV[2], at = delivery.dropAt}
		update.messageKey, update.waId, update.error = '', '', ''
		if apply(delivery, update) then
			forgetReplaced(code, doc, delivery)
			word, text = 'dropped', save(key, checks, doc, now, code)
		end
	end
	answer[#answer + 1] = word
	answer[#answer + 1] = text
end
return answer
`,
);
