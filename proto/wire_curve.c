/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_curve.h"

#include "proto/batch.pb-c.h"
#include "solver/market/curve.h"

static const struct wire_row level_rows[] = {
    WIRE_ROW(1, struct book_level, price, WIDE),
    WIRE_ROW(2, struct book_level, size, WIDE),
};

static const struct wire_map level_map = {
    WIRE_MAP_OF(sluice__v1__level__descriptor, struct book_level, level_rows),
};

static const struct wire_row book_rows[] = {
    WIRE_ROW(1, struct book, scale, WIDE),
    WIRE_ROW(2, struct book, lot, WIDE),
    WIRE_ROW(3, struct book, keep_num, UINT),
    WIRE_ROW(4, struct book, keep_den, UINT),
    WIRE_ROW_LIST(5, struct book, bids, &level_map),
    WIRE_ROW_LIST(6, struct book, asks, &level_map),
};

static const struct wire_map book_map = {
    WIRE_MAP_OF(sluice__v1__book__descriptor, struct book, book_rows),
};

static const struct wire_row constant_product_rows[] = {
    WIRE_ROW(1, struct constant_product, reserve[0], WIDE),
    WIRE_ROW(2, struct constant_product, reserve[1], WIDE),
    WIRE_ROW(3, struct constant_product, keep_num, UINT),
    WIRE_ROW(4, struct constant_product, keep_den, UINT),
};

static const struct wire_map constant_product_map = {
    WIRE_MAP_OF(sluice__v1__constant_product__descriptor, struct constant_product,
                constant_product_rows),
};

static const struct wire_row weighted_rows[] = {
    WIRE_ROW(1, struct weighted, pool.fee, UINT),
    WIRE_ROW_ARRAY(2, struct weighted, pool.balance, WIDE, pool.n, false),
    WIRE_ROW_ARRAY(3, struct weighted, pool.scaling, WIDE, pool.n, true),
    WIRE_ROW_ARRAY(4, struct weighted, weight, UINT, pool.n, true),
    WIRE_ROW(5, struct weighted, multiplies, FLAG),
    WIRE_ROW(6, struct weighted, unlimited, FLAG),
};

static const struct wire_map weighted_map = {
    WIRE_MAP_OF(sluice__v1__weighted__descriptor, struct weighted, weighted_rows),
};

static const struct wire_row stable_rows[] = {
    WIRE_ROW(1, struct stable, pool.fee, UINT),
    WIRE_ROW_ARRAY(2, struct stable, pool.balance, WIDE, pool.n, false),
    WIRE_ROW_ARRAY(3, struct stable, pool.scaling, WIDE, pool.n, true),
    WIRE_ROW(4, struct stable, amplification, UINT),
    WIRE_ROW(5, struct stable, invariant, WIDE),
};

static const struct wire_map stable_map = {
    WIRE_MAP_OF(sluice__v1__stable__descriptor, struct stable, stable_rows),
};

/* Zero has one spelling. */
static bool tick_valid(const void *self)
{
    const struct concentrated_tick *t = self;

    return t->net.atoms > 0 || !t->net.negative;
}

static const struct wire_row tick_rows[] = {
    WIRE_ROW(1, struct concentrated_tick, index, SINT),
    WIRE_ROW(2, struct concentrated_tick, sqrt_price, WIDE),
    WIRE_ROW(3, struct concentrated_tick, net.atoms, AMOUNT),
    WIRE_ROW(4, struct concentrated_tick, net.negative, FLAG),
};

static const struct wire_map tick_map = {
    WIRE_MAP_OF(sluice__v1__tick__descriptor, struct concentrated_tick, tick_rows),
    .valid = tick_valid,
};

static const struct wire_row concentrated_rows[] = {
    WIRE_ROW(1, struct concentrated, sqrt_price, WIDE),
    WIRE_ROW(2, struct concentrated, liquidity, WIDE),
    WIRE_ROW(3, struct concentrated, tick, SINT),
    WIRE_ROW(4, struct concentrated, fee, UINT),
    WIRE_ROW_LIST(5, struct concentrated, ticks, &tick_map),
};

static const struct wire_map concentrated_map = {
    WIRE_MAP_OF(sluice__v1__concentrated__descriptor, struct concentrated, concentrated_rows),
};

static const struct wire_row fixed_rate_rows[] = {
    WIRE_ROW(1, struct fixed_rate, num, WIDE),
    WIRE_ROW(2, struct fixed_rate, den, WIDE),
    WIRE_ROW(3, struct fixed_rate, keep_num, UINT),
    WIRE_ROW(4, struct fixed_rate, keep_den, UINT),
    WIRE_ROW(5, struct fixed_rate, capacity[0], WIDE),
    WIRE_ROW(6, struct fixed_rate, capacity[1], WIDE),
    WIRE_ROW(7, struct fixed_rate, refills, FLAG),
};

static const struct wire_map fixed_rate_map = {
    WIRE_MAP_OF(sluice__v1__fixed_rate__descriptor, struct fixed_rate, fixed_rate_rows),
};

static const struct wire_row curve_rows[] = {
    WIRE_ROW(1, struct curve, venue, UINT),
    WIRE_ROW(2, struct curve, id, UINT),
    WIRE_ROW(3, struct curve, seq, UINT),
    WIRE_ROW_ARRAY(4, struct curve, asset, UINT, assets_n, false),
    WIRE_ROW(6, struct curve, age_ms, UINT),
    WIRE_ROW_CASE(7, struct curve, as.constant_product, kind, CURVE_constant_product,
                  &constant_product_map),
    WIRE_ROW_CASE(8, struct curve, as.book, kind, CURVE_book, &book_map),
    WIRE_ROW_CASE_BORROWED(9, struct curve, as.weighted, kind, CURVE_weighted, &weighted_map),
    WIRE_ROW_CASE_BORROWED(10, struct curve, as.stable, kind, CURVE_stable, &stable_map),
    WIRE_ROW_CASE(11, struct curve, as.concentrated, kind, CURVE_concentrated, &concentrated_map),
    WIRE_ROW_CASE(12, struct curve, as.fixed_rate, kind, CURVE_fixed_rate, &fixed_rate_map),
};

const struct wire_map wire_map_curve = {
    WIRE_MAP_OF(sluice__v1__curve__descriptor, struct curve, curve_rows),
};
