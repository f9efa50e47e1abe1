-- SPDX-License-Identifier: GPL-3.0-or-later
-- Settling: pay the fills of a plan, return what was not used, empty the pot.

do -- what is local here ends here: all parts are one chunk, which may have 200 locals

-- What makes a settle the same again is its money; a receipt only tells it, so the digest of the
-- arguments is made without.
local function take_settle_fill(c)
    local f = { id = take_id(c), paid = take_amount(c), got = take_amount(c),
        receipt = take_blob(c, BLOB_MAX) }
    c.argv[c.next - 1] = ''
    return f
end

-- The pot is the one source: what it lacks is a plan that does not add up.
local function from_pot(c, p, owner, side, asset, amount)
    local why = move(c, p.pot, 'a', owner, side, asset, amount)
    check(why == 'BALANCE' and 'UNBALANCED' or why)
end

local function stage_from_house(c, p, m)
    if is_zero(m.amount) then return end
    local left = cover_left(p, m.asset)
    if not left or cmp(m.amount, left) > 0 then refuse('LIMIT') end
    p.left[m.asset] = sub(left, m.amount)
    check(count(c, 'o', HOME, m.asset, m.amount, false))
    check(move(c, 'inv:' .. HOME, 'h', p.pot, 'a', m.asset, m.amount))
end

local function complete(i, paid, got)
    if i.kd == '1' then return cmp(paid, i.sell) == 0 end
    return cmp(got, i.buy) == 0
end

-- The state that an intent leaves its plan in.
local function outcome(c, i, paid, got)
    if complete(i, paid, got) then return FILLED end
    if i.cm then return ended(paid, true) end
    if tonumber(i.dl) <= c.now then return ended(paid, false) end
    return ACCEPTED
end

local function totals(i, f)
    local paid, got = add(i.paid, f.paid), add(i.got, f.got)
    if not paid or not got then refuse('AMOUNT_RANGE') end
    if i.kd == '2' and cmp(got, i.buy) > 0 then refuse('LIMIT') end
    if i.pt == '0' and not is_zero(f.paid) and not complete(i, paid, got) then refuse('LIMIT') end
    return paid, got
end

-- Stage the money of one fill: what it got, what it did not pay, and the hold when it ends.
local function stage_settle(c, p, f, planned, i)
    local user = 'user:' .. i.ac
    f.total_paid, f.total_got = totals(i, f)
    from_pot(c, p, user, 'a', i.ba, f.got)
    from_pot(c, p, user, 'h', i.sa, sub(num(planned.paid), f.paid))
    f.intent, f.state = i, outcome(c, i, f.total_paid, f.total_got)
    if is_final(f.state) then check(release(c, i, sub(i.sell, f.total_paid))) end
end

local function stage_settle_fill(c, p, f, i, seen)
    local planned = p.by[f.id]
    if not planned then refuse('UNKNOWN_ID') end
    if seen[f.id] then refuse('STATE') end
    seen[f.id] = true
    if planned.settled then
        if planned.paid ~= str(f.paid) or planned.got ~= str(f.got) then refuse('ID_CONFLICT') end
        return
    end
    if is_zero(f.paid) ~= is_zero(f.got) then refuse('ZERO_AMOUNT') end
    if cmp(f.paid, num(planned.paid)) > 0 then refuse('LIMIT') end
    f.planned = planned
    stage_settle(c, p, f, planned, i)
end

local function pot_is_empty(c, p)
    for _, h in ipairs(holdings(c, p.pot)) do
        balance(c, p.pot, h.asset)
    end
    for _, b in pairs(c.bal[p.pot] or {}) do
        if not is_zero(b.a) or not is_zero(b.h) then return false end
    end
    return true
end

-- The last settle of a plan: nothing is open, nothing is left, covers go back.
local function stage_last(c, p, seen)
    for _, text in ipairs(get_all(c, 'l:', ids_of(p.legs))) do
        if text:sub(1, 1) < LEG_FILLED then refuse('STATE') end
    end
    for id, f in pairs(p.by) do
        if not seen[id] and not f.settled then refuse('STATE') end
    end
    if not pot_is_empty(c, p) then refuse('UNBALANCED') end
    for asset in p.covers:gmatch('%d+') do
        local left = cover_left(p, asset)
        check(count(c, 'o', HOME, asset, left, false))
        check(move(c, 'inv:' .. HOME, 'h', 'inv:' .. HOME, 'a', asset, left))
        p.left[asset] = ZERO
    end
end

local function write_fill(c, p, f)
    local i, planned = f.intent, f.planned
    planned.settled, planned.paid, planned.got = true, str(f.paid), str(f.got)
    gather(c, 'HSET', p.key, 'f:' .. f.id, fill_text(planned))
    i.pd, i.gt = str(f.total_paid), str(f.total_got)
    if #f.receipt > 0 then i.receipt = f.receipt end
    enter(c, i, f.state)
end

-- Legs end with their plan.
local function close_plan(c, p)
    local ms = int(c.now + c.retain + SLACK_MS)
    redis.call('HSET', p.key, 'st', CLOSED, 'xp', int(c.now + c.retain))
    redis.call('PEXPIREAT', p.key, ms)
    for _, id in ipairs(ids_of(p.legs)) do
        redis.call('PEXPIREAT', c.k .. 'l:' .. id, ms)
        redis.call('PEXPIREAT', c.k .. 'x:' .. id, ms)
    end
    redis.call('ZREM', c.k .. 'plans', open_member(p))
    redis.call('ZREM', c.k .. 'own', p.pot)
end

local function stage_moves(c, p, owner, moves)
    for _, m in ipairs(moves) do
        from_pot(c, p, owner, 'a', m.asset, m.amount)
    end
end

serve('settle', REPAIRS, function(c)
    fenced(c)
    local first = c.next
    local p = plan(c, take_id(c))
    local fills = take_list(c, take_settle_fill)
    local to_house, from_house = take_list(c, take_move), take_list(c, take_move)
    local fees, dust, last = take_list(c, take_move), take_list(c, take_move), take_flag(c)
    if not p then refuse('UNKNOWN_ID') end
    local hash = digest(c, first)
    if redis.call('HEXISTS', p.key, 'd:' .. hash) == 1 then return end
    if p.st == CLOSED then refuse('STATE') end
    p.left = {}
    local seen = {}
    for _, m in ipairs(from_house) do stage_from_house(c, p, m) end
    p.by = plan_fills(p)
    local by = intents(c, field_of(fills, 'id'))
    for _, f in ipairs(fills) do stage_settle_fill(c, p, f, by[f.id], seen) end
    stage_moves(c, p, 'inv:' .. HOME, to_house)
    stage_moves(c, p, 'fees', fees)
    stage_moves(c, p, 'dust', dust)
    if last then stage_last(c, p, seen) end
    commit(c, 'settle', p.id)
    for _, f in ipairs(fills) do
        if f.planned then write_fill(c, p, f) end
    end
    for asset, left in pairs(p.left) do
        if left then gather(c, 'HSET', p.key, 'c:' .. asset, str(left)) end
    end
    gather(c, 'HSET', p.key, 'd:' .. hash, '1')
    if last then close_plan(c, p) end
end)

end
