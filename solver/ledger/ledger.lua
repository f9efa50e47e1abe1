#!lua name=sluice
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The ledger as one library of Redis Functions: the only writer of money and state.
--
-- The parts of the library are joined in the order ledger.lua, ledger_money.lua, ledger_limit.lua,
-- ledger_intent.lua, ledger_plan.lua, ledger_leg.lua, ledger_settle.lua, ledger_lead.lua,
-- ledger_audit.lua and loaded as one. docs/ledger.md describes each Function.
--
-- A Function reads everything, checks everything, then writes. A check that fails raises its reject
-- (refuse), so nothing after it runs; no check stands behind the first write.
--
-- Called as FCALL sluice_NAME 1 PREFIX RETAIN_MS CURSOR ARGUMENT...; PREFIX ends all keys in one
-- slot, e.g. "sluice:{s0}:". The answer is a flat array of texts: reject, now in ms, cursor, then
-- what the Function says. A cursor that is not empty asks for another call with it: the rest.

local VERSION = '1'
local HOME = 'home'
local ANY = 'any'
local DAY_MS = 86400000
local EVENTS_KEPT = 1000000
local LIMITS_MAX = 1024
local ITEMS_MAX = 256
local BLOB_MAX = 4096
local OWNERS_PAGE = 64
local SLACK_MS = 1000 -- a key outlives its record a little; the record's own time decides

-- The standard tables do not exist yet while the library is loaded, only when it is called.
local function format(...)
    return string.format(...)
end

local function concat(...)
    return table.concat(...)
end

-- Amounts -------------------------------------------------------------------------------------

-- An amount is three limbs of 13 decimal digits, lowest first: a sum of two limbs stays below
-- 2^53, so doubles carry it exactly. Limb tables are never changed once made; the fourth place keeps
-- the text, once there is one.
local LIMB = 1e13
local ZERO = { 0, 0, 0, '0' }
local MAX = { 7431768211455, 3846346337460, 3402823669209 } -- 2^128 - 1

local function cmp(x, y)
    local a, b = x[3], y[3]
    if a == b then a, b = x[2], y[2] end
    if a == b then a, b = x[1], y[1] end
    if a == b then return 0 end
    return a < b and -1 or 1
end

local function is_zero(x)
    return x[1] == 0 and x[2] == 0 and x[3] == 0
end

-- x + y, or nil above 2^128 - 1.
local function add(x, y)
    local lo, mid, hi = x[1] + y[1], x[2] + y[2], x[3] + y[3]
    if lo >= LIMB then lo, mid = lo - LIMB, mid + 1 end
    if mid >= LIMB then mid, hi = mid - LIMB, hi + 1 end
    local sum = { lo, mid, hi }
    if hi >= MAX[3] and cmp(sum, MAX) > 0 then return nil end
    return sum
end

-- x - y, or nil below zero.
local function sub(x, y)
    local lo, mid, hi = x[1] - y[1], x[2] - y[2], x[3] - y[3]
    if lo < 0 then lo, mid = lo + LIMB, mid - 1 end
    if mid < 0 then mid, hi = mid + LIMB, hi - 1 end
    return hi >= 0 and { lo, mid, hi } or nil
end

local function add_or_max(x, y)
    return add(x, y) or MAX
end

local function sub_or_zero(x, y)
    return sub(x, y) or ZERO
end

local function min_of(x, y)
    return cmp(x, y) < 0 and x or y
end

