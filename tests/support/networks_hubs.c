/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The large networks.
 *
 * Of the 4,000 most liquid Uniswap V2 pools of October 2020, which have 3,131 tokens, 2,845 (71 %)
 * hold WETH; the next tokens are in 279, 145, 135, 69, 36, 36, 35, 23, 21, 20, 19, 18, 18, 15, 14, 12,
 * 12, 12 and 11 pools; 151 tokens are in four or more, 107 in three, 316 in two and 2,557 (82 %) in
 * one. The smaller side of a pool holds 0.02 to 200 WETH for eight pools of ten, median 1.7: about
 * log-normal with a standard deviation of 3.4 in the natural logarithm.
 *
 * Here a pool is drawn as there: its first asset by a weight of 1, 2, 3 or 4 to 12 in those shares,
 * each asset at least once; its second is the hub with 71 %, else one of the 19 next in those
 * proportions. With ten pools an asset, as there would be over many venues, most pools are parallel
 * to others: their fees differ. With 1.28 it is the real network's size and shape.
 */
#include <math.h>

#include "solver/core/check.h"
#include "tests/support/networks.h"

#define HUB_SHARE 71 /* of 100 */
#define DEPTH_MEDIAN 1e3
#define DEPTH_SIGMA 3.4
#define DEPTH_LEAST 1.0
#define DEPTH_MOST 1e8
#define DECIMALS 18
#define ORDERS_N 16
#define PRICED_OFF 0.2

static const unsigned next_hubs[] = { 279, 145, 135, 69, 36, 36, 35, 23, 21, 20,
                                      19,  18,  18,  15, 14, 12, 12, 12, 11 };

#define NEXT_HUBS_N (sizeof next_hubs / sizeof next_hubs[0])

/* Sum of twelve uniform numbers: near enough to a normal one. */
static double normal(struct prng *r)
{
    double sum = -6;

    for (int i = 0; i < 12; i++)
        sum += networks_unit(r);
    return sum;
}

static struct networks_place place_draw(struct prng *r, bool fair)
{
    double depth = DEPTH_MEDIAN * exp(DEPTH_SIGMA * normal(r));

    return (struct networks_place){ .depth = fmin(fmax(depth, DEPTH_LEAST), DEPTH_MOST),
                                    .off = PRICED_OFF,
                                    .fair = fair };
}

static void pool_add(struct networks *n, struct prng *r, uint32_t a, uint32_t b)
{
    const uint32_t pair[2] = { a, b };
    struct networks_place place = place_draw(r, n->fair);

    CHECK(networks_add(n, r, CURVE_constant_product, pair, 2, &place));
}

static uint32_t partner_draw(struct prng *r, size_t assets_n)
{
    size_t most = NEXT_HUBS_N < assets_n - 1 ? NEXT_HUBS_N : assets_n - 1;
    uint64_t all = 0, mark;

    if (prng_below(r, 100) < HUB_SHARE)
        return 0;
    for (size_t i = 0; i < most; i++)
        all += next_hubs[i];
    mark = prng_below(r, all);
    for (uint32_t i = 0;; i++) {
        if (mark < next_hubs[i])
            return i + 1;
        mark -= next_hubs[i];
    }
}

static unsigned weight_draw(struct prng *r)
{
    uint64_t share = prng_below(r, 100);

    if (share < 82)
        return 1;
    if (share < 92)
        return 2;
    return share < 95 ? 3 : 4 + (unsigned)prng_below(r, 9);
}

/* first[k]: the first asset of pool k. */
static uint32_t *first_draw(struct networks *n, struct prng *r, size_t pools)
{
    uint32_t *tickets = ARENA_NEW(&n->arena, 12 * n->assets_n, uint32_t);
    uint32_t *first = ARENA_NEW(&n->arena, pools, uint32_t);
    size_t tickets_n = 0;

    CHECK(tickets != NULL && first != NULL);
    for (uint32_t i = 1; i < n->assets_n; i++) {
        for (unsigned w = weight_draw(r); w > 0; w--)
            tickets[tickets_n++] = i;
    }
    for (uint32_t k = 0; k < pools; k++)
        first[k] = k + 1 < n->assets_n ? k + 1 : tickets[prng_below(r, tickets_n)];
    return first;
}

static void large_init(struct networks *n, struct prng *r, uint64_t seed, const char *shape,
                       struct networks_size size)
{
    CHECK(size.curves_n >= 100 && size.assets_n >= 10 && size.curves_n >= size.assets_n);
    prng_seed(r, seed);
    networks_init(n, shape, size.assets_n, size.curves_n);
    n->fair = true;
    networks_price(n, r, DECIMALS, DECIMALS);
}

void networks_hubs(struct networks *n, uint64_t seed, struct networks_size size)
{
    struct prng r;

    large_init(n, &r, seed, "hubs", size);
    uint32_t *first = first_draw(n, &r, size.curves_n);

    for (size_t k = 0; k < size.curves_n; k++) {
        uint32_t second;

        do
            second = partner_draw(&r, n->assets_n);
        while (second == first[k]);
        pool_add(n, &r, first[k], second);
    }
    networks_order(n, &r, ORDERS_N);
    networks_order_fit(n);
}

/* Two assets at random, the first of them each in turn. */
static void pairs_add(struct networks *n, struct prng *r, size_t curves_n)
{
    for (size_t k = 0; k < curves_n; k++) {
        uint32_t a = (uint32_t)(k % n->assets_n);

        pool_add(n, r, a,
                 (a + 1 + (uint32_t)prng_below(r, n->assets_n - 1)) % (uint32_t)n->assets_n);
    }
}

void networks_expander(struct networks *n, uint64_t seed, struct networks_size size)
{
    struct prng r;

    large_init(n, &r, seed, "expander", size);
    pairs_add(n, &r, size.curves_n);
    networks_order(n, &r, ORDERS_N);
    networks_order_fit(n);
}

void networks_mispriced(struct networks *n, uint64_t seed)
{
    struct prng r;

    prng_seed(&r, seed);
    networks_init(n, "mispriced", 500, 3000);
    networks_price(n, &r, 6, DECIMALS);
    pairs_add(n, &r, 3000);
    networks_order(n, &r, ORDERS_N);
    networks_order_fit(n);
}
