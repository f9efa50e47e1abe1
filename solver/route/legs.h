/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * legs -- trades in doubles become legs in exact integers, in an order that can be executed.
 *
 * Every curve's joint trade is split into ways (give one asset, get one), cycles are cut or bridged,
 * and the legs are walked in order: a leg takes its share of what is there, the last one of an asset
 * takes all that is left, and every amount is the venue's own integer formula on the state that the
 * legs before it left (docs/math.md 5).
 *
 * Mispriced curves make the best trades contain cycles: some leg needs an asset before the leg that
 * brings it. Such an order of execution borrows it, `buffer`, and has given it back at the end.
 */
#ifndef SLUICE_ROUTE_LEGS_H
#define SLUICE_ROUTE_LEGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/market/curve.h"
#include "solver/route/real_curve.h"

/* A curve's joint trade: net[k] atoms of its asset k, > 0 the trader gets it. */
struct leg_trade {
    uint32_t curve;
    double net[REAL_ASSETS_MAX];
};

struct leg {
    uint32_t curve;
    struct way way;
    struct u256 in;
    struct u256 out;
};

struct leg_buffer {
    uint32_t asset;
    struct u256 amount;
};

struct legs {
    struct leg *leg;
    size_t n;
    struct leg_buffer *buffer; /* empty: every leg is paid by those before it */
    size_t buffers_n;
    struct u256 sold; /* atoms of the sold asset that went in, those of a buffer not counted */
    struct u256 bought;
    struct u256 left; /* of the amount to sell: the curves took no more */
};

struct legs_order {
    uint32_t sell;
    uint32_t buy;
    bool exact_out;
    struct u256 amount;  /* exact-in: of sell; exact-out: of buy */
    bool cycles;         /* allow buffers */
    const double *price; /* [assets_n] value of an atom where the trades are best, > 0 where any
                            curve trades it: what a cycle is worth, how a pool of many is split */
};

/*
 * in      curves [curves_n] of assets 0 .. assets_n-1, not changed; trades [trades_n], one for each
 *         curve at most, of finite doubles that need not balance exactly
 * owns    legs and buffers live in the arena, as does all scratch
 * errors  ERR_NOT_FOUND nothing can be executed; ERR_NOMEM; ERR_INVALID a trade names no curve
 */
MUST_USE enum err legs_make(struct legs *out, struct arena *arena, const struct curve *curves,
                            size_t curves_n, size_t assets_n, const struct legs_order *order,
                            const struct leg_trade *trades, size_t trades_n);

#endif
