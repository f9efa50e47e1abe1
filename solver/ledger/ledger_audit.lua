-- SPDX-License-Identifier: GPL-3.0-or-later
-- Audit and checkpoint, in pages, while the ledger goes on.
--
-- The sums are made by whoever asks (solver/ledger/audit.c); the pages here are such that each
-- balance is compared at exactly the journal entry that it was read at: a page of balances is given
-- only when the asker has read the whole journal, and names the range of owners that it covers.

local JOURNAL_PAGE = 128

-- Journal entries after number n: whether the chain holds, then function and body of each.
local function say_journal(c, n, prev)
    local entries = redis.call('XRANGE', c.k .. 'jrn', int(n + 1), '+', 'COUNT', JOURNAL_PAGE)
    local whole, bodies = true, {}
    for k, entry in ipairs(entries) do
        local head, body, h = entry[2][2], entry[2][4], entry[2][6]
        whole = whole and entry[1] == int(n + k) .. '-1' and h == chained(prev, head, body)
        prev = h
        bodies[#bodies + 1] = head:match('^%S+ (%S+)')
        bodies[#bodies + 1] = body
    end
    say(c, 'J', whole and '1' or '0', int(#entries))
    for _, s in ipairs(bodies) do
        say(c, s)
    end
    return n + #entries, prev, #entries > 0
end

local function say_audit_balances(c, prev, after)
    local owners = owners_after(c, after, '')
    local last = #owners == OWNERS_PAGE and owners[#owners] or ''
    say(c, 'B', prev == c.ctl.jh and '1' or '0', after, last,
        int(redis.call('ZCARD', c.k .. 'plans')), int(redis.call('SCARD', c.k .. 'lopen')))
    say_balances(c, owners)
    return last
end

-- The cursor is "number hash after": what of journal and owners was read.
serve('audit', READS, function(c)
    local full = take_flag(c)
    local n, prev, after = c.cursor:match('^(%d+) (%x*) (%S*)$')
    if not n then
        n, prev = (full and '' or c.ctl.cp):match('^(%d+) (%x+)$')
        n, prev, after = n or '0', prev or '', ''
    end
    n = tonumber(n)
    if n < tonumber(c.ctl.jn) then
        local some
        n, prev, some = say_journal(c, n, prev)
        if not some then return 'STATE' end -- entries are missing: never a silent end
    else
        after = say_audit_balances(c, prev, after)
        if after == '' then return end
    end
    c.more = concat({ int(n), prev, after }, ' ')
end)

-- A page of balances as one journal entry "after last owner asset available held ...", '-' for the
-- two ends. When the last page is written, audits start at the first one.
serve('checkpoint', REPAIRS, function(c)
    local n, prev, after = c.cursor:match('^(%d+) (%x*) (%S+)$')
    if not n then n, prev, after = c.ctl.jn, c.ctl.jh, '' end
    local owners = owners_after(c, after, '')
    local last = #owners == OWNERS_PAGE and owners[#owners] or ''
    local body = { after == '' and '-' or after, last == '' and '-' or last }
    for _, owner in ipairs(owners) do
        for _, h in ipairs(holdings(c, owner)) do
            local at = #body
            body[at + 1], body[at + 2], body[at + 3], body[at + 4] = owner, h.asset, h.a, h.h
        end
    end
    journal(c, 'checkpoint', n, concat(body, ' '))
    if last ~= '' then
        c.more = concat({ n, prev, last }, ' ')
    elseif n ~= '0' then
        ctl_set(c, 'cp', n .. ' ' .. prev)
    end
end)
