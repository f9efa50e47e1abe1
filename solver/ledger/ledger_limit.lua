-- SPDX-License-Identifier: GPL-3.0-or-later
-- Limits, and the counters that they are compared with.

-- risk is a hash of counters: f:<venue>:<asset> in flight, v:<venue>:0 value in flight,
-- o:<domain>:<asset> may leave an inventory, c:<domain>:<asset> may come into it.
-- lim is a hash of limits: <kind>:<subject> <asset, 10 digits> -> "min max".
local KIND = { inventory = '1', in_flight = '2', held = '3', value = '4' }

local function limit_key(kind, subject, asset)
    return format('%s:%s %010.0f', kind, subject, tonumber(asset))
end

-- min and max of a subject, or those of "any"; nil without a limit.
local function limit_of(c, kind, subject, asset)
    if c.ctl.limits == '0' then return nil end
    local v = redis.call('HMGET', c.k .. 'lim', limit_key(kind, subject, asset),
        limit_key(kind, ANY, asset))
    local s = v[1] or v[2]
    if not s then return nil end
    local min, max = s:match('^(%d+) (%d+)$')
    return num(min), num(max)
end

local function counter(c, kind, subject, asset)
    local key = kind .. ':' .. subject .. ':' .. asset
    local n = c.counted[key]
    if not n then
        local was = num(redis.call('HGET', c.k .. 'risk', key) or '0')
        n = { key = key, kind = kind, subject = subject, asset = asset, was = was, now = was }
        c.counted[key] = n
    end
    return n
end

-- Count more, or less, for commit. The reject when it does not fit.
local function count(c, kind, subject, asset, amount, more)
    if is_zero(amount) then return nil end
    local n = counter(c, kind, subject, asset)
    if not n.listed then
        n.listed = true
        c.counts[#c.counts + 1] = n
    end
    local after = more and add(n.now, amount) or not more and sub(n.now, amount)
    if not after then return 'AMOUNT_RANGE' end
    n.now = after
end

-- Only what grew is judged: closing risk is always allowed.
local function counter_breaks(c, n)
    if cmp(n.now, n.was) <= 0 then return false end
    if n.kind == 'f' or n.kind == 'v' then
        local _, max = limit_of(c, n.kind == 'f' and KIND.in_flight or KIND.value, n.subject,
            n.asset)
        return max and cmp(n.now, max) > 0
    end
    local min, max = limit_of(c, KIND.inventory, n.subject, n.asset)
    if not max then return false end
    local have = owned(balance(c, 'inv:' .. n.subject, n.asset))
    if n.kind == 'o' then return cmp(have, add_or_max(min, n.now)) < 0 end
    return cmp(add_or_max(have, n.now), max) > 0
end

local function limit_check(c)
    for _, n in ipairs(c.counts) do
        if counter_breaks(c, n) then return 'LIMIT' end
    end
end

local function limit_held(c, account, asset, held)
    local _, max = limit_of(c, KIND.held, account, asset)
    return max and cmp(held, max) > 0 and 'LIMIT' or nil
end

local function limit_used(c, kind, subject, asset)
    if kind == KIND.inventory then return owned(balance(c, 'inv:' .. subject, asset)) end
    if kind == KIND.held then return balance(c, 'user:' .. subject, asset).h end
    return counter(c, kind == KIND.in_flight and 'f' or 'v', subject, asset).now
end

-- Rows of limits: count, then kind, subject, asset, min, max, used.
local function say_limits(c)
    local v = redis.call('HGETALL', c.k .. 'lim')
    local by, keys = {}, {}
    for i = 1, #v, 2 do
        keys[#keys + 1] = v[i]
        by[v[i]] = v[i + 1]
    end
    table.sort(keys)
    say(c, int(#keys))
    for _, key in ipairs(keys) do
        local kind, subject, asset = key:match('^(%d):(.-) (%d+)$')
        local min, max = by[key]:match('^(%d+) (%d+)$')
        asset = int(tonumber(asset))
        say(c, kind, subject, asset, min, max, str(limit_used(c, kind, subject, asset)))
    end
end

serve('limit_set', REPAIRS, function(c)
    local kind, subject = take_like(c, '^[1-4]$', 1), take_name(c)
    local asset, min, max = take_asset(c), take_amount(c), take_amount(c)
    if kind == KIND.value then asset = '0' end
    if kind ~= KIND.inventory then min = ZERO end
    if cmp(min, max) > 0 then refuse('AMOUNT_RANGE') end
    local key = limit_key(kind, subject, asset)
    local none = cmp(min, ZERO) == 0 and cmp(max, MAX) == 0 -- allows all, so it goes away
    local n, had = tonumber(c.ctl.limits), redis.call('HEXISTS', c.k .. 'lim', key) == 1
    if not had and not none and n >= LIMITS_MAX then refuse('TOO_LARGE') end
    local value = str(min) .. ' ' .. str(max)
    commit(c, 'limit_set', key .. ' ' .. value)
    if none then
        redis.call('HDEL', c.k .. 'lim', key)
    else
        redis.call('HSET', c.k .. 'lim', key, value)
    end
    ctl_set(c, 'limits', int(n - (had and 1 or 0) + (none and 0 or 1)))
end)

serve('limits', READS, function(c)
    say(c, c.ctl.paused_accept, c.ctl.paused_send)
    say_limits(c)
end)
