/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certificate -- what anybody can check of a route with integers and intervals alone.
 *
 * Prices prove how good a route can be at most (bound.h); doing its legs again, one by one, proves
 * what it pays. Neither asks how route or prices were found.
 */
#ifndef SLUICE_ROUTE_CERTIFICATE_H
#define SLUICE_ROUTE_CERTIFICATE_H

#include <stddef.h>

#include "solver/core/amount.h"
#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/curve.h"
#include "solver/route/legs.h"
#include "solver/route/router.h"

/* Curves that passed curve_check, of assets below assets_n; never changed. */
struct certificate_market {
    const struct curve *curves;
    size_t curves_n;
    size_t assets_n;
};

/*
 * What no route can do better at these prices: with pi_j the best profit of curve j (bound_profit)
 *   exact-in   the most that can be bought   floor((p_sell amount + sum(gain_j)) / p_buy)
 *   exact-out  the least that must be sold   ceil((p_buy amount - sum(gain_j)) / p_sell)
 * gain_j = max(0, pi_j - cost_j p), the bound being net of, or including, what using curves costs.
 *
 * in      price  [m->assets_n] value of an atom in a common unit
 *         cost   [m->curves_n] atoms bought (exact-out: sold) that using a curve costs; or NULL
 * errors  ERR_INVALID order names one asset twice or none of m, or the price that divides is zero:
 *         such prices prove nothing; ERR_OVERFLOW the bound does not fit: choose a larger unit
 * source  docs/math.md 2
 */
MUST_USE enum err certificate_bound(struct u256 *bound, const struct certificate_market *m,
                                    const struct router_order *order, const struct amount *price,
                                    const struct u256 *cost);

#define CERTIFICATE_FAULTS(X)                                                                      \
    X(NONE, "every amount is what the curves do")                                                  \
    X(SOLD, "more is sold than the order has")                                                     \
    X(LEG, "a leg names no curve, or no way through it")                                           \
    X(TRADE, "the curve trades another amount, or none")                                           \
    X(SHORT, "a leg takes more than is there")                                                     \
    X(LOAN, "what a buffer lent does not come back, or of no asset")                               \
    X(BOUGHT, "another amount is bought")

enum certificate_fault {
#define X(name, text) CERTIFICATE_##name,
    CERTIFICATE_FAULTS(X)
#undef X
};

/* The first fault; have and want are the amounts that differ, at is the leg or the buffer. */
struct certificate_verdict {
    enum certificate_fault fault;
    size_t at;
    struct u256 have;
    struct u256 want;
    struct u256 bought; /* by the legs, if nothing but the claim of it is at fault */
};

const char *certificate_fault_text(enum certificate_fault f); /* static */

/*
 * Do the legs again on copies of the curves: what is sold and what the buffers lend is there at the
 * start, every leg takes its input from what is there and trades exactly what it says, and at the
 * end the buffers get back what they lent.
 *
 * owns    copies live in the arena until the caller resets it
 * errors  ERR_NOMEM; ERR_OVERFLOW a sum exceeds 256 bits
 */
MUST_USE enum err certificate_replay(struct certificate_verdict *v, struct arena *arena,
                                     const struct certificate_market *m,
                                     const struct router_order *order, const struct legs *legs);

#endif
