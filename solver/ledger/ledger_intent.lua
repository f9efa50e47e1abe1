-- SPDX-License-Identifier: GPL-3.0-or-later
-- Intents: acceptance, cancelling, expiry, and the doors between their states.

local ACCEPTED, PLANNED, EXECUTING, FILLED = '2', '3', '4', '5'
local PARTIAL_CLOSED, EXPIRED, CANCELLED, REJECTED = '6', '7', '8', '9'

-- i:<id> is a record of these fields: state, account, kind, partial, assets, amounts, deadline,
-- sequence, paid, got, payload hash, cancel mark, plan, venue, refusal, end of life. py:<id> is the
-- signed payload, rc:<id> the last receipt.
local FIELDS = { 'st', 'ac', 'kd', 'pt', 'sa', 'ba', 'sm', 'bm', 'dl', 'sq', 'pd', 'gt', 'ph',
    'cm', 'pl', 'vn', 'rf', 'xp' }

local function is_final(state)
    return state >= FILLED -- one digit each, in the order of the ladder
end

-- The record of an id from its text, unless it was never there or is forgotten.
local function intent_of(c, id, text)
    if not text then return nil end
    local i = unpack_into({ id = id }, FIELDS, text)
    if i.xp and c.now > tonumber(i.xp) then
        c.forgotten[c.k .. 'py:' .. id] = true
        c.forgotten[c.k .. 'rc:' .. id] = true
        return nil
    end
    if i.sm then
        i.sell, i.buy = num(i.sm), num(i.bm)
        i.paid, i.got = num(i.pd), num(i.gt)
    end
    return i
end

local function intent(c, id)
    return intent_of(c, id, redis.call('GET', c.k .. 'i:' .. id))
end

-- The records of many ids, by id.
local function intents(c, ids)
    local texts, by = get_all(c, 'i:', ids), {}
    for n, id in ipairs(ids) do
        by[id] = intent_of(c, id, texts[n])
    end
    return by
end

local function write_intent(c, i)
    local key = c.k .. 'i:' .. i.id
    if i.xp then
        redis.call('SET', key, pack(i, FIELDS), 'PXAT', i.ms or int(tonumber(i.xp) + SLACK_MS))
    else
        put(c, key, pack(i, FIELDS))
    end
end

local function say_record(c, i, key, receipt)
    say(c, i.id, i.ac, i.kd or '0', i.pt or '0', i.sa or '0', i.ba or '0', i.sm or '0',
        i.bm or '0', i.dl or i.xp, i.sq or '0', i.pd or '0', i.gt or '0', i.st, i.rf or 'NONE',
        i.cm or '0', i.pl or '', i.vn or '', key, receipt)
end

-- The record for its owner: with key and receipt.
local function say_intent(c, i)
    say_record(c, i, redis.call('GET', c.k .. 'a:' .. i.ac) or '',
        redis.call('GET', c.k .. 'rc:' .. i.id) or '')
end

