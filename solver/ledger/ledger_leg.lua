-- SPDX-License-Identifier: GPL-3.0-or-later
-- Legs: PREP -> SENT -> UNKNOWN -> FILLED, PART or VOID.

do -- what is local here ends here: all parts are one chunk, which may have 200 locals

local function leg_closed(l)
    return l.st >= LEG_FILLED
end

-- Count that less flies and may leave or come.
local function uncount(c, l, less_in, less_out)
    local why = count(c, 'f', l.vn, l.ia, less_in, false)
    if why or l.home then return why end
    return count(c, 'o', l.dm, l.ia, less_in, false) or count(c, 'c', l.dm, l.oa, less_out, false)
end

-- What of the input is not filled yet, and of the least output.
local function leg_rest(l)
    return sub_or_zero(num(l['in']), num(l.fi))
end

local function leg_missing(l)
    return sub_or_zero(num(l.mo), num(l.fo))
end

-- Stage the end of a leg whose open part is rest in and missing out, and for which reserved is held.
local function stage_close(c, l, rest, missing, reserved)
    check(uncount(c, l, rest, missing))
    check(count(c, 'v', l.vn, '0', num(l.va), false))
    if l.st ~= PREP then check(move(c, l.owner, 'h', l.owner, 'a', l.ia, reserved)) end
end

local function enter_leg(c, l, state)
    l.st = state
    write_leg(c, l)
    if leg_closed(l) then redis.call('SREM', c.k .. 'lopen', l.id) end
end

local function take_send(c)
    return { id = take_id(c), amount_in = take_amount(c), min_out = take_amount(c) }
end

local function send_judge(l, s)
    local shrinks, cheaper = cmp(s.amount_in, num(l.pi)), cmp(s.min_out, num(l.pm))
    if is_zero(s.amount_in) or is_zero(s.min_out) then return 'ZERO_AMOUNT' end
    if shrinks > 0 or cheaper > 0 or (shrinks == 0 and cheaper ~= 0) then return 'LIMIT' end
end

-- A leg that is not PREP any more: the same send again, or too late.
local function send_again(l, s)
    local same = l.sn and l['in'] == str(s.amount_in) and l.mo == str(s.min_out)
    return not same and 'STATE' or nil
end

-- What a leg takes from its owner's available part: its input, less what earlier legs of the same
-- group in this call promise and nobody before it uses. spare is kept per group and asset.
local function reserve(spare, l, s)
    if l.gr == '0' then return s.amount_in end
    local a, b = l.gr .. ':' .. l.ia, l.gr .. ':' .. l.oa
    local have = spare[a] or ZERO
    spare[a] = sub_or_zero(have, s.amount_in)
    spare[b] = add_or_max(spare[b] or ZERO, s.min_out)
    return sub_or_zero(s.amount_in, have)
end

local function stage_send(c, l, s, spare)
    if c.ctl.paused_send == '1' then refuse('PAUSED') end
    check(send_judge(l, s))
    check(uncount(c, l, sub_or_zero(num(l.pi), s.amount_in),
        sub_or_zero(num(l.pm), s.min_out)))
    s.reserved = reserve(spare, l, s)
    check(move(c, l.owner, 'a', l.owner, 'h', l.ia, s.reserved))
end

serve('send', REPAIRS, function(c)
    fenced(c)
    local id, sends = take_id(c), take_list(c, take_send)
    if #sends == 0 then refuse('MALFORMED') end
    if not plan(c, id) then refuse('UNKNOWN_ID') end
    local seen, ready, spare = {}, {}, {}
    local texts = get_all(c, 'l:', field_of(sends, 'id'))
    for n, s in ipairs(sends) do
        local l = leg_of(c, s.id, texts[n])
        if not l or l.pl ~= id then refuse('UNKNOWN_ID') end
        if seen[s.id] then refuse('STATE') end
        seen[s.id] = true
        if l.st == PREP then
            stage_send(c, l, s, spare)
            ready[#ready + 1] = { leg = l, send = s }
        else
            check(send_again(l, s))
        end
    end
    if #ready == 0 then return end
    commit(c, 'send', id)
    for _, r in ipairs(ready) do
        local l, s = r.leg, r.send
        l['in'], l.mo, l.rs, l.sn = str(s.amount_in), str(s.min_out), str(s.reserved), '1'
        enter_leg(c, l, SENT)
    end
end)

local function leg_fill_judge(l, f, rest)
    if l.st ~= SENT and l.st ~= UNKNOWN then return 'STATE' end
    if is_zero(f.amount_in) or is_zero(f.out) then return 'ZERO_AMOUNT' end
    if cmp(f.amount_in, rest) > 0 then return 'LIMIT' end
    f.total_out = add(num(l.fo), f.out)
    if not f.total_out then return 'AMOUNT_RANGE' end
    if cmp(f.amount_in, rest) == 0 and cmp(f.total_out, num(l.mo)) < 0 then return 'LIMIT' end
end

local function stage_leg_fill(c, l, f, rest)
    local venue, missing = 'venue:' .. l.vn, leg_missing(l)
    local left = sub_or_zero(rest, f.amount_in)
    -- The reserved part first, the rest from what earlier legs of the group gave.
    local held = num(l.rs)
    local reserved = min_of(held, f.amount_in)
    held = sub_or_zero(held, reserved)
    check(move(c, l.owner, 'h', venue, 'w', l.ia, reserved))
    check(move(c, l.owner, 'a', venue, 'w', l.ia, sub_or_zero(f.amount_in, reserved)))
    check(move(c, venue, 'w', l.owner, 'a', l.oa, f.out))
    check(uncount(c, l, f.amount_in, min_of(missing, f.out)))
    if f.last or is_zero(left) then
        stage_close(c, l, left, sub_or_zero(missing, f.out), held)
    end
    return left, held
end

serve('fill', REPAIRS, function(c)
    fenced(c)
    local l = leg(c, take_id(c))
    local f = { id = take_id(c), amount_in = take_amount(c), out = take_amount(c),
        last = take_flag(c) }
    if not l then refuse('UNKNOWN_ID') end
    local text = concat({ str(f.amount_in), str(f.out), f.last and '1' or '0' }, ' ')
    local known = redis.call('HGET', c.k .. 'x:' .. l.id, f.id)
    if known then return known ~= text and 'ID_CONFLICT' or nil end
    local rest = leg_rest(l)
    check(leg_fill_judge(l, f, rest))
    local left, held = stage_leg_fill(c, l, f, rest)
    commit(c, 'fill', l.id .. ' ' .. f.id)
    redis.call('HSET', c.k .. 'x:' .. l.id, f.id, text)
    l.fi, l.fo = str(add(num(l.fi), f.amount_in)), str(f.total_out)
    l.rs = str(held)
    enter_leg(c, l, is_zero(left) and LEG_FILLED or f.last and PART or l.st)
end)

serve('unknown', REPAIRS, function(c)
    fenced(c)
    local l = leg(c, take_id(c))
    if not l then refuse('UNKNOWN_ID') end
    if l.st == UNKNOWN then return end
    if l.st ~= SENT then refuse('STATE') end
    enter_leg(c, l, UNKNOWN)
    execute(c, plan(c, l.pl), l.vn)
end)

serve('void', REPAIRS, function(c)
    fenced(c)
    local l = leg(c, take_id(c))
    if not l then refuse('UNKNOWN_ID') end
    if leg_closed(l) then return end
    stage_close(c, l, leg_rest(l), leg_missing(l), num(l.rs))
    commit(c, 'void', l.id)
    enter_leg(c, l, l.fi == '0' and VOID or PART)
end)

end
