/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trade -- intents that somebody might post: two assets, an amount by value, a limit around the
 * marks. Pure but for the state of the seeded generator; one owner thread.
 */
#ifndef SLUICE_DEMO_TRADE_H
#define SLUICE_DEMO_TRADE_H

#include <stdint.h>

#include "solver/core/asset.h"
#include "solver/core/intent.h"

struct trade_rng {
    uint64_t state;
};

uint64_t trade_random(struct trade_rng *r); /* splitmix64 */

/* A number in [lo, hi]. */
uint64_t trade_between(struct trade_rng *r, uint64_t lo, uint64_t hi);

#define TRADE_ASSETS_MAX 64

struct trade {
    const struct asset *assets[TRADE_ASSETS_MAX]; /* those with a mark, borrowed */
    size_t n;
    struct trade_rng rng;
};

/* ERR_INVALID: fewer than two assets have a mark. */
MUST_USE enum err trade_init(struct trade *t, const struct asset_table *assets, uint64_t seed);

/* Atoms of an asset worth so many micro-units at its mark, a multiple of its lot; may be zero. */
MUST_USE enum err trade_atoms(struct amount *out, const struct asset *a, uint64_t micro);

/*
 * Fill in everything but account, id and deadline. edge_ppm: the limit is so much worse for the
 * signer than the marks; negative: better.
 * errors  ERR_INVALID an amount would be zero; ERR_OVERFLOW
 */
MUST_USE enum err trade_make(struct intent *out, const struct asset *sell, const struct asset *buy,
                             uint64_t micro, enum intent_kind kind, int32_t edge_ppm);

/* Two different assets; popular ones come more often. */
void trade_pick(const struct asset **a, const struct asset **b, struct trade *t);

#endif