-- The amount of a canonical decimal text, or nil for any other text.
local function num(s)
    if #s > 39 or not (s == '0' or s:find('^[1-9]%d*$')) then return nil end
    if #s <= 13 then return { tonumber(s), 0, 0, s } end
    local padded = ('0'):rep(39 - #s) .. s
    local x = { tonumber(padded:sub(27, 39)), tonumber(padded:sub(14, 26)),
        tonumber(padded:sub(1, 13)), s }
    return cmp(x, MAX) <= 0 and x or nil
end

local function str(x)
    local s = x[4]
    if s then return s end
    if x[3] ~= 0 then
        s = format('%.0f%013.0f%013.0f', x[3], x[2], x[1])
    elseif x[2] ~= 0 then
        s = format('%.0f%013.0f', x[2], x[1])
    else
        s = format('%.0f', x[1])
    end
    x[4] = s
    return s
end

-- Signed amounts of world accounts: limbs and, below zero, negative = true.
local function signed(s)
    if s:sub(1, 1) ~= '-' then return num(s) end
    local x = num(s:sub(2))
    if x then x.negative = true end
    return x
end

local function signed_str(x)
    return (x.negative and '-' or '') .. str(x)
end

-- x plus, or minus, an amount; nil when the magnitude does not fit.
local function signed_add(x, amount, minus)
    local sum
    if (x.negative or false) == minus then
        sum = add(x, amount)
        if sum and not is_zero(sum) then sum.negative = minus end
    elseif cmp(x, amount) > 0 then
        sum = sub(x, amount)
        sum.negative = not minus
    else
        sum = sub(amount, x)
        if not is_zero(sum) then sum.negative = minus end
    end
    return sum
end

-- Refusals and arguments -----------------------------------------------------------------------

local Refusal = {}

-- End the call with a reject. Only before the first write.
local function refuse(name)
    error(setmetatable({ name = name }, Refusal), 0)
end

local function check(name)
    if name then refuse(name) end
end

-- Arguments are taken in order; one of the wrong form is MALFORMED.
local function take(c)
    local s = c.argv[c.next]
    c.next = c.next + 1
    return s or refuse('MALFORMED')
end

local function take_like(c, pattern, max)
    local s = take(c)
    if #s > max or not s:find(pattern) then refuse('MALFORMED') end
    return s
end

local function take_id(c)
    local s = take_like(c, '^[0-9a-f]+$', 32)
    return #s == 32 and s or refuse('MALFORMED')
end

local function take_hash(c)
    local s = take_like(c, '^[0-9a-f]+$', 64)
    return #s == 64 and s or refuse('MALFORMED')
end

local function take_name(c)
    return take_like(c, '^[a-z0-9][a-z0-9._%-]*$', 32)
end

local function take_amount(c)
    return num(take(c)) or refuse('MALFORMED')
end

-- An unsigned integer that is only kept or compared as text.
local function take_digits(c)
    local s = take(c)
    if #s > 20 or not (s == '0' or s:find('^[1-9]%d*$')) then refuse('MALFORMED') end
    return s
end

local function take_asset(c)
    local s = take_digits(c)
    return tonumber(s) <= 4294967295 and s or refuse('MALFORMED')
end

local function take_count(c, least, most)
    local n = tonumber(take_digits(c))
    return n >= least and n <= most and n or refuse('MALFORMED')
end

local function take_flag(c)
    return take_like(c, '^[01]$', 1) == '1'
end

-- A time: only compared, so a value beyond 2^53 may be rounded.
local function take_ms(c)
    return tonumber((take_like(c, '^%-?%d+$', 20)))
end

local function take_blob(c, most)
    local s = take(c)
    return #s <= most and s or refuse('MALFORMED')
end

local function int(n)
    return format('%.0f', n)
end

-- Append texts to the answer.
local function say(c, ...)
    local out, list = c.out, { ... }
    local n = #out
    for i = 1, #list do
        out[n + i] = list[i]
    end
end

-- A record is one text of fields in a fixed order, '-' where there is nothing; no field has a space.
local function pack(record, fields)
    local parts = {}
    for n = 1, #fields do
        parts[n] = record[fields[n]] or '-'
    end
    return concat(parts, ' ')
end

local function unpack_into(record, fields, text)
    fields.pattern = fields.pattern or '^' .. ('(%S+) '):rep(#fields - 1) .. '(%S+)$'
    local parts = { text:match(fields.pattern) }
    for n = 1, #fields do
        if parts[n] ~= '-' then record[fields[n]] = parts[n] end
    end
    return record
end

-- One text for the arguments from first on: their lengths, then all of them. No two lists share it.
local function digest(c, first)
    local argv, sizes = c.argv, {}
    for i = first, #argv do
        sizes[i - first + 1] = #argv[i]
    end
    return redis.sha1hex(concat({ concat(sizes, ' '), concat(argv, '', first) }, ':'))
end

-- Serving --------------------------------------------------------------------------------------

-- Counters and modes of the shard, read once per call and written back once.
local function ctl_read(k)
    local v = redis.call('HGETALL', k .. 'ctl')
    local ctl = { seq = '0', evt = '0', auction = '0', paused_accept = '0', paused_send = '0',
        limits = '0', jn = '0', jh = '', cp = '' }
    for i = 1, #v, 2 do
        ctl[v[i]] = v[i + 1]
    end
    return ctl
end

local function ctl_set(c, field, value)
    c.ctl[field] = value
    c.dirty[field] = true
end

local function ctl_next(c, field)
    local n = int(tonumber(c.ctl[field]) + 1)
    ctl_set(c, field, n)
    return n
end

local function ctl_write(c)
    local set = {}
    for field in pairs(c.dirty) do
        set[#set + 1] = field
        set[#set + 1] = c.ctl[field]
    end
    if #set > 0 then redis.call('HSET', c.k .. 'ctl', unpack(set)) end
end

local function open(keys, argv)
    local t = redis.call('TIME')
    local c = { k = keys[1], argv = argv, next = 1, out = { '', '', '' }, dirty = {} }
    c.now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
    c.now_text = int(c.now)
    c.bal, c.touched, c.posts = {}, {}, {}
    c.counted, c.counts = {}, {}
    c.plans = {}
    c.sets, c.batches, c.batch_order = {}, {}, {}
    c.forgotten = {} -- keys whose record has ended but which Redis still has
    c.ctl = ctl_read(c.k)
    return c
end

local function answer(c, name, cursor)
    c.out[1], c.out[2], c.out[3] = name, c.now_text, cursor
    return c.out
end

-- Writes that many items of a call share are gathered, and made together at its end.
local BATCH = 4000 -- arguments of one command

local function gather(c, command, key, x, y)
    local name = command .. ' ' .. key
    local batch = c.batches[name]
    if not batch then
        batch = { command = command, key = key }
        c.batches[name] = batch
        c.batch_order[#c.batch_order + 1] = batch
    end
    local n = #batch
    batch[n + 1], batch[n + 2] = x, y
end

local function put(c, key, value)
    local n = #c.sets
    c.sets[n + 1], c.sets[n + 2] = key, value
end

local function flush(c)
    for at = 1, #c.sets, BATCH do
        redis.call('MSET', unpack(c.sets, at, math.min(at + BATCH - 1, #c.sets)))
    end
    for _, batch in ipairs(c.batch_order) do
        redis.call(batch.command, batch.key, unpack(batch))
    end
    ctl_write(c)
end

-- The texts of many keys in one call; false where there is none.
local function get_all(c, prefix, ids)
    if #ids == 0 then return {} end
    local keys = {}
    for n, id in ipairs(ids) do
        keys[n] = c.k .. prefix .. id
    end
    return redis.call('MGET', unpack(keys))
end

-- Make sure that nothing of an ended record is left under a key that is written anew.
local function renew(c, ...)
    for _, key in ipairs({ ... }) do
        if c.forgotten[key] then redis.call('DEL', key) end
    end
end

-- Register sluice_NAME. body(c) may raise a refusal, or return a reject with what it said.
local function serve(name, flags, body)
    redis.register_function{
        function_name = 'sluice_' .. name,
        flags = flags,
        callback = function(keys, argv)
            local c = open(keys, argv)
            local ok, reject = pcall(function()
                c.retain = take_count(c, 0, 1e12)
                c.cursor = take(c)
                return body(c)
            end)
            if not ok then
                if getmetatable(reject) ~= Refusal then error(reject, 0) end
                c.out = {}
                return answer(c, reject.name, '')
            end
            flush(c)
            return answer(c, reject or 'NONE', c.more or '')
        end,
    }
end

local READS = { 'no-writes', 'allow-oom' }
local REPAIRS = { 'allow-oom' }
local GROWS = {}
