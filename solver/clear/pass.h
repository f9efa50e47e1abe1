/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pass -- one run of the steps over one auction, and what the steps hand to each other.
 *
 * Private to clear. A pass may leave curves out (robust ladder). Everything lives in the pass's
 * arena until it ends. Each step is one function in one file.
 */
#ifndef SLUICE_CLEAR_PASS_H
#define SLUICE_CLEAR_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/clear/certify.h"
#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"
#include "solver/route/ask.h"
#include "solver/route/budget.h"
#include "solver/route/equilibrium.h"
#include "solver/route/lp.h"
#include "solver/route/network.h"
#include "solver/route/paid.h"
#include "solver/route/proposal.h"

#define PASS_DROPS_MAX 64 /* times that a pass starts again without some fills */

/* Columns: name, file, what it does. */
#define CLEAR_STEPS(X)                                                                             \
    X(prepare, "prepare.c", "the auction in doubles, without what cannot trade")                   \
    X(price, "price.c", "marginal prices that balance the batch, and each intent's share")         \
    X(fills, "price.c", "shares become fills: fill-or-kill whole or not at all")                   \
    X(route, "route.c", "routes and paid prices of the fills")                                     \
    X(round, "round.c", "integers: legs in stages, payouts from the price vector")                 \
    X(cover, "cover.c", "house inventory that makes the plan robust")                              \
    X(prove, "prove.c", "bound, value, and the judge")

enum pass_result {
    PASS_NEXT,  /* the following step */
    PASS_PRICE, /* some fills were dropped: prices again */
    PASS_ROUTE, /* rounding needs more slack: routes again */
    PASS_END    /* nothing (more) to do */
};

struct pass {
    const struct auction *a;
    const bool *skip_curve; /* [curves_n] or NULL */
    struct arena *arena;
    struct lp *lp;
    struct budget *work;
    /* prepare */
    struct network network;
    bool *skip;    /* [orders_n] dropped */
    uint8_t *keep; /* [orders_n] percent of its share that a partial intent keeps */
    /* price, fills, route */
    struct equilibrium equilibrium;
    struct paid paid;
    bool cut;           /* cycles may not be used although options.cycles allows them */
    uint32_t slack_no;  /* which slack of the ladder rounding is at */
    uint32_t drops;     /* times that fills were dropped */
    uint32_t tightened; /* times that limits were tightened */
    struct ask ask;     /* what fills ask to be paid above their limits */
    /* round and later: the answer; certified when the judge accepted it */
    struct proposal proposal;
    struct solution solution;
    bool certified;
    struct verdict verdict;
};

#define X(name, file, doc) MUST_USE enum err pass_##name(enum pass_result *next, struct pass *p);
CLEAR_STEPS(X)
#undef X

/* A fill misses its limit: a partial intent first gives up a little, then it is dropped. */
void pass_drop(struct pass *p, size_t order);

/* Some fills were dropped: routes start afresh, prices from the last ones. */
void pass_restart(struct pass *p);

/* Run all steps. p->a, skip_curve, arena, lp and work are set; the rest is zero. */
MUST_USE enum err pass_run(struct pass *p);

#endif
