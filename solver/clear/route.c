/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/pass.h"

#include <string.h>

#include "solver/clear/alone.h"

/* The shares of an asset's turnover that rounding may leave over, tried in turn. */
static const uint64_t slack_ppt[] = {
    0, 1000, 100000, 10000000, 100000000, 1000000000, 5000000000
};

#define SLACKS_N (sizeof(slack_ppt) / sizeof(slack_ppt[0]))

/* Start from the batch's prices, unless only the slack changed. */
static void start(struct pass *p)
{
    struct paid *d = &p->paid;
    const struct network *n = &p->network;

    if (p->slack_no == 0) {
        memcpy(d->u, p->equilibrium.u, n->nodes_n * sizeof(*d->u));
        memcpy(d->q, p->equilibrium.u, n->nodes_n * sizeof(*d->q));
        memset(d->closed, 0, n->edges_n * sizeof(*d->closed));
        memset(d->flow, 0, n->edges_n * sizeof(*d->flow));
    }
    d->warm = p->slack_no > 0;
    d->cycles = p->a->options.cycles && !p->cut;
    d->legs_max = p->a->options.legs_max;
    d->tolerance_ppt = p->a->options.tolerance_ppt;
    d->slack_ppt = slack_ppt[p->slack_no];
}

/* Learn what each fill would get alone at the best single venue, once. */
static enum err alone_ask(struct pass *p)
{
    for (size_t i = 0; i < p->network.orders_n; i++) {
        const struct auction_intent *in = &p->a->intents[p->network.orders[i].intent];
        struct alone alone;
        enum err e;

        if (!(p->paid.fill[i] > 0) || !ask_needs(&p->ask, i))
            continue;
        e = alone_best(&alone, p->arena, p->a, in,
                       in->kind == INTENT_SELL ? &in->sell_max : &in->buy_min);
        if (e != ERR_OK && e != ERR_NOT_FOUND)
            return e;
        ask_alone(&p->ask, i, e == ERR_OK ? &alone.paid : NULL, e == ERR_OK ? &alone.got : NULL);
    }
    return ERR_OK;
}

/* Is fill i a likelier cause of failure than fill k: tried whole although few of it were in the
 * money, or else the smaller one? */
static bool doubtful_before(const struct pass *p, size_t i, size_t k)
{
    const struct order *orders = p->network.orders;
    bool i_forced = !orders[i].partial && p->equilibrium.share[i] < 1;
    bool k_forced = !orders[k].partial && p->equilibrium.share[k] < 1;

    if (i_forced != k_forced)
        return i_forced;
    if (i_forced)
        return p->equilibrium.share[i] < p->equilibrium.share[k];
    return p->paid.fill[i] < p->paid.fill[k];
}

/* No routes were found: without cycles, or without the most doubtful fill, there may be some. */
static void give_up(enum pass_result *next, struct pass *p)
{
    size_t doubtful = p->network.orders_n;

    *next = PASS_END;
    if (p->a->options.cycles && !p->cut) {
        p->cut = true;
        p->slack_no = 0;
        *next = PASS_ROUTE;
        return;
    }
    for (size_t i = 0; i < p->network.orders_n; i++) {
        if (p->paid.fill[i] > 0 &&
            (doubtful == p->network.orders_n || doubtful_before(p, i, doubtful)))
            doubtful = i;
    }
    if (p->drops++ >= PASS_DROPS_MAX)
        return;
    p->skip[doubtful] = true;
    pass_restart(p);
    *next = PASS_PRICE;
}

enum err pass_route(enum pass_result *next, struct pass *p)
{
    enum err e;

    *next = PASS_END;
    if (p->slack_no == SLACKS_N) {
        if (!p->a->options.cycles || p->cut)
            return ERR_OK;
        p->cut = true; /* circles that cannot be closed to the atom: without them, then */
        p->slack_no = 0;
    }
    start(p);
    TRY(alone_ask(p));
    ask_raise(&p->ask, &p->network, p->equilibrium.u, p->paid.fill);
    e = paid_solve(&p->paid, p->lp, p->arena, &p->ask.raised, p->work);
    if (e == ERR_NOMEM)
        return e;
    if (e != ERR_OK) {
        if (e != ERR_TIMEOUT)
            give_up(next, p);
        return ERR_OK;
    }
    if (p->paid.violates_n == 0) {
        *next = PASS_NEXT;
        return ERR_OK;
    }
    if (ask_lower(&p->ask, p->paid.violates)) {
        *next = PASS_ROUTE;
        return ERR_OK;
    }
    for (size_t i = 0; i < p->network.orders_n; i++) {
        if (p->paid.violates[i])
            pass_drop(p, i);
    }
    pass_restart(p);
    *next = p->drops++ < PASS_DROPS_MAX ? PASS_PRICE : PASS_END;
    return ERR_OK;
}
