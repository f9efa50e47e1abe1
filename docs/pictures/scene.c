/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "docs/pictures/scene.h"

#include <math.h>

#include "solver/core/check.h"
#include "solver/market/sqrt_price.h"

#define ARENA_MAX ((size_t)64 << 20)
#define MILLION 1e6
#define PPM 1000000
#define ONE UINT64_C(1000000000000000000)
#define AMPLIFICATION 200
#define RANGE 1800 /* ticks on each side of the one position: about 20 % */
#define ORDER_ETH 12000

static const struct {
    const char *name;
    unsigned decimals;
    double dollars;
} assets[SCENE_ASSETS] = {
    [SCENE_ETH] = { "ETH", 18, 3000 },   [SCENE_USDC] = { "USDC", 6, 1 },
    [SCENE_USDT] = { "USDT", 6, 1 },     [SCENE_DAI] = { "DAI", 18, 1 },
    [SCENE_WBTC] = { "WBTC", 8, 60000 }, [SCENE_WSTETH] = { "wstETH", 18, 3500 },
    [SCENE_LINK] = { "LINK", 18, 15 },   [SCENE_CRV] = { "CRV", 18, 0.5 },
};

/* Millions of dollars a side; off: how much dearer the first asset is here, in millionths. */
static const struct {
    enum curve_kind kind;
    enum scene_asset asset[3];
    unsigned assets_n;
    double depth;
    uint32_t fee_ppm;
    double off_ppm;
} pools[] = {
    { CURVE_concentrated, { SCENE_ETH, SCENE_USDC }, 2, 20, 500, 200 },
    { CURVE_constant_product, { SCENE_ETH, SCENE_USDC }, 2, 160, 3000, -900 },
    { CURVE_constant_product, { SCENE_ETH, SCENE_USDC }, 2, 80, 2500, 1100 },
    { CURVE_concentrated, { SCENE_ETH, SCENE_USDT }, 2, 11, 500, -150 },
    { CURVE_constant_product, { SCENE_ETH, SCENE_USDT }, 2, 110, 3000, 700 },
    { CURVE_constant_product, { SCENE_ETH, SCENE_DAI }, 2, 130, 3000, 1500 },
    { CURVE_concentrated, { SCENE_ETH, SCENE_WBTC }, 2, 16, 500, 100 },
    { CURVE_constant_product, { SCENE_WBTC, SCENE_USDC }, 2, 150, 3000, -1200 },
    { CURVE_concentrated, { SCENE_WBTC, SCENE_USDT }, 2, 6, 3000, 800 },
    { CURVE_stable, { SCENE_WSTETH, SCENE_ETH }, 2, 110, 100, 50 },
    { CURVE_constant_product, { SCENE_WSTETH, SCENE_USDC }, 2, 130, 3000, -400 },
    { CURVE_stable, { SCENE_USDC, SCENE_USDT, SCENE_DAI }, 3, 150, 100, 20 },
    { CURVE_concentrated, { SCENE_USDC, SCENE_USDT }, 2, 30, 100, -30 },
    { CURVE_constant_product, { SCENE_LINK, SCENE_ETH }, 2, 90, 3000, 600 },
    { CURVE_constant_product, { SCENE_LINK, SCENE_USDC }, 2, 80, 3000, 0 },
    { CURVE_constant_product, { SCENE_CRV, SCENE_ETH }, 2, 60, 3000, -500 },
    { CURVE_constant_product, { SCENE_CRV, SCENE_USDT }, 2, 50, 3000, 500 },
};

const char *scene_name(enum scene_asset a)
{
    return assets[a].name;
}

double scene_value(enum scene_asset a)
{
    return assets[a].dollars * pow(10, -(double)assets[a].decimals);
}

double scene_double(const struct u256 *v)
{
    double sum = 0;

    for (int i = 3; i >= 0; i--)
        sum = sum * 0x1p64 + (double)v->limb[i];
    return sum;
}

/* Whole numbers below 2^117, cut to 53 bits. */
static struct u256 wide(double v)
{
    double high = floor(v * 0x1p-64);

    return (struct u256){ { (uint64_t)(v - high * 0x1p64), (uint64_t)high } };
}

