/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proto/wire_batch.h"

#include "proto/batch.pb-c.h"
#include "proto/wire_curve.h"
#include "proto/wire_map.h"

/* ---- Auction ---- */

static const struct wire_row asset_rows[] = {
    WIRE_ROW(1, struct auction_asset, id, UINT),
    WIRE_ROW(2, struct auction_asset, name, TEXT),
    WIRE_ROW(3, struct auction_asset, decimals, UINT),
    WIRE_ROW(4, struct auction_asset, mark.num, AMOUNT_OR_ZERO),
    WIRE_ROW(5, struct auction_asset, mark.den, AMOUNT_OR_ZERO),
    WIRE_ROW(6, struct auction_asset, lot, AMOUNT),
};

static const struct wire_map asset_map = {
    WIRE_MAP_OF(sluice__v1__auction_asset__descriptor, struct auction_asset, asset_rows),
};

static const struct wire_row venue_rows[] = {
    WIRE_ROW(1, struct auction_venue, name, NAME),
    WIRE_ROW(2, struct auction_venue, domain, NAME),
    WIRE_ROW(3, struct auction_venue, atomic, FLAG),
};

static const struct wire_map venue_map = {
    WIRE_MAP_OF(sluice__v1__auction_venue__descriptor, struct auction_venue, venue_rows),
};

static const struct wire_row intent_rows[] = {
    WIRE_ROW(1, struct auction_intent, id, FIXED),
    WIRE_ROW(2, struct auction_intent, ref, TEXT_OR_NULL),
    WIRE_ROW_ENUM(3, struct auction_intent, kind, INTENT_BUY),
    WIRE_ROW(4, struct auction_intent, partial, FLAG),
    WIRE_ROW(5, struct auction_intent, sell, UINT),
    WIRE_ROW(6, struct auction_intent, buy, UINT),
    WIRE_ROW(7, struct auction_intent, sell_max, WIDE),
    WIRE_ROW(8, struct auction_intent, buy_min, WIDE),
    WIRE_ROW(9, struct auction_intent, signed_sell, WIDE),
    WIRE_ROW(10, struct auction_intent, signed_buy, WIDE),
};

static const struct wire_map intent_map = {
    WIRE_MAP_OF(sluice__v1__auction_intent__descriptor, struct auction_intent, intent_rows),
};

static const struct wire_row inventory_rows[] = {
    WIRE_ROW(1, struct auction_inventory, domain, NAME),
    WIRE_ROW(2, struct auction_inventory, asset, UINT),
    WIRE_ROW(3, struct auction_inventory, available, AMOUNT),
};

static const struct wire_map inventory_map = {
    WIRE_MAP_OF(sluice__v1__auction_inventory__descriptor, struct auction_inventory,
                inventory_rows),
};

static const struct wire_row limit_rows[] = {
    WIRE_ROW_ENUM(1, struct row, kind, ROW_VALUE), WIRE_ROW(2, struct row, subject, NAME),
    WIRE_ROW(3, struct row, asset, UINT),          WIRE_ROW(4, struct row, min, AMOUNT),
    WIRE_ROW(5, struct row, max, AMOUNT),          WIRE_ROW(6, struct row, used, AMOUNT),
};

static const struct wire_map limit_map = {
    WIRE_MAP_OF(sluice__v1__auction_row__descriptor, struct row, limit_rows),
};

static const struct wire_row options_rows[] = {
    WIRE_ROW(1, struct auction_options, tolerance_ppt, UINT),
    WIRE_ROW(2, struct auction_options, pivots_max, UINT),
    WIRE_ROW(3, struct auction_options, rounds_max, UINT),
    WIRE_ROW(4, struct auction_options, robust, FLAG),
    WIRE_ROW(5, struct auction_options, cycles, FLAG),
    WIRE_ROW(6, struct auction_options, legs_max, UINT),
};

static const struct wire_map options_map = {
    WIRE_MAP_OF(sluice__v1__auction_options__descriptor, struct auction_options, options_rows),
};

static bool auction_valid(const void *self)
{
    const char *what;

    return auction_check(&what, self) == ERR_OK;
}

static const struct wire_row auction_rows[] = {
    WIRE_ROW_VERSION(1),
    WIRE_ROW(2, struct auction, number, UINT),
    WIRE_ROW(3, struct auction, id, FIXED),
    WIRE_ROW(4, struct auction, unix_ms, TIME),
    WIRE_ROW(5, struct auction, config, FIXED),
    WIRE_ROW_LIST(6, struct auction, assets, &asset_map),
    WIRE_ROW_LIST(7, struct auction, venues, &venue_map),
    WIRE_ROW_LIST(8, struct auction, curves, &wire_map_curve),
    WIRE_ROW_LIST(9, struct auction, intents, &intent_map),
    WIRE_ROW_LIST(10, struct auction, inventory, &inventory_map),
    WIRE_ROW_LIST(11, struct auction, rows, &limit_map),
    WIRE_ROW_SUB(12, struct auction, options, &options_map),
};

const struct wire_map wire_map_auction = {
    WIRE_MAP_OF(sluice__v1__auction__descriptor, struct auction, auction_rows),
    .valid = auction_valid,
    .limits = &wire_limits_worker,
};

/* ---- Solution ---- */

static const struct wire_row fill_rows[] = {
    WIRE_ROW(1, struct solution_fill, intent, UINT),
    WIRE_ROW(2, struct solution_fill, paid, WIDE),
    WIRE_ROW(3, struct solution_fill, got, WIDE),
};

