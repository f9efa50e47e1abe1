/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/ledger/ledger.h"

#include "solver/ledger/call_check.h"

static const char *const leg_names[] = {
    [LEG_PREP] = "PREP",     [LEG_SENT] = "SENT", [LEG_UNKNOWN] = "UNKNOWN",
    [LEG_FILLED] = "FILLED", [LEG_PART] = "PART", [LEG_VOID] = "VOID",
};

const char *leg_state_name(enum leg_state s)
{
    if (s < LEG_PREP || s > LEG_VOID)
        return "NONE";
    return leg_names[s];
}

static const char *const fn_names[] = {
#define X(name, repairs, doc) [LEDGER_##name] = #name,
    LEDGER_FNS(X)
#undef X
};

const char *ledger_fn_name(enum ledger_fn fn)
{
    return fn < LEDGER_FNS_N ? fn_names[fn] : "none";
}

enum err store_call(struct store *s, struct ledger_reply *replies, const struct ledger_call *calls,
                    size_t n)
{
    if (n > LEDGER_CALLS_MAX)
        return ERR_INVALID;
    for (size_t i = 0; i < n; i++)
        TRY(call_check(&calls[i]));
    return s->call(s->self, replies, calls, n);
}

enum err store_call_one(struct store *s, struct ledger_reply *reply, const struct ledger_call *call)
{
    return store_call(s, reply, call, 1);
}
