/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * desk -- a whole venue in one file, to copy from: a desk that buys and sells one asset at fixed
 * prices. venues/README.md walks through it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "venues/sdk/curve_table.h"
#include "venues/sdk/program.h"

/* What the desk trades: 1 ETH (18 decimals) for so many USDC (6 decimals), up to 50 ETH a side. */
#define ATOMS_PER_ETH 1000000000000000000u
#define LOT 1000000000000000u /* 0.001 ETH */
#define LOTS 50000u
#define BID 3118000000u
#define ASK 3122000000u
#define TTL_MS 10000

struct desk {
    struct curve_table table;
};

/* The venue's liquidity as exact curves. Here a book with one level on either side. */
static enum err desk_curve(struct curve *c, struct book_level levels[2],
                           const struct asset_table *assets)
{
    const struct asset *base = asset_by_symbol(assets, "ETH");
    const struct asset *quote = asset_by_symbol(assets, "USDC");
    struct u256 lots = u256_of(LOTS);
    struct u256 size;

    if (base == NULL || base->decimals != 18 || quote == NULL || quote->decimals != 6)
        return ERR_NOT_FOUND;
    *c = (struct curve){ .id = 1,
                         .assets_n = 2,
                         .asset = { base->id, quote->id },
                         .kind = CURVE_book,
                         .as.book = { .scale = u256_of(ATOMS_PER_ETH),
                                      .lot = u256_of(LOT),
                                      .keep_num = 1,
                                      .keep_den = 1,
                                      .bids = &levels[0],
                                      .bids_n = 1,
                                      .asks = &levels[1],
                                      .asks_n = 1 } };
    TRY(u256_mul(&size, &lots, &c->as.book.lot));
    levels[0] = (struct book_level){ u256_of(BID), size };
    levels[1] = (struct book_level){ u256_of(ASK), size };
    return ERR_OK;
}

static enum err desk_open(void **self, const struct adapter_setup *setup, char *why, size_t why_n)
{
    struct book_level levels[2];
    struct curve curve;
    struct desk *d = calloc(1, sizeof *d);

    if (d == NULL)
        return ERR_NOMEM;
    *self = d;
    if (desk_curve(&curve, levels, setup->assets) != ERR_OK) {
        (void)snprintf(why, why_n, "the registry needs ETH (18 decimals) and USDC (6)");
        return ERR_INVALID;
    }
    /* Copies the curve and brings back what earlier legs left of it. */
    return curve_table_init(&d->table, setup->store, &curve, 1, why, why_n);
}

static void desk_close(void *self)
{
    struct desk *d = self;

    if (d == NULL)
        return;
    curve_table_fini(&d->table);
    free(d);
}

/* atomic is false: a group of several legs is refused by the SDK before it comes here. */
static void desk_hello(struct wire_hello *out, void *self)
{
    (void)self;
    *out = (struct wire_hello){ .name.text = "desk", .domain.text = "home", .ttl_ms = TTL_MS };
}

static enum err desk_curves(struct wire_quotes *out, struct arena *arena, void *self,
                            uint64_t since_seq)
{
    struct desk *d = self;

    return curve_table_curves(out, arena, &d->table, since_seq);
}

static enum err desk_submit(struct wire_leg_result *out, struct arena *arena, void *self,
                            const struct adapter_order *order)
{
    struct desk *d = self;

    return curve_table_submit(out, arena, &d->table, order);
}

static void desk_kept(void *self, bool kept)
{
    struct desk *d = self;

    curve_table_kept(&d->table, kept);
}

static const struct venue_adapter desk_adapter = {
    .kind = "desk",
    .doc = "buys and sells ETH for USDC at fixed prices",
    .open = desk_open,
    .close = desk_close,
    .hello = desk_hello,
    .curves = desk_curves,
    .submit = desk_submit,
    .kept = desk_kept,
};

int main(int argc, char **argv)
{
    static const struct venue_adapter *const kinds[] = { &desk_adapter };

    return program_run(argc, argv, kinds, 1);
}
