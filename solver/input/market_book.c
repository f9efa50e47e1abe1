/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/market_book.h"

#include <string.h>

#include "solver/input/ladder.h"

#define BOOK_KEYS                                                                                  \
    "id base quote lot tick fee mid walk_ppm half_spread_ticks levels level_step_ticks "           \
    "level_size bids asks"
#define WALK_PPM_MAX 100000
#define TICKS_MAX 1000000

enum err market_asset(const struct asset **out, const struct doc_at *at,
                      const struct asset_table *assets)
{
    const char *symbol;

    TRY(doc_text(&symbol, at));
    *out = asset_by_symbol(assets, symbol);
    return *out != NULL ? ERR_OK : doc_fail(at, "unknown asset \"%.60s\"", symbol);
}

/* Is a a whole multiple of unit? */
static bool multiple(const struct u256 *a, const struct u256 *unit)
{
    struct u256 times, back;

    return u256_div_floor(&times, a, unit) == ERR_OK && u256_mul(&back, &times, unit) == ERR_OK &&
           u256_cmp(&back, a) == 0;
}

static enum err integer_get(uint32_t *out, const struct doc_at *item, const char *key, uint64_t lo,
                            uint64_t hi)
{
    struct doc_at at;
    uint64_t v;

    TRY(doc_get(&at, item, key));
    TRY(doc_integer(&v, &at, lo, hi));
    *out = (uint32_t)v;
    return ERR_OK;
}

/* tick is the finest price of the file, so it fixes the unit that prices are counted in. */
static enum err units_read(struct ladder_units *u, struct curve *c, const struct doc_at *item,
                           const struct asset_table *assets)
{
    const struct asset *base, *quote;
    struct doc_at at;
    struct decimal tick;
    const char *text;

    TRY(doc_get(&at, item, "base"));
    TRY(market_asset(&base, &at, assets));
    TRY(doc_get(&at, item, "quote"));
    TRY(market_asset(&quote, &at, assets));
    if (base == quote)
        return doc_fail(&at, "the same as base");
    c->assets_n = 2;
    c->asset[0] = base->id;
    c->asset[1] = quote->id;
    TRY(doc_get(&at, item, "tick"));
    TRY(doc_text(&text, &at));
    if (decimal_parse(&tick, text, strlen(text)) != ERR_OK)
        return doc_fail(&at, "\"%.60s\" is not a positive decimal", text);
    *u = (struct ladder_units){ base->decimals, quote->decimals, tick.places };
    if (ladder_scale(&c->as.book.scale, u) != ERR_OK)
        return doc_fail(&at, "too fine for these assets");
    return ERR_OK;
}

/* The lowest bid of a generated ladder is above zero and the highest ask fits. */
static enum err reach_check(const struct market_ladder *l, const struct doc_at *item)
{
    uint64_t ticks = l->half_spread_ticks + (uint64_t)(l->levels - 1) * l->level_step_ticks;
    struct u256 reach, n = u256_of(ticks), top;
    struct doc_at at;

    TRY(doc_get(&at, item, "mid"));
    if (u256_mul(&reach, &l->tick, &n) != ERR_OK || u256_cmp(&reach, &l->mid) >= 0)
        return doc_fail(&at, "the lowest bid, %llu ticks below it, would not be above zero",
                        (unsigned long long)ticks);
    return u256_add(&top, &l->mid, &reach) == ERR_OK ? ERR_OK : doc_fail(&at, "too large");
}

static enum err generated_read(struct market_ladder *l, const struct book *b,
                               const struct doc_at *item, const struct ladder_units *u)
{
    struct doc_at at;

    if (doc_find(&at, item, "bids") || doc_find(&at, item, "asks"))
        return doc_fail(&at, "either explicit ladders or \"mid\", not both");
    l->generated = true;
    TRY(doc_get(&at, item, "mid"));
    TRY(ladder_price(&l->mid, &at, u));
    if (!multiple(&l->mid, &l->tick))
        return doc_fail(&at, "not a multiple of tick");
    TRY(doc_get(&at, item, "level_size"));
    TRY(ladder_size(&l->level_size, &at, u, false));
    if (!multiple(&l->level_size, &b->lot))
        return doc_fail(&at, "not a multiple of lot");
    TRY(integer_get(&l->walk_ppm, item, "walk_ppm", 0, WALK_PPM_MAX));
    TRY(integer_get(&l->half_spread_ticks, item, "half_spread_ticks", 1, TICKS_MAX));
    TRY(integer_get(&l->levels, item, "levels", 1, MARKET_LEVELS_MAX));
    TRY(integer_get(&l->level_step_ticks, item, "level_step_ticks", 1, TICKS_MAX));
    return reach_check(l, item);
}

/* Prices on ticks and in order, sizes in lots. */
static enum err side_check(const struct book *b, int side, const struct doc_at *at,
                           const struct u256 *tick)
{
    const struct book_level *l = side == 0 ? b->bids : b->asks;
    size_t n = side == 0 ? b->bids_n : b->asks_n;
    int falls = side == 0 ? 1 : -1;

    for (size_t i = 0; i < n; i++) {
        struct doc_at level = doc_item(at, i);

        if (!multiple(&l[i].price, tick))
            return doc_fail(&level, "price is not a multiple of tick");
        if (!multiple(&l[i].size, &b->lot))
            return doc_fail(&level, "size is not a multiple of lot");
        if (i > 0 && u256_cmp(&l[i - 1].price, &l[i].price) != falls)
            return doc_fail(&level, "price is not worse than the level before");
    }
    return ERR_OK;
}

static enum err explicit_read(struct book *b, const struct market_ladder *l,
                              const struct doc_at *item, const struct ladder_units *u,
                              struct arena *arena)
{
    struct doc_at bids, asks;

    TRY(doc_get(&bids, item, "bids"));
    TRY(doc_array(&bids, MARKET_LEVELS_MAX));
    TRY(doc_get(&asks, item, "asks"));
    TRY(doc_array(&asks, MARKET_LEVELS_MAX));
    TRY(ladder_read(&b->bids, &b->bids_n, &bids, u, false, arena));
    TRY(ladder_read(&b->asks, &b->asks_n, &asks, u, false, arena));
    TRY(side_check(b, 0, &bids, &l->tick));
    TRY(side_check(b, 1, &asks, &l->tick));
    if (b->bids_n > 0 && b->asks_n > 0 && u256_cmp(&b->asks[0].price, &b->bids[0].price) <= 0)
        return doc_fail(&asks, "crossed: the best ask is not above the best bid");
    return ERR_OK;
}

enum err market_book_read(struct curve *c, struct market_ladder *l, const struct doc_at *item,
                          const struct asset_table *assets, struct arena *arena)
{
    struct book *b = &c->as.book;
    struct ladder_units u;
    struct doc_at at;

    c->kind = CURVE_book;
    TRY(doc_only(item, BOOK_KEYS));
    TRY(units_read(&u, c, item, assets));
    TRY(doc_get(&at, item, "tick"));
    TRY(ladder_price(&l->tick, &at, &u));
    TRY(doc_get(&at, item, "lot"));
    TRY(ladder_size(&b->lot, &at, &u, false));
    TRY(doc_get(&at, item, "fee"));
    TRY(doc_fee(&b->keep_num, &b->keep_den, &at));
    if (doc_find(&at, item, "mid"))
        TRY(generated_read(l, b, item, &u));
    else
        TRY(explicit_read(b, l, item, &u, arena));
    return book_check(b) == ERR_OK ? ERR_OK : doc_fail(item, "too large: its value overflows");
}
