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

static const struct wire_row curve_rows[] = {
    WIRE_ROW(1, struct curve, venue, UINT),
    WIRE_ROW(2, struct curve, id, UINT),
    WIRE_ROW(3, struct curve, seq, UINT),
    WIRE_ROW_ARRAY(4, struct curve, asset, UINT, assets_n, false),
    WIRE_ROW(6, struct curve, age_ms, UINT),
    WIRE_ROW_CASE(7, struct curve, as.constant_product, kind, CURVE_constant_product,
                  &constant_product_map),
    WIRE_ROW_CASE(8, struct curve, as.book, kind, CURVE_book, &book_map),
};

const struct wire_map wire_map_curve = {
    WIRE_MAP_OF(sluice__v1__curve__descriptor, struct curve, curve_rows),
};
