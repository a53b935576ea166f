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
 * A verification is a hash: a JSON document, and beside it in fields of their own what a check
 * reads and writes, since reading and writing the document takes Redis several times as long as all the rest of a
 * check. What a check has changed stands in the fields alone until the next step that writes the document. MACs are
 * in no document. A verification is gone once its `purgeAt` has passed, whether or not Redis has come by to remove it.
 * Every key is written with a time to live.
 */
const documents = `
local function load(key, now)
	local text, state, attempts, verifiedAt, purgeAt = unpack(
		redis.call('HMGET', key, 'doc', 'state', 'attempts', 'verifiedAt', 'purgeAt'))
	if not text or tonumber(purgeAt) <= now then return nil end
	local doc = cjson.decode(text)
	attempts = tonumber(attempts)
	-- Whatever a check changes, it counts.
	if attempts ~= doc.attempts then
		doc.state, doc.attempts, doc.purgeAt = state, attempts, tonumber(purgeAt)
		doc.verifiedAt = verifiedAt and tonumber(verifiedAt) or nil
		text = cjson.encode(doc)
	end
	return doc, text
end

-- With 'mac' the code's MAC is replaced, or where it is false removed, along with all that could be given back.
local function save(key, doc, now, mac)
	local text = cjson.encode(doc)
	redis.call('HSET', key, 'doc', text,
		'namespace', doc.namespace, 'purpose', doc.purpose, 'keyId', doc.keyId, 'shape', doc.shape,
		'state', doc.state, 'attempts', doc.attempts, 'maxAttempts', doc.maxAttempts,
		'expiresAt', doc.expiresAt, 'purgeAt', doc.purgeAt, 'sealedMetadata', doc.sealedMetadata)
	if doc.verifiedAt then redis.call('HSET', key, 'verifiedAt', doc.verifiedAt) end
	if mac then redis.call('HSET', key, 'mac', mac) elseif mac == false then redis.call('HDEL', key, 'mac', 'replaced') end
	redis.call('PEXPIRE', key, math.max(1, doc.purgeAt - now))
	return text
end
`;

/** Sliding windows: the moments counted under a key, oldest first, as one text. */
const windows = `
local function moments(key, after)
	local kept = {}
	for stamp in (redis.call('GET', key) or ''):gmatch('%d+') do
		stamp = tonumber(stamp)
		if stamp > after then kept[#kept + 1] = stamp end
	end
	return kept
end

local function waitOf(key, now, limit, window, read)
	local inside = read or moments(key, now - window)
	if #inside < limit then return nil end
	return (inside[#inside - limit + 1] or now) + window - now
end
`;

/** What writes them. */
const counters = `
local function keep(key, kept, ttl)
	redis.call('SET', key, table.concat(kept, ' '), 'PX', math.max(ttl, redis.call('PTTL', key)))
end

local function count(key, now, window)
	local kept = moments(key, now - window)
	kept[#kept + 1] = now
	keep(key, kept, window)
end

local function uncount(key, moment)
	local kept = moments(key, 0)
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

/**
 * The code that each send replaced, by send id, until the send can't be withdrawn any more: in a field that whatever
 * ends the verification removes or empties without having to read it.
 */
const replaced = `
local function readReplaced(key)
	local text = redis.call('HMGET', key, 'replaced')[1]
	return text and text ~= '' and cjson.decode(text) or {}
end

local function writeReplaced(key, replaced)
	if next(replaced) then redis.call('HSET', key, 'replaced', cjson.encode(replaced))
	else redis.call('HDEL', key, 'replaced') end
end

-- Through a send that can't be withdrawn any more nothing comes back from before it.
local function forgetReplaced(key, doc, delivery)
	local replaced = readReplaced(key)
	if not next(replaced) then return end
	for _, each in ipairs(doc.deliveries) do
		replaced[each.sendId] = nil
		if each == delivery then break end
	end
	writeReplaced(key, replaced)
end
`;

const parts = { documents, windows, counters, deliveries, replaced };

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
