/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certify -- the judge: is this solution a right answer to this auction? In exact integers only.
 *
 * It knows nothing of how a solution was found: it reads the auction and the solution, re-prices
 * every leg with the venue's own formula at the snapshot, and replays the execution. What it
 * accepts may be executed; what it refuses is dropped. `sluice verify` is this function.
 *
 * Execution order: sold amounts are in the pot at the start; legs of domain "home" draw on the pot
 * and return to it in order; payouts happen at the end. Legs of another domain draw on that
 * domain's inventory; the pot then pays from the covers. options.cycles allows legs to draw before
 * the pot holds enough (a file whose reader settles all at once).
 */
#ifndef SLUICE_CLEAR_CERTIFY_H
#define SLUICE_CLEAR_CERTIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/core/arena.h"
#include "solver/core/wide.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

/* In the order in which they are checked; the first broken one is the verdict. */
#define CERTIFY_RULES(X)                                                                           \
    X(OK, "every rule holds")                                                                      \
    X(AUCTION, "the solution answers another auction")                                             \
    X(SHAPE, "prices and duals must be absent or one per asset")                                   \
    X(INDEX, "an intent, curve, way or asset number is out of range")                              \
    X(REPEATED, "an intent or cover appears twice")                                                \
    X(EMPTY, "a fill or leg moves nothing")                                                        \
    X(OPEN, "a fill exceeds what is open of its intent")                                           \
    X(WHOLE, "a fill-or-kill intent, or the exact side of one, is not filled whole")               \
    X(LIMIT, "a fill is below its signed limit")                                                   \
    X(PRICE, "an asset that a fill trades has no price")                                           \
    X(RATE, "a fill is not at the rate of the price vector")                                       \
    X(LEGS_MAX, "more legs than the plan may have")                                                \
    X(STAGE, "stages must not fall from one leg to the next")                                      \
    X(GROUP, "a group must be contiguous, in one stage and at one atomic venue of domain home")    \
    X(LOT, "an amount is not a multiple of its asset's lot")                                       \
    X(LEG, "a leg does not yield its output at the snapshot")                                      \
    X(CONSERVATION, "more of an asset is given than received")                                     \
    X(POT, "a leg draws more than the pot holds")                                                  \
    X(PAYOUT, "the pot and its cover cannot pay the fills")                                        \
    X(INVENTORY, "a leg or cover draws more inventory than there is")                              \
    X(ROW, "a configured limit is exceeded")                                                       \
    X(WIDTH, "an amount of a live plan exceeds 128 bits")                                          \
    X(ROBUST_LEG, "the plan cannot be settled when this leg fills nothing")                        \
    X(ROBUST_VENUE, "the plan cannot be settled when this venue fills nothing")                    \
    X(MEMORY, "no memory to check it, so it is not accepted")

enum certify_rule {
#define X(name, text) CERTIFY_##name,
    CERTIFY_RULES(X)
#undef X
};

struct verdict {
    enum certify_rule rule;
    size_t at;        /* number of the fill, leg, cover, asset, row or venue that broke it */
    struct u256 have; /* what the solution says or the replay finds */
    struct u256 want; /* what the rule allows or demands */
};

const char *certify_rule_name(enum certify_rule r); /* "CONSERVATION", static */
const char *certify_rule_text(enum certify_rule r); /* a sentence, static */

/*
 * Judge s against a. Returns whether it is accepted; *v says by which rule not.
 *
 * in      a must have passed auction_check; s is from outside and may hold anything
 * owns    scratch lends memory until the caller resets it
 * thread  any
 */
bool certify(struct verdict *v, struct arena *scratch, const struct auction *a,
             const struct solution *s);

#endif
