/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sim_state.h"

#include <stdio.h>

#include "solver/core/check.h"

struct ledger_intent sim_stored(struct sim *s, struct id id)
{
    const struct ledger_call c = { .fn = LEDGER_get, .as.get = { .intent = id } };
    struct ledger_reply reply;

    CHECK(store_call_one(&s->store, &reply, &c) == ERR_OK && reply.reject == REJECT_NONE);
    return reply.intent;
}

static void violation(struct sim *s, const char *what)
{
    s->result->violations++;
    fprintf(stderr, "violation: %s\n", what);
}

static void check_intents(struct sim *s)
{
    for (size_t i = 0; i < s->intents_n; i++) {
        struct ledger_intent x = sim_stored(s, s->intents[i]);
        const struct intent *n = &x.intent;
        if (!amount_is_zero(n->paid) || !amount_is_zero(n->got)) {
            s->result->filled++;
            if (!amount_limit_holds(n->paid, n->got, n->sell_amount, n->buy_amount))
                violation(s, "I3: an intent was filled below its limit");
        }
        if (intent_state_terminal(x.state))
            s->result->terminal++;
        else
            violation(s, "I1: an intent outlived its deadline");
    }
}

static void check_books(struct sim *s)
{
    const struct ledger_call calls[2] = { { .fn = LEDGER_audit, .as.audit = { .full = true } } };
    struct ledger_reply reply;

    CHECK(store_call_one(&s->store, &reply, &calls[0]) == ERR_OK);
    if (!reply.sound)
        violation(s, "I4: the audit finds a difference");
    s->result->stuck = reply.open_pots + reply.open_legs;
    if (s->result->stuck > 0)
        violation(s, "a plan is still open");
    for (unsigned v = 0; v < VENUES; v++) {
        struct delta sums[SIM_ASSETS] = { { 0 } };
        for (size_t i = 0; i < reply.venues_n; i++) {
            if (name_equal(&reply.venues[i].venue, &s->venues[v].name))
                sums[reply.venues[i].asset - 1] = reply.venues[i].net;
        }
        for (uint32_t a = 0; a < SIM_ASSETS; a++) {
            if (sums[a].atoms != s->venues[v].net[a].atoms ||
                sums[a].negative != s->venues[v].net[a].negative)
                violation(s, "a venue's own books differ from the journal");
        }
        for (size_t i = 0; i < s->venues[v].legs_n; i++)
            s->result->legs += s->venues[v].legs[i].outcome == WIRE_LEG_FILLED;
    }
}

void sim_check(struct sim *s)
{
    check_intents(s);
    check_books(s);
}