static const struct wire_map fill_map = {
    WIRE_MAP_OF(sluice__v1__solution_fill__descriptor, struct solution_fill, fill_rows),
};

static bool leg_valid(const void *self)
{
    const struct solution_leg *leg = self;

    return way_in(leg->way, CURVE_ASSETS_MAX);
}

static const struct wire_row leg_rows[] = {
    WIRE_ROW(1, struct solution_leg, curve, UINT),
    WIRE_ROW(2, struct solution_leg, way.give, UINT),
    WIRE_ROW(3, struct solution_leg, stage, UINT),
    WIRE_ROW(4, struct solution_leg, group, UINT),
    WIRE_ROW(5, struct solution_leg, in, WIDE),
    WIRE_ROW(6, struct solution_leg, min_out, WIDE),
    WIRE_ROW(7, struct solution_leg, way.get, UINT),
};

static const struct wire_map leg_map = {
    WIRE_MAP_OF(sluice__v1__solution_leg__descriptor, struct solution_leg, leg_rows),
    .valid = leg_valid,
};

static const struct wire_row cover_rows[] = {
    WIRE_ROW(1, struct solution_cover, asset, UINT),
    WIRE_ROW(2, struct solution_cover, amount, AMOUNT),
};

static const struct wire_map cover_map = {
    WIRE_MAP_OF(sluice__v1__solution_cover__descriptor, struct solution_cover, cover_rows),
};

static const struct wire_row work_rows[] = {
    WIRE_ROW(1, struct solution_work, lps, UINT),
    WIRE_ROW(2, struct solution_work, pivots, UINT),
    WIRE_ROW(3, struct solution_work, rounds, UINT),
    WIRE_ROW(4, struct solution_work, columns, UINT),
};

static const struct wire_map work_map = {
    WIRE_MAP_OF(sluice__v1__solution_work__descriptor, struct solution_work, work_rows),
};

static const struct wire_row solution_rows[] = {
    WIRE_ROW_VERSION(1),
    WIRE_ROW(2, struct solution, auction, FIXED),
    WIRE_ROW(3, struct solution, incumbent_no, UINT),
    WIRE_ROW(4, struct solution, final, FLAG),
    WIRE_ROW_LIST_OF(5, struct solution, prices, AMOUNT),
    WIRE_ROW_LIST(6, struct solution, fills, &fill_map),
    WIRE_ROW_LIST(7, struct solution, legs, &leg_map),
    WIRE_ROW_LIST(8, struct solution, covers, &cover_map),
    WIRE_ROW_LIST_OF(9, struct solution, duals, AMOUNT),
    WIRE_ROW(10, struct solution, value, WIDE),
    WIRE_ROW(11, struct solution, bound, WIDE),
    WIRE_ROW_SUB(12, struct solution, work, &work_map),
};

const struct wire_map wire_map_solution = {
    WIRE_MAP_OF(sluice__v1__solution__descriptor, struct solution, solution_rows),
    .limits = &wire_limits_worker,
};

/* ---- WorkerMessage ---- */

static const struct wire_row failure_rows[] = {
    WIRE_ROW(1, struct wire_worker_failure, auction, FIXED),
    WIRE_ROW(2, struct wire_worker_failure, text, TEXT),
};

static const struct wire_map failure_map = {
    WIRE_MAP_OF(sluice__v1__worker_failure__descriptor, struct wire_worker_failure, failure_rows),
};

static const struct wire_row worker_rows[] = {
    WIRE_ROW_VERSION(1),
    WIRE_ROW_CASE(2, struct wire_worker_message, as.auction, kind, WIRE_WORKER_AUCTION,
                  &wire_map_auction),
    WIRE_ROW_CASE(3, struct wire_worker_message, as.solution, kind, WIRE_WORKER_SOLUTION,
                  &wire_map_solution),
    WIRE_ROW_CASE(4, struct wire_worker_message, as.failure, kind, WIRE_WORKER_FAILURE,
                  &failure_map),
};

const struct wire_map wire_map_worker = {
    WIRE_MAP_OF(sluice__v1__worker_message__descriptor, struct wire_worker_message, worker_rows),
    .limits = &wire_limits_worker,
};

/* ---- the public functions ---- */

enum err wire_auction_pack(struct wire_bytes *out, const struct auction *a)
{
    return wire_map_pack(out, &wire_map_auction, a);
}

enum err wire_auction_unpack(struct auction *out, struct arena *arena, const void *bytes, size_t n)
{
    return wire_map_unpack(out, &wire_map_auction, arena, (struct wire_span){ bytes, n });
}

enum err wire_solution_pack(struct wire_bytes *out, const struct solution *s)
{
    return wire_map_pack(out, &wire_map_solution, s);
}

enum err wire_solution_unpack(struct solution *out, struct arena *arena, const void *bytes,
                              size_t n)
{
    return wire_map_unpack(out, &wire_map_solution, arena, (struct wire_span){ bytes, n });
}

enum err wire_worker_pack(struct wire_bytes *out, const struct wire_worker_message *m)
{
    return wire_map_pack(out, &wire_map_worker, m);
}

enum err wire_worker_unpack(struct wire_worker_message *out, struct arena *arena, const void *bytes,
                            size_t n)
{
    return wire_map_unpack(out, &wire_map_worker, arena, (struct wire_span){ bytes, n });
}