static struct u256 side(size_t i, unsigned k)
{
    double lean = k == 0 ? 1 - pools[i].off_ppm / PPM : 1;

    return wide(pools[i].depth * MILLION * lean / scene_value(pools[i].asset[k]));
}

static void product_make(struct curve *c, size_t i)
{
    c->as.constant_product =
        (struct constant_product){ { side(i, 0), side(i, 1) }, PPM - pools[i].fee_ppm, PPM };
}

static void stable_make(struct curve *c, size_t i, struct arena *arena)
{
    struct stable *s = ARENA_NEW(arena, 1, struct stable);

    CHECK(s != NULL);
    s->pool.n = pools[i].assets_n;
    s->pool.fee = pools[i].fee_ppm * (ONE / PPM);
    s->amplification = AMPLIFICATION * STABLE_PRECISION;
    for (unsigned k = 0; k < s->pool.n; k++) {
        double units = assets[pools[i].asset[k]].dollars / assets[pools[i].asset[1]].dollars;

        s->pool.balance[k] = side(i, k);
        s->pool.scaling[k] = wide(units * pow(10, 36 - (double)assets[pools[i].asset[k]].decimals));
    }
    CHECK(stable_invariant(&s->invariant, s) == ERR_OK);
    c->as.stable = s;
}

static void concentrated_make(struct curve *c, size_t i, struct arena *arena)
{
    struct concentrated_tick *ticks = ARENA_NEW(arena, 2, struct concentrated_tick);
    struct concentrated *p = &c->as.concentrated;
    double root = sqrt(scene_value(pools[i].asset[0]) * (1 + pools[i].off_ppm / PPM) /
                       scene_value(pools[i].asset[1]));
    double liquidity = pools[i].depth * MILLION / scene_value(pools[i].asset[1]) / root /
                       (1 - exp(-RANGE * 0.5e-4));
    const struct sqrt_price_ticks all = { -SQRT_PRICE_TICK_MAX, SQRT_PRICE_TICK_MAX };

    CHECK(ticks != NULL);
    p->sqrt_price = wide(root * 0x1p96);
    p->liquidity = wide(liquidity);
    p->fee = pools[i].fee_ppm;
    CHECK(sqrt_price_tick(&p->tick, &p->sqrt_price, all) == ERR_OK);
    for (int k = 0; k < 2; k++) {
        ticks[k].index = p->tick + (k == 0 ? -RANGE : RANGE);
        ticks[k].net.negative = k == 1;
        ticks[k].net.atoms = U128_OF(p->liquidity.limb[1], p->liquidity.limb[0]);
        CHECK(sqrt_price_at(&ticks[k].sqrt_price, ticks[k].index) == ERR_OK);
    }
    p->ticks = ticks;
    p->ticks_n = 2;
}

void scene_open(struct scene *s)
{
    *s = (struct scene){ .curves_n = sizeof pools / sizeof pools[0],
                         .order = { .sell = SCENE_ETH, .buy = SCENE_USDC } };
    arena_init(&s->arena, ARENA_MAX);
    s->order.amount = wide(ORDER_ETH * 1e18);
    for (size_t i = 0; i < s->curves_n; i++) {
        struct curve *c = &s->curves[i];

        *c = (struct curve){ .kind = pools[i].kind, .assets_n = pools[i].assets_n, .id = i };
        for (unsigned k = 0; k < c->assets_n; k++)
            c->asset[k] = pools[i].asset[k];
        if (c->kind == CURVE_stable)
            stable_make(c, i, &s->arena);
        else if (c->kind == CURVE_concentrated)
            concentrated_make(c, i, &s->arena);
        else
            product_make(c, i);
        CHECK(curve_check(c) == ERR_OK);
    }
    CHECK(route_market_build(&s->market, &s->arena, s->curves, s->curves_n, SCENE_ASSETS) ==
          ERR_OK);
}

void scene_close(struct scene *s)
{
    arena_fini(&s->arena);
}

void scene_route(struct router_result *result, struct router *r, const struct route_market *m,
                 const struct router_order *order, uint32_t steps_max)
{
    struct router_options options;

    router_defaults(&options);
    options.steps_max = steps_max;
    options.pivots_max = 0;
    CHECK(router_solve(result, r, m, order, &options) == ERR_OK);
}