local function say_intents(c, list)
    say(c, int(#list))
    for _, i in ipairs(list) do
        say_record(c, i, '', '')
    end
end

-- evt is a stream with dense ids <sequence>-1: e "time account intent state paid got".
local function event(c, i)
    local text = c.now_text .. ' ' .. i.ac .. ' ' .. i.id .. ' ' .. i.st .. ' ' .. i.pd .. ' ' .. i.gt
    local key, id = c.k .. 'evt', ctl_next(c, 'evt') .. '-1'
    if c.trimmed then
        redis.call('XADD', key, id, 'e', text)
    else
        redis.call('XADD', key, 'MAXLEN', '~', EVENTS_KEPT, id, 'e', text)
        c.trimmed = true -- once a call is enough
    end
end

-- Let the record end, with what belongs to it.
local function mortal(c, i)
    local xp = math.max(c.now, tonumber(i.dl)) + c.retain
    local ms = int(xp + SLACK_MS)
    i.xp, i.ms = int(xp), ms
    redis.call('PEXPIREAT', c.k .. 'py:' .. i.id, ms)
    if i.receipt then
        redis.call('SET', c.k .. 'rc:' .. i.id, i.receipt, 'PXAT', ms)
    else
        redis.call('PEXPIREAT', c.k .. 'rc:' .. i.id, ms)
    end
end

-- Write the record in a new state: open or close it, write the event. i.receipt is a new receipt.
-- After commit.
local function enter(c, i, state)
    local was = i.st
    i.st = state
    if state == ACCEPTED then
        gather(c, 'ZADD', c.k .. 'open', i.sq, i.id)
        gather(c, 'ZADD', c.k .. 'dl', i.dl, i.id)
    elseif was == ACCEPTED then
        gather(c, 'ZREM', c.k .. 'open', i.id)
        gather(c, 'ZREM', c.k .. 'dl', i.id)
    end
    if state == ACCEPTED or is_final(state) then
        i.pl, i.vn = nil, nil
    end
    if is_final(state) then
        mortal(c, i)
    elseif i.receipt then
        put(c, c.k .. 'rc:' .. i.id, i.receipt)
    end
    write_intent(c, i)
    event(c, i)
end

-- What the rest becomes when an intent ends without being complete.
local function ended(paid, cancelled)
    if not is_zero(paid) then return PARTIAL_CLOSED end
    return cancelled and CANCELLED or EXPIRED
end

local function release(c, i, hold)
    return move(c, 'user:' .. i.ac, 'h', 'user:' .. i.ac, 'a', i.sa, hold)
end

local function tombstone(c, id, account, refused, until_ms, payload_hash)
    local i = { id = id, ac = account, st = REJECTED, rf = refused, xp = int(until_ms),
        ph = payload_hash }
    renew(c, c.k .. 'py:' .. id, c.k .. 'rc:' .. id)
    write_intent(c, i)
    return i
end

local function take_intent(c)
    local i = { id = take_id(c), ac = take_name(c), key = take_hash(c),
        kd = take_like(c, '^[12]$', 1), pt = take_flag(c) and '1' or '0', sa = take_asset(c),
        ba = take_asset(c), sell = take_amount(c), buy = take_amount(c), deadline = take_ms(c),
        ph = take_hash(c), payload = take_blob(c, BLOB_MAX) }
    i.sm, i.bm, i.dl, i.pd, i.gt = str(i.sell), str(i.buy), int(i.deadline), '0', '0'
    return i
end

local function accept_again(c, known, i)
    if known.ac ~= i.ac or (known.rf ~= 'CANCELLED' and known.ph ~= i.ph) then
        refuse('ID_CONFLICT')
    end
    say(c, known.sq or '0')
    say_intent(c, known)
    return known.rf
end

-- What needs no memory of the refusal: repeated, it is judged again.
local function accept_judge(c, i)
    if c.ctl.paused_accept == '1' then return 'PAUSED' end
    if i.sa == i.ba then return 'SAME_ASSET' end
    if is_zero(i.sell) or is_zero(i.buy) then return 'ZERO_AMOUNT' end
    if i.deadline <= c.now then return 'EXPIRED' end
    if i.deadline > c.now + DAY_MS then return 'DEADLINE_FAR' end
end

serve('accept', GROWS, function(c)
    local i = take_intent(c)
    check(key_check(c, i.ac, i.key))
    local known = intent(c, i.id)
    if known then return accept_again(c, known, i) end
    check(accept_judge(c, i))
    local user = 'user:' .. i.ac
    local why = move(c, user, 'a', user, 'h', i.sa, i.sell)
        or limit_held(c, i.ac, i.sa, balance(c, user, i.sa).h)
    if why then
        say(c, '0')
        say_intent(c, tombstone(c, i.id, i.ac, why, i.deadline, i.ph))
        return why
    end
    commit(c, 'accept', i.id)
    i.sq = ctl_next(c, 'seq')
    renew(c, c.k .. 'py:' .. i.id, c.k .. 'rc:' .. i.id)
    if #i.payload > 0 then put(c, c.k .. 'py:' .. i.id, i.payload) end
    enter(c, i, ACCEPTED)
    say(c, i.sq)
    say_record(c, i, i.key, '')
end)

local function cancel_unknown(c, id, account, until_ms)
    if until_ms <= c.now then refuse('UNKNOWN_ID') end
    if until_ms > c.now + 2 * DAY_MS then refuse('DEADLINE_FAR') end
    say_intent(c, tombstone(c, id, account, 'CANCELLED', until_ms))
end

local function cancel_known(c, i)
    if is_final(i.st) then
        local by_cancel = i.cm and (i.st == CANCELLED or i.st == PARTIAL_CLOSED)
        return not by_cancel and i.rf ~= 'CANCELLED' and 'TOO_LATE' or nil
    end
    if i.st ~= ACCEPTED then
        i.cm = '1'
        write_intent(c, i)
        return 'IN_BATCH'
    end
    check(release(c, i, sub_or_zero(i.sell, i.paid)))
    commit(c, 'cancel', i.id)
    i.cm = '1'
    enter(c, i, ended(i.paid, true))
end

serve('cancel', REPAIRS, function(c)
    local id, account, key, until_ms = take_id(c), take_name(c), take_hash(c), take_ms(c)
    check(key_check(c, account, key))
    local i = intent(c, id)
    if not i then return cancel_unknown(c, id, account, until_ms) end
    if i.ac ~= account then refuse('FOREIGN_ACCOUNT') end
    local why = cancel_known(c, i)
    say_intent(c, i)
    return why
end)

serve('get', READS, function(c)
    local i = intent(c, take_id(c))
    if not i then refuse('UNKNOWN_ID') end
    say_intent(c, i)
end)

serve('expire', REPAIRS, function(c)
    local ids = redis.call('ZRANGEBYSCORE', c.k .. 'dl', '-inf', c.now_text, 'LIMIT', 0,
        take_count(c, 1, ITEMS_MAX))
    local list, by = {}, intents(c, ids)
    for n, id in ipairs(ids) do
        list[n] = by[id]
        check(release(c, list[n], sub_or_zero(list[n].sell, list[n].paid)))
    end
    if #list > 0 then commit(c, 'expire', int(#list)) end
    for _, i in ipairs(list) do
        enter(c, i, ended(i.paid, false))
    end
    say_intents(c, list)
end)
