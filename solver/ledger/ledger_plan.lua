-- SPDX-License-Identifier: GPL-3.0-or-later
-- Plans: reserving one, finding its parts, listing the open ones.

local OPEN, CLOSED = '1', '2'
local PREP, SENT, UNKNOWN, LEG_FILLED, PART, VOID = '1', '2', '3', '4', '5', '6'

-- lead is a hash: holder, fence, until. Only the newest fence may act.
local function fenced(c)
    local fence = take_digits(c)
    if fence == '0' or fence ~= redis.call('HGET', c.k .. 'lead', 'fence') then refuse('FENCE') end
end

-- p:<plan> is a hash: st, au(ction), dg (digest), legs and fills (ids joined), covers (assets),
-- f:<intent> "sell buy paid got settled", c:<asset> what is left of a cover, d:<digest> of each
-- settle that was done, e:<digest> of each extend, xp (end of life). Fields of one id are read when needed.
local function plan(c, id)
    local p = c.plans[id]
    if p ~= nil then return p or nil end
    local v = redis.call('HMGET', c.k .. 'p:' .. id, 'st', 'au', 'dg', 'legs', 'fills', 'covers',
        'xp')
    local ended = v[7] and c.now > tonumber(v[7])
    if ended then c.forgotten[c.k .. 'p:' .. id] = true end
    if v[1] and not ended then
        p = { id = id, key = c.k .. 'p:' .. id, st = v[1], au = v[2], dg = v[3], legs = v[4],
            fills = v[5], covers = v[6], pot = 'pot:' .. id }
    end
    c.plans[id] = p or false
    return p
end

-- What is left of a cover, staged; false without one.
local function cover_left(p, asset)
    local left = p.left[asset]
    if left == nil then
        left = num(redis.call('HGET', p.key, 'c:' .. asset) or '') or false
        p.left[asset] = left
    end
    return left
end

