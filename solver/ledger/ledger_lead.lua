-- SPDX-License-Identifier: GPL-3.0-or-later
-- The lease, the modes, the numbering of auctions, events and the leader's reports.

do -- what is local here ends here: all parts are one chunk, which may have 200 locals

local FREEZE_MAX = 4096
local FREEZE_PAGE = 128
local EVENTS_MAX = 1000
local EVENTS_PAGE = 200
local LEASE_MAX_MS = 60000
local REPORT_MAX = 65536
local REPORTS_KEPT = 256

serve('mode', REPAIRS, function(c)
    local accept, send = take_flag(c), take_flag(c)
    ctl_set(c, 'paused_accept', accept and '0' or '1')
    ctl_set(c, 'paused_send', send and '0' or '1')
    commit(c, 'mode', c.ctl.paused_accept .. ' ' .. c.ctl.paused_send)
    say(c, c.ctl.paused_accept, c.ctl.paused_send)
end)

-- The fence that is valid now stands in the answer, refused or not.
serve('lead', REPAIRS, function(c)
    local holder, fence, ttl = take_name(c), take_digits(c), take_count(c, 1, LEASE_MAX_MS)
    local v = redis.call('HMGET', c.k .. 'lead', 'holder', 'fence', 'until')
    local current, ours = v[2] or '0', v[1] == holder
    local live = current ~= '0' and c.now < tonumber(v[3])
    local refused = fence ~= '0' and (fence ~= current or not ours) or
        fence == '0' and live and not ours
    if refused then
        say(c, current)
        return 'FENCE'
    end
    if fence == '0' then current = int(tonumber(current) + 1) end
    redis.call('HSET', c.k .. 'lead', 'holder', holder, 'fence', current, 'until',
        int(c.now + ttl))
    say(c, current)
end)

-- Open intents that are not past their deadline, oldest first, after a sequence number: at most left
-- of a page, and the number to go on after.
local function open_after(c, after, left)
    local ids = redis.call('ZRANGEBYSCORE', c.k .. 'open', '(' .. after, '+inf', 'LIMIT', 0,
        FREEZE_PAGE)
    local list, newest, by = {}, nil, intents(c, ids)
    for _, id in ipairs(ids) do
        local i = by[id]
        newest = i.sq
        if tonumber(i.dl) > c.now then list[#list + 1] = i end
        if #list == left then break end
    end
    return list, #ids == FREEZE_PAGE and newest or nil
end

-- The cursor is "auction after left": intents of the same auction that are still to be listed.
serve('freeze', REPAIRS, function(c)
    fenced(c)
    local max, start = take_count(c, 1, FREEZE_MAX), take_digits(c)
    local auction, after, left = c.cursor:match('^(%d+) (%d+) (%d+)$')
    local first = not auction
    if first then auction, after, left = ctl_next(c, 'auction'), start, int(max) end
    say(c, auction, c.ctl.paused_accept, c.ctl.paused_send)
    if first then
        say_balances(c, redis.call('ZRANGEBYLEX', c.k .. 'own', '[inv:', '(inv:\255'))
        say_limits(c)
    else
        say(c, '0', '0')
    end
    local list, newest = open_after(c, after, tonumber(left))
    say_intents(c, list)
    left = tonumber(left) - #list
    if newest and left > 0 then c.more = concat({ auction, newest, int(left) }, ' ') end
end)

-- The cursor is "after left", like the arguments.
serve('events', READS, function(c)
    local after, left = take_digits(c), take_count(c, 1, EVENTS_MAX)
    local go_on, rest = c.cursor:match('^(%d+) (%d+)$')
    if go_on then after, left = go_on, tonumber(rest) end
    say(c, c.ctl.evt)
    local list = {}
    if tonumber(after) < tonumber(c.ctl.evt) then
        list = redis.call('XRANGE', c.k .. 'evt', int(tonumber(after) + 1), '+', 'COUNT',
            int(math.min(left, EVENTS_PAGE)))
    end
    say(c, int(#list))
    for _, entry in ipairs(list) do
        say(c, (entry[1]:match('^%d+')))
        for part in entry[2][2]:gmatch('%S+') do
            say(c, part)
        end
    end
    if #list == EVENTS_PAGE and left > EVENTS_PAGE then
        c.more = list[#list][1]:match('^%d+') .. ' ' .. int(left - EVENTS_PAGE)
    end
end)

serve('report', REPAIRS, function(c)
    fenced(c)
    local venues, batch = take_blob(c, REPORT_MAX), take_blob(c, BLOB_MAX)
    if #venues > 0 then redis.call('SET', c.k .. 'rpt:v', venues) end
    if #batch == 0 then return end
    redis.call('LPUSH', c.k .. 'rpt:b', batch)
    redis.call('LTRIM', c.k .. 'rpt:b', 0, REPORTS_KEPT - 1)
end)

serve('reports', READS, function(c)
    local batches = redis.call('LRANGE', c.k .. 'rpt:b', 0, -1)
    say(c, redis.call('GET', c.k .. 'rpt:v') or '', int(#batches))
    for _, batch in ipairs(batches) do
        say(c, batch)
    end
end)

end
