import { createHash } from 'node:crypto';

/** A step that Redis takes as a whole: no other command comes in between. */
export interface Script {
	source: string;
	/** What the server knows it by, once it has seen it. */
	sha: string;
}

/** Milliseconds, by the server's own clock unless a test gives one. */
const clock = `
local function clock(given)
	if given ~= '' then return tonumber(given) end
	local time = redis.call('TIME')
	return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

/**
 * How a verification stands for its checks: a line of words, so that a check reads and writes one field, first what a
 * check changes, then the rest, which begins with what every answer tells about it. Its MAC and those of replaced codes
 * stand nowhere else. `-` is an empty word; what comes after the line is JSON, or nothing.
 */
const standing = `
-- State, attempts, purgeAt, verifiedAt, MAC, (rest: (about: (key id and shape), most attempts, metadata), expiresAt, subject).
local standing = '^(%S+) (%d+) (%d+) (%d+) (%S+) (((%S+) (%d+) %S+) (%d+) ([^\\n]*)\\n.*)$'

local function lineOf(state, attempts, purgeAt, verifiedAt, mac, rest)
	return state .. ' ' .. attempts .. ' ' .. purgeAt .. ' ' .. verifiedAt .. ' ' .. mac .. ' ' .. rest
end

local function withoutReplaced(rest)
	return rest:sub(-1) == '\\n' and rest or rest:match('^[^\\n]*\\n')
end
`;

/**
 * A verification is a JSON document under a key of its own, and its standing a field of the phone's checks, next to
 * the failed checks of them all. What a check has changed is in the standing alone until the next step that writes the
 * document. It is gone once its `purgeAt` has passed, whether or not Redis has come by to remove it. Every key is
 * written with a time to live; that of the checks is extended by each new verification, which removes what is gone.
 */
const documents = `
local function load(key, checks, now)
	local text = redis.call('GET', key)
	if not text then return nil end
	local doc = cjson.decode(text)
	local stored = redis.call('HGET', checks, doc.verificationId)
	if not stored then return nil end
	local state, attempts, purgeAt, verifiedAt, mac, rest = stored:match(standing)
	attempts, purgeAt, verifiedAt = tonumber(attempts), tonumber(purgeAt), tonumber(verifiedAt)
	if purgeAt <= now then return nil end
	-- Whatever a check changes, it counts.
	if attempts ~= doc.attempts then
		doc.state, doc.attempts, doc.purgeAt = state, attempts, purgeAt
		doc.verifiedAt = verifiedAt > 0 and verifiedAt or nil
		text = cjson.encode(doc)
	end
	local replaced = rest:match('\\n(.+)$')
	return doc, text, {mac = mac, replaced = replaced and cjson.decode(replaced) or {}}
end

-- Without a code, no MAC is left of it nor of those that it replaced.
local function save(key, checks, doc, now, code)
	local text = cjson.encode(doc)
	redis.call('SET', key, text, 'PX', math.max(1, doc.purgeAt - now))
	local replaced = code and next(code.replaced) and cjson.encode(code.replaced) or ''
	local metadata = doc.sealedMetadata == '' and '-' or doc.sealedMetadata
	local rest = ('%s,%s, %d %s %.0f %s\\n%s'):format(doc.keyId, doc.shape, doc.maxAttempts, metadata, doc.expiresAt,
		doc.subject, replaced)
	redis.call('HSET', checks, doc.verificationId, lineOf(doc.state, doc.attempts, ('%.0f'):format(doc.purgeAt),
		('%.0f'):format(doc.verifiedAt or 0), code and code.mac or '-', rest))
	return text
