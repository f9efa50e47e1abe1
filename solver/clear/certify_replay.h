/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certify_replay -- execute the legs of a solution at the snapshot, in order, in integers.
 *
 * Private to certify. A leg that fails moves nothing; the legs after it shrink to what the pot
 * still holds, and groups that cannot be paid whole are closed, as the leader does. Curves that serve several legs are copied, so the
 * auction never changes.
 */
#ifndef SLUICE_CLEAR_CERTIFY_REPLAY_H
#define SLUICE_CLEAR_CERTIFY_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/market/auction.h"
#include "solver/market/solution.h"

struct replay {
    const struct auction *a;
    const struct solution *s;
    struct curve *curves; /* [curves_n], only those of `shared` are valid */
    bool *shared;         /* [curves_n]: serves several legs */
    bool *failed;         /* [legs_n], fills nothing; groups that close are added */
    struct u256 *pot;     /* [assets_n]: sell amounts, then what home legs left there */
    struct trade *done;   /* [legs_n]: what each leg did */
    size_t bad_leg;       /* after an error: the leg that could not run */
};

/* Arrays in the arena. ERR_NOMEM. Indexes of s must be in range. */
MUST_USE enum err replay_init(struct replay *r, struct arena *arena, const struct auction *a,
                              const struct solution *s);

/*
 * Run all legs that are not failed. With `exact`, each must take its whole input and give its exact
 * output, whatever the pot holds; pot is not touched. Without, legs of domain home shrink to the
 * pot and change it.
 *
 * errors  ERR_INVALID (exact) the leg bad_leg does something else; ERR_OVERFLOW
 */
MUST_USE enum err replay_run(struct replay *r, bool exact);

/* Does this leg draw on the pot? */
bool replay_home(const struct auction *a, const struct solution_leg *l);

#endif
