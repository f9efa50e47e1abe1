/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recover -- a new reign finishes what the ledger says was begun. A plan of which no leg was sent
 * is closed. Of the others the legs that were sent are asked about, then the stages that are left
 * go on: the certificate allows one leg or venue to fail, not every stage behind a takeover.
 */
#include <inttypes.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/engine/leader.h"
#include "solver/shell/log.h"

#define MS_NS ((uint64_t)1000000)

static bool leg_sent(enum leg_state s)
{
    return s == LEG_SENT || s == LEG_UNKNOWN;
}

/* A settled fill comes with its final amounts: what it did not use is back in its hold. */
static void run_of_fill(struct run *r, const struct ledger_fill *f)
{
    if (f->settled && amount_is_zero(f->paid))
        return; /* dropped: it left no trace in the pot */
    r->shares[r->fills_n] = (struct allocate_fill){ .paid = f->paid, .got = f->got };
    r->fills[r->fills_n++] = (struct run_fill){
        .intent = { .id = f->intent, .sell_asset = f->sell_asset, .buy_asset = f->buy_asset },
        .paid = f->paid,
        .got = f->got,
        .settled = f->settled
    };
}

static void run_of_plan(struct run *r, const struct ledger_open_plan *p)
{
    r->plan = p->plan;
    r->auction = p->auction;
    r->step = ENGINE_collect;
    for (size_t i = 0; i < p->legs_n && i < RUN_ITEMS_MAX; i++) {
        const struct ledger_leg *g = &p->legs[i];
        r->legs[r->legs_n++] = (struct run_leg){ .leg = *g,
                                                 .venue = VENUE_NONE,
                                                 .state = leg_sent(g->state)     ? RUN_LEG_UNKNOWN
                                                          : g->state == LEG_PREP ? RUN_LEG_PLANNED
                                                                                 : RUN_LEG_CLOSED };
    }
    for (size_t i = 0; i < p->fills_n && i < RUN_ITEMS_MAX; i++)
        run_of_fill(r, &p->fills[i]);
    for (size_t i = 0; i < p->covers_n && i < RUN_ASSETS_MAX; i++)
        r->covers[r->covers_n++] = p->covers[i];
    for (size_t i = 0; i < p->pot_n && i < RUN_ASSETS_MAX; i++)
        *run_pot(r, p->pot[i].asset) = p->pot[i].amount;
}

/* Take up the plan where it stopped: before its first stage that has a leg to send. */
static void run_resume(struct run *r)
{
    r->stage = run_last_stage(r);
    for (size_t i = 0; i < r->legs_n; i++) {
        const struct run_leg *g = &r->legs[i];
        if (g->state == RUN_LEG_PLANNED && g->leg.stage <= r->stage) {
            r->stage = g->leg.stage;
            r->step = ENGINE_send;
        }
        if (g->state == RUN_LEG_UNKNOWN && strcmp(g->leg.domain.text, LEDGER_HOME) == 0)
            r->legs[i].reserved = run_reserved(r, i);
    }
    if (r->step == ENGINE_send && r->stage > 0) {
        r->stage--; /* what the stages before it brought must be known */
        r->step = ENGINE_collect;
    }
}

/* Read the signed intents of a run; its fills know only ids so far. */
static bool fills_complete(struct leader *l, struct run *r)
{
    struct ledger_call calls[RUN_ITEMS_MAX];
    struct ledger_reply replies[RUN_ITEMS_MAX];

    for (size_t i = 0; i < r->fills_n; i++)
        calls[i] =
            (struct ledger_call){ .fn = LEDGER_get, .as.get = { .intent = r->fills[i].intent.id } };
    if (r->fills_n > 0 && !leader_call(l, replies, calls, r->fills_n))
        return false;
    for (size_t i = 0; i < r->fills_n; i++) {
        struct run_fill *f = &r->fills[i];
        if (replies[i].reject != REJECT_NONE)
            return false;
        f->intent = replies[i].intent.intent;
    }
    return true;
}

static bool leg_was_sent(const struct run_leg *g)
{
    return g->leg.state != LEG_PREP && g->leg.state != LEG_VOID;
}

/* SENT becomes UNKNOWN in the ledger. Where nothing was sent, all is closed. */
static bool legs_complete(struct leader *l, struct run *r)
{
    struct ledger_call calls[RUN_ITEMS_MAX];
    struct ledger_reply replies[RUN_ITEMS_MAX];
    bool sent = false;
    size_t n = 0;

    for (size_t i = 0; i < r->legs_n; i++)
        sent = sent || leg_was_sent(&r->legs[i]);
    for (size_t i = 0; i < r->legs_n; i++) {
        const struct run_leg *g = &r->legs[i];
        if (g->state == RUN_LEG_CLOSED || g->leg.state == LEG_UNKNOWN ||
            (sent && g->state == RUN_LEG_PLANNED))
            continue;
        calls[n++] =
            (struct ledger_call){ .fn = g->state == RUN_LEG_PLANNED ? LEDGER_void : LEDGER_unknown,
                                  .as.leg_close = { .fence = l->fence, .leg = g->leg.id } };
    }
    if (n > 0 && !leader_call(l, replies, calls, n))
        return false;
    for (size_t i = 0; i < r->legs_n; i++) {
        if (r->legs[i].state == RUN_LEG_PLANNED && !sent)
            r->legs[i].state = RUN_LEG_CLOSED;
    }
    run_resume(r);
    return true;
}

bool recover_runs(struct leader *l)
{
    const struct ledger_call call = { .fn = LEDGER_plans };
    struct ledger_reply reply;

    if (!leader_call(l, &reply, &call, 1) || reply.reject != REJECT_NONE)
        return false;
    CHECK(l->runs_n == 0);
    if (reply.plans_n > LEADER_RUNS_MAX)
        log_event(LOG_EV_RECOVERED, "plans=%zu above=%d", reply.plans_n, LEADER_RUNS_MAX);
    for (size_t i = 0; i < reply.plans_n && l->runs_n < LEADER_RUNS_MAX; i++) {
        struct run *r = run_new();
        if (r == NULL)
            break;
        run_of_plan(r, &reply.plans[i]);
        r->hello_ns = l->clock.now_ns(l->clock.self) + l->config->leg_timeout_ms * MS_NS;
        l->runs[l->runs_n++] = r;
    }
    for (size_t i = 0; i < l->runs_n; i++) {
        if (fills_complete(l, l->runs[i]) && legs_complete(l, l->runs[i]))
            continue;
        for (size_t k = 0; k < l->runs_n; k++)
            run_free(l->runs[k]);
        l->runs_n = 0;
        return false;
    }
    for (uint32_t v = 0; v < l->venues.n; v++)
        recover_venue(l, v);
    return true;
}

void recover_venue(struct leader *l, uint32_t venue)
{
    struct venue *v = &l->venues.venues[venue];

    for (size_t i = 0; i < l->runs_n; i++) {
        for (size_t k = 0; k < l->runs[i]->legs_n; k++) {
            struct run_leg *g = &l->runs[i]->legs[k];
            if (g->venue != VENUE_NONE || g->state == RUN_LEG_CLOSED ||
                !name_equal(&g->leg.venue, &v->name))
                continue;
            g->venue = venue;
            g->ask_ns = 0;
            venue_leg_opened(v, g->leg.curve);
        }
    }
}