end
`;

/** Lines of what is gone, and the MACs of what has expired: nothing is compared with them any more. */
const sweep = `
local function sweep(checks, now)
	local fields = redis.call('HGETALL', checks)
	for i = 1, #fields, 2 do
		local id, stored = fields[i], fields[i + 1]
		local state, attempts, purgeAt, verifiedAt, mac, rest, _, _, _, expiresAt = stored:match(standing)
		if id == 'failed' then -- Of all of them.
		elseif not expiresAt or tonumber(purgeAt) <= now then redis.call('HDEL', checks, id)
		elseif mac ~= '-' and tonumber(expiresAt) <= now then
			redis.call('HSET', checks, id, lineOf(state, attempts, purgeAt, verifiedAt, '-', withoutReplaced(rest)))
		end
	end
end
`;

/** Sliding windows: the moments counted, oldest first, as one text. */
const windows = `
local function moments(text, after)
	local kept = {}
	for stamp in (text or ''):gmatch('%d+') do
		stamp = tonumber(stamp)
		if stamp > after then kept[#kept + 1] = stamp end
	end
	return kept
end

local function waitOf(inside, now, limit, window)
	if #inside < limit then return nil end
	return (inside[#inside - limit + 1] or now) + window - now
end
`;

/** What writes them. */
const counters = `
local function counted(key, now, window)
	return moments(redis.call('GET', key), now - window)
end

local function keep(key, kept, ttl)
	redis.call('SET', key, table.concat(kept, ' '), 'PX', math.max(ttl, redis.call('PTTL', key)))
end

local function count(key, now, window)
	local kept = counted(key, now, window)
	kept[#kept + 1] = now
	keep(key, kept, window)
end

local function uncount(key, moment)
	local kept = moments(redis.call('GET', key), 0)
	for at = 1, #kept do
		if kept[at] == moment then
			table.remove(kept, at)
			return keep(key, kept, 1)
		end
	end
end
`;

/** What deliveries do to their verification. */
const deliveries = `
local function settle(doc, now)
	if doc.expiresAt <= now then return end
	local failed = true
	for _, delivery in ipairs(doc.deliveries) do failed = failed and delivery.status == 'failed' end
	if failed and doc.state == 'pending' then doc.state = 'undeliverable'
	elseif not failed and doc.state == 'undeliverable' then doc.state = 'pending' end
	-- Nobody has to wait for a message that will not come.
	if doc.deliveries[#doc.deliveries].status == 'failed' then doc.resendAt = math.min(doc.resendAt, now) end
end

local function given(text)
	if text ~= '' then return text end
	return nil
end

local function holds(words, word)
	return (' ' .. words .. ' '):find(' ' .. word .. ' ', 1, true) ~= nil
end

local function apply(delivery, update)
	local news = holds(update.replaces, delivery.status)
	delivery.times[update.status] = delivery.times[update.status] or update.at
	if not delivery.message and update.messageKey ~= '' then
		delivery.message = {key = update.messageKey, sealed = update.messageId}
	end
	delivery.waId = delivery.waId or given(update.waId)
	if news then
		delivery.status = update.status
		delivery.error = given(update.error)
	end
	return news
end
`;

/** The code that each send replaced, by send id, until the send can't be withdrawn any more. */
const replaced = `
-- Through a send that can't be withdrawn any more nothing comes back from before it.
local function forgetReplaced(code, doc, delivery)
	for _, each in ipairs(doc.deliveries) do
		code.replaced[each.sendId] = nil
		if each == delivery then break end
	end
end
`;

const parts = { standing, documents, sweep, windows, counters, deliveries, replaced };

/**
 * @param uses all that the body needs, each after what it needs itself: Redis makes every function anew for every call
 * @param body Lua; the keys it touches are all in KEYS, and it writes only where it has decided
 */
export function script(uses: ReadonlyArray<keyof typeof parts>, body: string): Script {
	const source = [clock, ...uses.map((part) => parts[part]), body].map((text) => text.trim()).join('\n');
	let sha: string | undefined;
	return {
		source,
		get sha() {
			return (sha ??= createHash('sha1').update(source).digest('hex'));
		},
	};
}
