/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * allocate -- who gets what, from what the legs of a plan really did. Pure integers.
 *
 * The pot of a plan holds the sell amounts of its fills, minus what its legs took, plus what they
 * gave. Planned prices stay. While an asset of the pot is short: take house inventory up to the
 * cover that the plan reserved, then reduce (partial) or drop (fill-or-kill) one fill that buys
 * that asset: first one whose sell amount the pot can still give back, else any; of those the one
 * with the least surplus per atom, ties by id. A fill that had to shrink twice is dropped the third
 * time. Sell amounts not used return to their holds. In the end the pot is
 * exactly empty, and nobody is paid below the signed limit (docs/flow.md I3, I4):
 *
 *   sum planned_paid + sum leg out + from_house
 *     = sum leg in + sum got + sum (planned_paid - paid) + to_house + fees + dust    per asset
 *
 * Only legs of domain "home" touch the pot; do not pass others. Asset numbers are any ids, dense
 * or of the registry, the same in fills, legs and assets. Nothing here allocates; any thread.
 */
#ifndef SLUICE_CLEAR_ALLOCATE_H
#define SLUICE_CLEAR_ALLOCATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/err.h"
#include "solver/core/id.h"

enum allocate_state {
    ALLOCATE_PLANNED = 1, /* input: to be decided */
    ALLOCATE_SETTLED,     /* input: settled before, with paid and got; output: settles now */
    ALLOCATE_WAITS        /* output: stays EXECUTING until an unknown leg is known or bought back */
};

struct allocate_fill {
    struct id intent;
    uint32_t sell_asset;
    uint32_t buy_asset;
    bool partial;
    bool exact_buy;            /* then a fill-or-kill fill gets planned_got or nothing */
    struct amount signed_sell; /* the limit: got * signed_sell >= paid * signed_buy */
    struct amount signed_buy;
    struct amount planned_paid; /* in the pot, > 0 */
    struct amount planned_got;  /* > 0 */
    enum allocate_state state;  /* in and out */
    struct amount paid;         /* out; in when SETTLED. planned_paid - paid returns to the hold */
    struct amount got;          /* out; in when SETTLED. Zero and zero: dropped */
    uint32_t shrunk;            /* scratch */
};

struct allocate_leg {
    uint32_t in_asset;
    uint32_t out_asset;
    bool unknown;           /* in may have been taken and anything may come back */
    struct amount in;       /* taken by the venue; unknown: in flight */
    struct amount out;      /* given by the venue; unknown: ignored */
    struct amount promised; /* the planned exact output for in: more than it goes to fees */
};

/* One per asset that a fill, a leg or a cover names, ascending, without repetition. */
struct allocate_asset {
    uint32_t asset;
    struct amount cover;      /* house inventory that the plan reserved */
    struct amount from_house; /* out, like all that follow */
    struct amount to_house;   /* taken over in exchange, when a leg failed or the house paid in */
    struct amount fees;       /* better executions than promised */
    struct amount dust;       /* what the plan itself left over */
    /* Zero unless UNCOVERED, when no other fill gives way than those that the pot pays back: */
    struct amount needed;     /* still missing of what the fills get */
    struct amount needed_min; /* the same when they get no more than they signed */
    struct amount spare;      /* in the pot, owed to nobody */
    struct amount have;       /* scratch */
    struct amount need;       /* scratch */
};

struct allocate {
    struct allocate_fill *fills;
    size_t fills_n;
    const struct allocate_leg *legs;
    size_t legs_n;
    struct allocate_asset *assets;
    size_t assets_n;
    bool to_limit; /* what was missing was bought back as far as possible: rather than leave a fill
                      uncovered let it get less than planned, down to its limit */
};

enum allocate_result {
    ALLOCATE_DONE = 1, /* every fill is SETTLED and the pot is empty: the last settle of the plan */
    ALLOCATE_PART,     /* a leg is unknown: fills that no outcome of it can touch are SETTLED, the
                          others WAIT; no asset moves to or from the house yet */
    ALLOCATE_UNCOVERED /* no leg is unknown, but the pot is short beyond the cover: like PART, and
                          needed and spare say what has to be bought back and with what */
};

/*
 * Fill the outputs of *x and the result.
 *
 * errors  ERR_INVALID an asset is missing or unsorted, a planned amount is zero, a planned fill
 *         or a settled one is below its limit, settled fills exceed the pot;
 *         ERR_OVERFLOW a sum exceeds 2^128 - 1.   Outputs are then undefined.
 */
MUST_USE enum err allocate_run(enum allocate_result *result, struct allocate *x);

#endif