-- The ids of a list of joined ids.
local function ids_of(joined)
    local ids = {}
    for id in joined:gmatch(('%x'):rep(32)) do
        ids[#ids + 1] = id
    end
    return ids
end

-- The fills of a plan by intent.
local function plan_fills(p)
    local ids, fields, by = ids_of(p.fills), {}, {}
    if #ids == 0 then return by, ids end
    for n, id in ipairs(ids) do
        fields[n] = 'f:' .. id
    end
    for n, s in ipairs(redis.call('HMGET', p.key, unpack(fields))) do
        local sell, buy, paid, got, settled = s:match('^(%d+) (%d+) (%d+) (%d+) (%d)$')
        by[ids[n]] = { sell = sell, buy = buy, paid = paid, got = got, settled = settled == '1' }
    end
    return by, ids
end

local function fill_text(f)
    return f.sell .. ' ' .. f.buy .. ' ' .. f.paid .. ' ' .. f.got .. (f.settled and ' 1' or ' 0')
end

-- l:<leg> is a record of these fields: state, plan, venue, domain, curve and its sequence, number,
-- stage, group, assets, value, planned in and least out, what was sent of them, filled in and out,
-- what is reserved and not used yet, sent mark. x:<leg> is a hash of its fills: <fill> "in out last".
local LEG_FIELDS = { 'st', 'pl', 'vn', 'dm', 'cv', 'cs', 'no', 'sg', 'gr', 'ia', 'oa', 'va', 'pi',
    'pm', 'in', 'mo', 'fi', 'fo', 'rs', 'sn' }

-- A leg from its text, amounts as texts; it lives as long as its plan.
local function leg_of(c, id, text)
    if not text then return nil end
    local l = unpack_into({ id = id }, LEG_FIELDS, text)
    if not plan(c, l.pl) then
        c.forgotten[c.k .. 'x:' .. id] = true
        return nil
    end
    l.home = l.dm == HOME
    l.owner = l.home and 'pot:' .. l.pl or 'inv:' .. l.dm
    return l
end

local function leg(c, id)
    return leg_of(c, id, redis.call('GET', c.k .. 'l:' .. id))
end

local function write_leg(c, l)
    put(c, c.k .. 'l:' .. l.id, pack(l, LEG_FIELDS))
end

local function field_of(list, field)
    local values = {}
    for n, item in ipairs(list) do
        values[n] = item[field]
    end
    return values
end

local function take_plan_fill(c)
    return { id = take_id(c), paid = take_amount(c), got = take_amount(c) }
end

local function take_move(c)
    return { asset = take_asset(c), amount = take_amount(c) }
end

local function take_leg(c)
    local l = { id = take_id(c), vn = take_name(c), dm = take_name(c), cv = take_digits(c),
        cs = take_digits(c), no = take_digits(c), sg = take_digits(c), gr = take_digits(c),
        ia = take_asset(c), oa = take_asset(c) }
    l.amount_in, l.min_out, l.value = take_amount(c), take_amount(c), take_amount(c)
    l.pi, l.pm, l.va = str(l.amount_in), str(l.min_out), str(l.value)
    l['in'], l.mo, l.fi, l.fo, l.rs = l.pi, l.pm, '0', '0', '0'
    return l
end

local function take_list(c, one)
    local list = {}
    for n = 1, take_count(c, 0, ITEMS_MAX) do
        list[n] = one(c)
    end
    return list
end

local function take_plan(c)
    local p = { id = take_id(c), au = take_digits(c), fills = take_list(c, take_plan_fill),
        covers = take_list(c, take_move), legs = take_list(c, take_leg) }
    if #p.fills + #p.legs > ITEMS_MAX then refuse('MALFORMED') end
    p.pot = 'pot:' .. p.id
    return p
end

-- Would this fill respect what is open of the intent?
local function fill_judge(i, f)
    if is_zero(f.paid) or is_zero(f.got) then return 'ZERO_AMOUNT' end
    local whole = i.kd == '1' and cmp(f.paid, i.sell) == 0 or i.kd == '2' and cmp(f.got, i.buy) == 0
    if i.pt == '0' and not whole then return 'LIMIT' end
    if cmp(f.paid, sub_or_zero(i.sell, i.paid)) > 0 then return 'LIMIT' end
    if i.kd == '2' and cmp(f.got, sub_or_zero(i.buy, i.got)) > 0 then return 'LIMIT' end
end

local function stage_fill(c, p, f, i, seen)
    if not i then refuse('UNKNOWN_ID') end
    if i.st ~= ACCEPTED or seen[f.id] then refuse('STATE') end
    seen[f.id] = true
    if tonumber(i.dl) <= c.now then refuse('EXPIRED') end
    check(fill_judge(i, f))
    check(move(c, 'user:' .. i.ac, 'h', p.pot, 'a', i.sa, f.paid))
    f.intent = i
end

local function stage_cover(c, m)
    if is_zero(m.amount) then refuse('ZERO_AMOUNT') end
    check(move(c, 'inv:' .. HOME, 'a', 'inv:' .. HOME, 'h', m.asset, m.amount))
    check(count(c, 'o', HOME, m.asset, m.amount, true))
end

local function stage_leg(c, l, known, seen)
    if seen[l.id] or leg_of(c, l.id, known) then refuse('ID_CONFLICT') end
    seen[l.id] = true
    if l.ia == l.oa then refuse('SAME_ASSET') end
    if is_zero(l.amount_in) or is_zero(l.min_out) then refuse('ZERO_AMOUNT') end
    check(count(c, 'f', l.vn, l.ia, l.amount_in, true))
    check(count(c, 'v', l.vn, '0', l.value, true))
    if l.dm == HOME then return end
    check(count(c, 'o', l.dm, l.ia, l.amount_in, true))
    check(count(c, 'c', l.dm, l.oa, l.min_out, true))
end

local function stage_legs(c, p)
    local seen, known = {}, get_all(c, 'l:', field_of(p.legs, 'id'))
    for n, l in ipairs(p.legs) do stage_leg(c, l, known[n], seen) end
end

local function stage_plan(c, p)
    local auction = tonumber(p.au)
    if auction == 0 or auction > tonumber(c.ctl.auction) then refuse('STATE') end
    local seen, by = {}, intents(c, field_of(p.fills, 'id'))
    for _, f in ipairs(p.fills) do stage_fill(c, p, f, by[f.id], seen) end
    for _, m in ipairs(p.covers) do stage_cover(c, m) end
    stage_legs(c, p)
    check(limit_check(c))
end

local function ascending(assets)
    table.sort(assets, function(x, y) return tonumber(x) < tonumber(y) end)
    return assets
end

-- One cover per asset: the assets in ascending order and their fields.
local function covers_of(p)
    local sums, assets, fields = {}, {}, {}
    for _, m in ipairs(p.covers) do
        if not sums[m.asset] then assets[#assets + 1] = m.asset end
        sums[m.asset] = add(sums[m.asset] or ZERO, m.amount)
    end
    for _, asset in ipairs(ascending(assets)) do
        fields[#fields + 1] = 'c:' .. asset
        fields[#fields + 1] = str(sums[asset])
    end
    return concat(assets, ' '), fields
end

local function open_member(p)
    return ('0'):rep(20 - #p.au) .. p.au .. ':' .. p.id
end

local function write_legs(c, p, legs)
    for _, l in ipairs(legs) do
        l.st, l.pl = PREP, p.id
        renew(c, c.k .. 'x:' .. l.id)
        write_leg(c, l)
        gather(c, 'SADD', c.k .. 'lopen', l.id)
    end
end

local function write_plan(c, p, hash)
    local covers, set = covers_of(p)
    for _, f in ipairs(p.fills) do
        local i = f.intent
        set[#set + 1] = 'f:' .. f.id
        set[#set + 1] = fill_text({ sell = i.sa, buy = i.ba, paid = str(f.paid), got = str(f.got) })
        i.pl = p.id
        enter(c, i, PLANNED)
    end
    write_legs(c, p, p.legs)
    renew(c, c.k .. 'p:' .. p.id)
    redis.call('HSET', c.k .. 'p:' .. p.id, 'st', OPEN, 'au', p.au, 'dg', hash, 'legs',
        concat(field_of(p.legs, 'id')), 'fills', concat(field_of(p.fills, 'id')), 'covers', covers,
        unpack(set))
    redis.call('ZADD', c.k .. 'plans', 0, open_member(p))
end

serve('plan', GROWS, function(c)
    fenced(c)
    local hash = digest(c, c.next)
    local p = take_plan(c)
    if #p.fills + #p.legs == 0 then refuse('MALFORMED') end
    local known = plan(c, p.id)
    if known then return known.dg ~= hash and 'ID_CONFLICT' or nil end
    stage_plan(c, p)
    commit(c, 'plan', p.id)
    write_plan(c, p, hash)
end)

-- The intents of a plan wait for a venue, or (nil) for what the pot lacks.
local function execute(c, p, venue)
    local ids = ids_of(p.fills)
    local by = intents(c, ids)
    for _, id in ipairs(ids) do
        local i = by[id]
        if i and i.st == PLANNED and i.pl == p.id then
            i.vn = venue
            enter(c, i, EXECUTING)
        end
    end
end

-- More legs and cover for an open plan whose pot cannot pay its fills. Its own pot pays them.
local function stage_extend(c, p, more)
    if #more.fills > 0 then refuse('MALFORMED') end
    if p.st == CLOSED then refuse('STATE') end
    if #p.legs / 32 + #more.legs > ITEMS_MAX then refuse('LIMIT') end
    p.left = {}
    for _, m in ipairs(more.covers) do
        stage_cover(c, m)
        p.left[m.asset] = add(cover_left(p, m.asset) or ZERO, m.amount)
    end
    stage_legs(c, more)
    check(limit_check(c))
end

-- The covers of a plan with those that p.left adds: the assets, ascending.
local function covers_with_left(p)
    local assets = {}
    for asset in p.covers:gmatch('%d+') do
        if not p.left[asset] then assets[#assets + 1] = asset end
    end
    for asset in pairs(p.left) do
        assets[#assets + 1] = asset
    end
    return ascending(assets)
end

local function write_extend(c, p, more, hash)
    write_legs(c, p, more.legs)
    redis.call('HSET', p.key, 'legs', p.legs .. concat(field_of(more.legs, 'id')), 'covers',
        concat(covers_with_left(p), ' '), 'e:' .. hash, '1')
    for asset, left in pairs(p.left) do
        redis.call('HSET', p.key, 'c:' .. asset, str(left))
    end
    execute(c, p, nil)
end

serve('extend', GROWS, function(c)
    fenced(c)
    local hash = digest(c, c.next)
    local more = take_plan(c)
    local p = plan(c, more.id)
    if not p then refuse('UNKNOWN_ID') end
    if redis.call('HEXISTS', p.key, 'e:' .. hash) == 1 then return end
    stage_extend(c, p, more)
    commit(c, 'extend', p.id)
    write_extend(c, p, more, hash)
end)

local function say_legs(c, p)
    local ids = ids_of(p.legs)
    local texts = get_all(c, 'l:', ids)
    say(c, int(#ids))
    for n, id in ipairs(ids) do
        local l = unpack_into({}, LEG_FIELDS, texts[n])
        say(c, id, l.vn, l.dm, l.cv, l.cs, l.no, l.sg, l.gr, l.ia, l.oa, l['in'], l.mo, l.va, l.st,
            l.fi, l.fo)
    end
end

local function say_plan_fills(c, p)
    local by, ids = plan_fills(p)
    say(c, int(#ids))
    for _, id in ipairs(ids) do
        local f = by[id]
        say(c, id, f.sell, f.buy, f.settled and '1' or '0', f.paid, f.got)
    end
end

local function say_moves(c, list)
    say(c, int(#list))
    for _, m in ipairs(list) do
        say(c, m.asset, m.amount)
    end
end

local function covers_left(p)
    local list = {}
    for asset in p.covers:gmatch('%d+') do
        local amount = redis.call('HGET', p.key, 'c:' .. asset)
        if amount ~= '0' then list[#list + 1] = { asset = asset, amount = amount } end
    end
    return list
end

local function pot_available(c, p)
    local list = {}
    for _, h in ipairs(holdings(c, p.pot)) do
        if h.a ~= '0' then list[#list + 1] = { asset = h.asset, amount = h.a } end
    end
    return list
end

-- One open plan per call; the cursor is its member of the set "plans".
serve('plans', READS, function(c)
    local from = c.cursor == '' and '-' or '(' .. c.cursor
    local member = redis.call('ZRANGEBYLEX', c.k .. 'plans', from, '+', 'LIMIT', 0, 1)[1]
    if not member then return say(c, '0') end
    local p = plan(c, member:sub(-32))
    c.more = member
    say(c, '1', p.id, p.au)
    say_legs(c, p)
    say_plan_fills(c, p)
    say_moves(c, covers_left(p))
    say_moves(c, pot_available(c, p))
end)
