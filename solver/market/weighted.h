/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * weighted -- Balancer's weighted pool: the product of balance^weight over n assets stays.
 *
 * With B the scaled balances, i given and o got, x the scaled input without its fee and y the
 * scaled output, every operation rounded as the contract does:
 *   out:  y = B_o (1 - (B_i / (B_i + x))^(w_i / w_o))        x <= 0.3 B_i
 *   in:   x = B_i ((B_o / (B_o - y))^(w_o / w_i) - 1)        y <= 0.3 B_o
 * The power is rounded up by 1e-14 of itself, so tiny trades pay nothing, and the output is
 * monotone only within that error. docs/venues.md eq. 11 to 17.
 */
#ifndef SLUICE_MARKET_WEIGHTED_H
#define SLUICE_MARKET_WEIGHTED_H

#include <stdbool.h>
#include <stdint.h>

#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/balancer.h"

struct weighted {
    struct balancer pool;
    uint64_t weight[BALANCER_ASSETS_MAX]; /* 18 decimals, (0, 1]; only their ratios count */
    bool multiplies;                      /* v3Plus: exponents 1, 2 and 4 by products */
    bool unlimited;                       /* trades above 30 % of a balance are allowed */
};

/* ERR_INVALID when the pool or a weight is outside its range. */
MUST_USE enum err weighted_check(const struct weighted *w);

/* errors  ERR_OVERFLOW the venue reverts: above 30 % of the balance, or its arithmetic overflows */
MUST_USE enum err weighted_out(struct trade *t, const struct weighted *w, struct way way,
                               const struct u256 *offer);

/*
 * What the venue's own formula asks for want; out of it may fall short of want, which weighted_in
 * corrects by trying. errors as weighted_in
 */
MUST_USE enum err weighted_ask(struct u256 *in, const struct weighted *w, struct way way,
                               const struct u256 *want);

/*
 * errors  ERR_NOT_FOUND above 30 % of a balance, given or got, or no input that was tried yields
 *         it; ERR_OVERFLOW
 */
MUST_USE enum err weighted_in(struct trade *t, const struct weighted *w, struct way way,
                              const struct u256 *want);
MUST_USE enum err weighted_apply(struct weighted *w, struct way way, const struct trade *t);

#endif
