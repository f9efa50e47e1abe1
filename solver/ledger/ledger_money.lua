-- SPDX-License-Identifier: GPL-3.0-or-later
-- Money: balances by owner, movements in pairs, the journal, and what comes from outside.

local OUTSIDE = 'outside'

-- b:<owner> is a hash: <asset> available, <asset>h held; of a world account <asset> its net.
local function is_world(owner)
    return owner == OUTSIDE or owner:sub(1, 6) == 'venue:'
end

local function balance(c, owner, asset)
    local assets = c.bal[owner]
    if not assets then
        assets = {}
        c.bal[owner] = assets
    end
    local b = assets[asset]
    if b then return b end
    local key = c.k .. 'b:' .. owner
    local v = redis.call('HMGET', key, asset, asset .. 'h')
    b = { key = key, owner = owner, asset = asset, new = not v[1] and not v[2], was_a = v[1],
        was_h = v[2] }
    if is_world(owner) then
        b.net = signed(v[1] or '0')
    else
        b.a, b.h = num(v[1] or '0'), num(v[2] or '0')
    end
    assets[asset] = b
    return b
end

local function owned(b)
    return add_or_max(b.a, b.h)
end

-- Change one side ('a' available, 'h' held) of a balance; the reject when it does not fit.
local function change(c, b, side, amount, minus)
    if not b.touched then
        b.touched = true
        c.touched[#c.touched + 1] = b
    end
    local n = #c.posts
    c.posts[n + 1], c.posts[n + 2] = b.owner, b.asset
    c.posts[n + 3] = b.net and 'w' or side
    c.posts[n + 4] = (minus and '-' or '') .. str(amount)
    local after
    if b.net then
        after = signed_add(b.net, amount, minus)
        b.net = after or b.net
        return not after and 'AMOUNT_RANGE' or nil
    end
    after = minus and sub(b[side], amount) or not minus and add(b[side], amount)
    if not after then return minus and 'BALANCE' or 'AMOUNT_RANGE' end
    b[side] = after
end

-- Move an amount between two sides of two owners. Returns the reject when the source has less or
-- the target cannot take it. Every entry is balanced because this is the only way to change one.
local function move(c, source, source_side, target, target_side, asset, amount)
    if is_zero(amount) then return nil end
    return change(c, balance(c, source, asset), source_side, amount, true)
        or change(c, balance(c, target, asset), target_side, amount, false)
end

-- A field that was the text before (false: it was not there) and shall be another; '0' is none.
local function balance_put(key, field, was, text)
    if text == (was or '0') then return end
    if text == '0' then
        redis.call('HDEL', key, field)
    else
        redis.call('HSET', key, field, text)
    end
end

local function balance_write(c, b)
    local key = b.key
    if b.net then
        balance_put(key, b.asset, b.was_a, signed_str(b.net))
    else
        balance_put(key, b.asset, b.was_a, str(b.a))
        balance_put(key, b.asset .. 'h', b.was_h, str(b.h))
    end
    if b.new and not is_zero(b.net or owned(b)) then
        redis.call('ZADD', c.k .. 'own', 'NX', 0, b.owner)
    end
end

-- The hash of a journal entry over the one before it and all its fields.
local function chained(prev, head, body)
    return redis.sha1hex(concat({ prev, head, body }, '\n'))
end

-- jrn is a stream with dense ids <number>-1: e "version function time ref", b the body, h the hash.
local function journal(c, fn, ref, body)
    local head = concat({ VERSION, fn, c.now_text, ref }, ' ')
    local h = chained(c.ctl.jh, head, body)
    redis.call('XADD', c.k .. 'jrn', ctl_next(c, 'jn') .. '-1', 'e', head, 'b', body, 'h', h)
    ctl_set(c, 'jh', h)
end

-- Make the movements and counters of this call real and write the journal entry. First write.
local function commit(c, fn, ref)
    for _, b in ipairs(c.touched) do
        balance_write(c, b)
    end
    for _, n in ipairs(c.counts) do
        if is_zero(n.now) then
            gather(c, 'HDEL', c.k .. 'risk', n.key)
        else
            gather(c, 'HSET', c.k .. 'risk', n.key, str(n.now))
        end
    end
    journal(c, fn, ref, concat(c.posts, ' '))
end

-- a:<account> is its key. The reject when there is no such account or it has another key.
local function key_check(c, account, key)
    local bound = redis.call('GET', c.k .. 'a:' .. account)
    if not bound then return 'UNKNOWN_ACCOUNT' end
    return bound ~= key and 'FOREIGN_ACCOUNT' or nil
end

-- r:<ref> holds the digest of the movement that used it. True when it is this one.
local function ref_used(c, ref, hash)
    local used = redis.call('GET', c.k .. 'r:' .. ref)
    if used and used ~= hash then refuse('ID_CONFLICT') end
    return used
end

local function take_owner(c)
    local s = take(c)
    local kind, name = s:match('^(%l+):(.*)$')
    if (kind ~= 'user' and kind ~= 'inv') or #name > 32 or
        not name:find('^[a-z0-9][a-z0-9._%-]*$') then
        refuse('MALFORMED')
    end
    return s, kind == 'user' and name or nil
end

local function account_check(c, account, key, bind)
    if not account then return nil end
    local why = key_check(c, account, key)
    if why == 'UNKNOWN_ACCOUNT' then return not (bind and key ~= '') and why or nil end
    return key ~= '' and why or nil
end

local function money(c, fn, bring)
    local hash = redis.sha1hex(fn .. digest(c, c.next + 1))
    local ref = take_id(c)
    local owner, account = take_owner(c)
    local key = take_like(c, '^[0-9a-f]*$', 64)
    if #key ~= 0 and #key ~= 64 then refuse('MALFORMED') end
    local asset, amount = take_asset(c), take_amount(c)
    if ref_used(c, ref, hash) then return end
    check(account_check(c, account, key, bring))
    if is_zero(amount) then refuse('ZERO_AMOUNT') end
    if bring then
        check(move(c, OUTSIDE, 'w', owner, 'a', asset, amount))
    else
        check(move(c, owner, 'a', OUTSIDE, 'w', asset, amount))
    end
    commit(c, fn, ref)
    if account and bring then redis.call('SET', c.k .. 'a:' .. account, key, 'NX') end
    redis.call('SET', c.k .. 'r:' .. ref, hash)
end

serve('deposit', GROWS, function(c)
    return money(c, 'deposit', true)
end)

serve('withdraw', REPAIRS, function(c)
    return money(c, 'withdraw', false)
end)

serve('transfer', REPAIRS, function(c)
    local hash = redis.sha1hex('transfer' .. digest(c, c.next + 1))
    local ref, source, target = take_id(c), take_name(c), take_name(c)
    local asset, amount = take_asset(c), take_amount(c)
    if ref_used(c, ref, hash) then return end
    if source == target then refuse('MALFORMED') end
    if is_zero(amount) then refuse('ZERO_AMOUNT') end
    check(move(c, 'inv:' .. source, 'a', 'inv:' .. target, 'a', asset, amount))
    commit(c, 'transfer', ref)
    redis.call('SET', c.k .. 'r:' .. ref, hash)
end)

-- The assets of an owner by number, each with its two texts.
local function holdings(c, owner)
    local v = redis.call('HGETALL', c.k .. 'b:' .. owner)
    local by, list = {}, {}
    for i = 1, #v, 2 do
        local asset, held = v[i]:match('^(%d+)(h?)$')
        local row = by[asset]
        if not row then
            row = { asset = asset, a = '0', h = '0' }
            by[asset] = row
            list[#list + 1] = row
        end
        row[held == '' and 'a' or 'h'] = v[i + 1]
    end
    table.sort(list, function(x, y) return tonumber(x.asset) < tonumber(y.asset) end)
    return list
end

-- A page of the owners after one, in byte order, within a prefix ('' for all).
local function owners_after(c, after, prefix)
    local from = after == '' and ('[' .. prefix) or ('(' .. after)
    if after == '' and prefix == '' then from = '-' end
    local to = prefix == '' and '+' or ('(' .. prefix .. '\255')
    return redis.call('ZRANGEBYLEX', c.k .. 'own', from, to, 'LIMIT', 0, OWNERS_PAGE)
end

-- Rows of balances of some owners: count, then owner, asset, available, held.
local function say_balances(c, owners)
    local rows = {}
    for _, owner in ipairs(owners) do
        for _, h in ipairs(holdings(c, owner)) do
            rows[#rows + 1] = { owner, h.asset, h.a, h.h }
        end
    end
    say(c, int(#rows))
    for _, row in ipairs(rows) do
        say(c, unpack(row))
    end
end

-- kind ("user" or "inv"), name (empty: all), key (empty: trusted)
serve('balances', READS, function(c)
    local kind = take_like(c, '^%l+$', 4)
    local name = take_like(c, '^[a-z0-9._%-]*$', 32)
    local key = take_like(c, '^[0-9a-f]*$', 64)
    if kind ~= 'user' and kind ~= 'inv' then refuse('MALFORMED') end
    if name == '' then
        local owners = owners_after(c, c.cursor, kind .. ':')
        if #owners == OWNERS_PAGE then c.more = owners[#owners] end
        return say_balances(c, owners)
    end
    if kind == 'user' then
        local why = key_check(c, name, key)
        if why == 'UNKNOWN_ACCOUNT' or key ~= '' then check(why) end
    end
    say_balances(c, { kind .. ':' .. name })
end)
