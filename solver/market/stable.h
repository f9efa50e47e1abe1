/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stable -- Balancer's stable pool: n assets that are worth about the same.
 *
 * The scaled balances b, the amplification a and D, which a trade keeps, satisfy
 *   a n sum(b) + D = a n D + D^(n+1) / (n^n prod(b))
 * The contract finds D, and the balance that an asset must have, by Newton steps in integers until
 * two differ by at most one; so does this, division by division. docs/venues.md
 * eq. 18 to 23. The order of the assets decides the rounding: it is the pool's own, without the
 * token of its shares.
 *
 * With three or more assets the fee that stays may move a price in the trader's favour: there two
 * trades can bring more than one of their size. By rounding alone they cannot.
 */
#ifndef SLUICE_MARKET_STABLE_H
#define SLUICE_MARKET_STABLE_H

#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/balancer.h"

#define STABLE_PRECISION 1000 /* of the amplification */
#define STABLE_AMPLIFICATION_MAX (UINT64_C(1000000) * STABLE_PRECISION)

struct stable {
    struct balancer pool;
    uint64_t amplification; /* thousandths, [STABLE_PRECISION, STABLE_AMPLIFICATION_MAX] */
    struct u256 invariant;  /* stable_invariant of it, kept so that a trade need not find it */
};

/* ERR_INVALID when a member is outside its range, or invariant is not D or there is none. */
MUST_USE enum err stable_check(const struct stable *s);

/* errors  ERR_OVERFLOW the venue reverts: its arithmetic overflows or does not converge */
MUST_USE enum err stable_out(struct trade *t, const struct stable *s, struct way way,
                             const struct u256 *offer);

/* errors  ERR_NOT_FOUND not that deep, or no input that was tried yields it; ERR_OVERFLOW */
MUST_USE enum err stable_in(struct trade *t, const struct stable *s, struct way way,
                            const struct u256 *want);

/* Where the contract finds no D after the trade, invariant is zero and the pool trades no more. */
MUST_USE enum err stable_apply(struct stable *s, struct way way, const struct trade *t);

/* D of the balances; s->invariant is not read. errors  ERR_OVERFLOW as above */
MUST_USE enum err stable_invariant(struct u256 *d, const struct stable *s);

#endif
