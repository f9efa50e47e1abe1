/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/book/book_walk.h"

#include "solver/core/check.h"

#define PPM 1000000u

/* splitmix64 */
static uint64_t next(uint64_t *rng)
{
    *rng += 0x9e3779b97f4a7c15u;
    uint64_t z = *rng;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* n ticks; the market file was refused when its ladder does not fit 256 bits (twice the mid). */
static struct u256 ticks(const struct market_ladder *l, uint64_t n)
{
    struct u256 out;
    struct u256 count = u256_of(n);

    CHECK(u256_mul(&out, &l->tick, &count) == ERR_OK);
    return out;
}

/* Whole ticks in ppm millionths of mid; 0 when they are not countable, as for a tick of nothing. */
static uint64_t ticks_of_ppm(const struct u256 *mid, uint64_t ppm, const struct market_ladder *l)
{
    struct u256 part = u256_of(ppm);
    struct u256 million = u256_of(PPM);
    struct u256 n;

    if (u256_muldiv_floor(&n, mid, &part, &million) != ERR_OK ||
        u256_div_floor(&n, &n, &l->tick) != ERR_OK || u256_bits(&n) > 32)
        return 0;
    return n.limb[0];
}

static struct u256 level_offset(const struct market_ladder *l, size_t i)
{
    return ticks(l, l->half_spread_ticks + (uint64_t)i * l->level_step_ticks);
}

static void prices_set(struct book *b, const struct market_ladder *l, const struct u256 *mid)
{
    for (size_t i = 0; i < l->levels; i++) {
        struct u256 offset = level_offset(l, i);
        CHECK(u256_sub(&b->bids[i].price, mid, &offset) == ERR_OK);
        CHECK(u256_add(&b->asks[i].price, mid, &offset) == ERR_OK);
    }
}

void book_walk_build(struct book *b, const struct market_ladder *ladder)
{
    CHECK(ladder->generated);
    b->bids_n = ladder->levels;
    b->asks_n = ladder->levels;
    prices_set(b, ladder, &ladder->mid);
    for (size_t i = 0; i < ladder->levels; i++) {
        b->bids[i].size = ladder->level_size;
        b->asks[i].size = ladder->level_size;
    }
}

/* The mid that the ladder stands around now. */
static struct u256 mid_of(const struct book *b, const struct market_ladder *l)
{
    struct u256 half = level_offset(l, 0);
    struct u256 mid;

    CHECK(u256_add(&mid, &b->bids[0].price, &half) == ERR_OK);
    return mid;
}

/* May the mid stand here?  Near its start, and the lowest bid above zero. */
static bool mid_allowed(const struct u256 *mid, const struct market_ladder *l)
{
    struct u256 lowest = level_offset(l, l->levels - 1);
    bool above = u256_cmp(mid, &l->mid) > 0;
    struct u256 gap;

    if (u256_cmp(mid, &lowest) <= 0)
        return false;
    if (u256_sub(&gap, above ? mid : &l->mid, above ? &l->mid : mid) != ERR_OK)
        return false;
    struct u256 reach = ticks(l, ticks_of_ppm(&l->mid, BOOK_WALK_REACH_PPM, l));
    return u256_cmp(&gap, &reach) <= 0;
}

static bool mid_move(struct book *b, const struct market_ladder *l, uint64_t *rng)
{
    struct u256 mid = mid_of(b, l);
    uint64_t most = ticks_of_ppm(&mid, l->walk_ppm, l);
    bool up = (next(rng) & 1) != 0;
    struct u256 step = ticks(l, most == 0 ? 0 : 1 + next(rng) % most);
    struct u256 to;

    if (most == 0)
        return false;
    if ((up ? u256_add(&to, &mid, &step) : u256_sub(&to, &mid, &step)) != ERR_OK ||
        !mid_allowed(&to, l))
        return false;
    prices_set(b, l, &to);
    return true;
}

/* What an empty level gets back in one step: whole lots, at least one. */
static struct u256 refill_size(const struct book *b, const struct market_ladder *l)
{
    struct u256 parts = u256_of(BOOK_WALK_REFILL_IN);
    struct u256 lots;

    CHECK(u256_div_floor(&lots, &l->level_size, &parts) == ERR_OK);
    CHECK(u256_div_ceil(&lots, &lots, &b->lot) == ERR_OK);
    CHECK(u256_mul(&lots, &lots, &b->lot) == ERR_OK);
    return u256_is_zero(&lots) ? b->lot : lots;
}

static bool refill(struct book_level *levels, size_t n, const struct u256 *full,
                   const struct u256 *part)
{
    bool changed = false;

    for (size_t i = 0; i < n; i++) {
        struct u256 missing;
        if (u256_sub(&missing, full, &levels[i].size) != ERR_OK || u256_is_zero(&missing))
            continue;
        const struct u256 *add = u256_cmp(&missing, part) < 0 ? &missing : part;
        CHECK(u256_add(&levels[i].size, &levels[i].size, add) == ERR_OK);
        changed = true;
    }
    return changed;
}

bool book_walk_step(struct book *b, const struct market_ladder *ladder, uint64_t *rng)
{
    if (!ladder->generated || next(rng) % BOOK_WALK_ONE_IN != 0)
        return false;
    struct u256 part = refill_size(b, ladder);
    bool bids = refill(b->bids, b->bids_n, &ladder->level_size, &part);
    bool asks = refill(b->asks, b->asks_n, &ladder->level_size, &part);
    bool moved = mid_move(b, ladder, rng);

    return bids || asks || moved;
}
