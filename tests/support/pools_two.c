/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subjects with two assets. */
#include <string.h>

#include "solver/core/u128.h"
#include "solver/market/fixed18.h"
#include "solver/market/sqrt_price.h"
#include "tests/support/draw.h"
#include "tests/support/pools.h"
#include "tests/support/test_support.h"

static struct way side_make(struct prng *r)
{
    uint32_t give = (uint32_t)prng_below(r, 2);

    return (struct way){ give, !give };
}

/* Ascending ticks, in the middle of all or near their ends, and positions between them. */
static void ticks_make(struct pool *p, struct prng *r, size_t n)
{
    int32_t index = -SQRT_PRICE_TICK_MAX + (int32_t)prng_below(r, SQRT_PRICE_TICK_MAX);

    memset(p->ticks, 0, sizeof p->ticks);
    for (size_t i = 0; i < n; i++) {
        index += 1 + (int32_t)prng_sized(r, 14);
        p->ticks[i].index = index;
        assert_ok(sqrt_price_at(&p->ticks[i].sqrt_price, index));
    }
}

/* net += or -= size */
static void net_add(struct delta *net, u128 size, bool negative)
{
    if (net->negative == negative || net->atoms == 0)
        *net = (struct delta){ net->atoms + size, negative };
    else if (net->atoms >= size)
        net->atoms -= size;
    else
        *net = (struct delta){ size - net->atoms, negative };
    net->negative = net->negative && net->atoms > 0;
}

static void positions_make(struct pool *p, struct prng *r, int32_t tick)
{
    struct concentrated *c = &p->as.concentrated;

    for (uint64_t i = prng_below(r, 8); i > 0; i--) {
        size_t low = prng_below(r, c->ticks_n - 1), top = low + 1;
        u128 size = U128_OF(prng_sized(r, 40), prng_sized(r, 64));
        struct u256 more = u256_of_amount((struct amount){ size });

        top += prng_below(r, c->ticks_n - top);
        net_add(&p->ticks[low].net, size, false);
        net_add(&p->ticks[top].net, size, true);
        if (p->ticks[low].index <= tick && tick < p->ticks[top].index)
            assert_ok(u256_add(&c->liquidity, &c->liquidity, &more));
    }
}

static void concentrated_make(struct pool *p, struct prng *r)
{
    struct concentrated *c = &p->as.concentrated;
    size_t n = 2 + prng_below(r, POOLS_TICKS - 1);
    struct u256 next, gap, part;

    ticks_make(p, r, n);
    int32_t first = p->ticks[0].index, last = p->ticks[n - 1].index;

    *c = (struct concentrated){ .ticks = p->ticks, .ticks_n = n };
    c->tick = first + (int32_t)prng_below(r, (uint64_t)(last - first));
    c->fee = (uint32_t)(pools_fee(r) / (FIXED18_ONE / CONCENTRATED_FEE_UNIT));
    positions_make(p, r, c->tick);
    assert_ok(sqrt_price_at(&c->sqrt_price, c->tick));
    assert_ok(sqrt_price_at(&next, c->tick + 1));
    assert_ok(u256_sub(&gap, &next, &c->sqrt_price));
    part = u256_of(prng_below(r, 4));
    assert_ok(u256_muldiv_floor(&gap, &gap, &part, &(struct u256){ { 4 } }));
    assert_ok(u256_add(&c->sqrt_price, &c->sqrt_price, &gap));
    p->way = side_make(r);
}

static void concentrated_break(struct pool *p, struct prng *r)
{
    struct concentrated *c = &p->as.concentrated;
    struct concentrated_tick *t = &p->ticks[prng_below(r, POOLS_TICKS)];

    switch (prng_below(r, 7)) {
    case 0: c->liquidity = draw_u256(r, 136); break;
    case 1: c->sqrt_price = draw_u256(r, 170); break;
    case 2: c->tick = (int32_t)prng_u64(r); break;
    case 3: c->fee = (uint32_t)prng_u64(r); break;
    case 4: c->ticks_n = prng_below(r, POOLS_TICKS + 1); break;
    case 5:
        t->net = (struct delta){ U128_OF(prng_sized(r, 64), prng_u64(r)), prng_below(r, 2) == 1 };
        break;
    default: t->index = (int32_t)prng_u64(r); break;
    }
}

static enum err concentrated_check_pool(const struct pool *p)
{
    return concentrated_check(&p->as.concentrated);
}

static enum err concentrated_out_pool(struct trade *t, const struct pool *p,
                                      const struct u256 *offer)
{
    return concentrated_out(t, &p->as.concentrated, (int)p->way.give, offer);
}

static enum err concentrated_in_pool(struct trade *t, const struct pool *p, const struct u256 *want)
{
    return concentrated_in(t, &p->as.concentrated, (int)p->way.give, want);
}

static enum err concentrated_apply_pool(struct pool *p, const struct trade *t)
{
    return concentrated_apply(&p->as.concentrated, (int)p->way.give, t);
}

/* Up to what moves the price by its own size. */
static struct u256 concentrated_offer(const struct pool *p, struct prng *r)
{
    const struct concentrated *c = &p->as.concentrated;
    struct u256 q96 = { { 0, UINT64_C(1) << 32 } }, size;

    assert_ok(p->way.give == 0 ? u256_muldiv_floor(&size, &c->liquidity, &q96, &c->sqrt_price)
                               : u256_muldiv_floor(&size, &c->liquidity, &c->sqrt_price, &q96));
    return draw_u256(r, u256_bits(&size));
}

/* The price squared, or its inverse, less the fee. */
static void concentrated_rate(mpq_t rate, const struct pool *p)
{
    const struct concentrated *c = &p->as.concentrated;
    struct u256 q96 = { { 0, UINT64_C(1) << 32 } }, unit = u256_of(CONCENTRATED_FEE_UNIT);
    struct u256 keep = u256_of(CONCENTRATED_FEE_UNIT - c->fee);
    const struct u256 *num = p->way.give == 0 ? &c->sqrt_price : &q96;
    const struct u256 *den = p->way.give == 0 ? &q96 : &c->sqrt_price;

    mpq_set_ui(rate, 1, 1);
    pools_times(rate, num, den);
    pools_times(rate, num, den);
    pools_times(rate, &keep, &unit);
}

static void no_slack(mpz_t slack, const struct pool *p)
{
    (void)p;
    mpz_set_ui(slack, 0);
}

const struct pool_subject pools_concentrated = {
    .name = "concentrated",
    .kind = CURVE_concentrated,
    .make = concentrated_make,
    .break_one = concentrated_break,
    .check = concentrated_check_pool,
    .out = concentrated_out_pool,
    .in = concentrated_in_pool,
    .apply = concentrated_apply_pool,
    .offer = concentrated_offer,
    .rate = concentrated_rate,
    .slack = no_slack,
};

/* A rate between assets of 0 to 36 decimals. */
static void fixed_rate_make(struct pool *p, struct prng *r)
{
    struct fixed_rate *f = &p->as.fixed_rate;
    uint64_t millionths = pools_fee(r) / (FIXED18_ONE / 1000000);

    *f = (struct fixed_rate){ .num = draw_positive(r, 120),
                              .den = draw_positive(r, 120),
                              .keep_num = 1000000 - millionths,
                              .keep_den = 1000000,
                              .capacity = { draw_u256(r, 112), draw_u256(r, 112) },
                              .refills = prng_below(r, 2) == 1 };
    p->way = side_make(r);
}

static void fixed_rate_break(struct pool *p, struct prng *r)
{
    struct fixed_rate *f = &p->as.fixed_rate;

    switch (prng_below(r, 5)) {
    case 0: f->num = draw_u256(r, 256); break;
    case 1: f->den = draw_u256(r, 256); break;
    case 2: f->keep_num = prng_u64(r); break;
    case 3: f->keep_den = prng_below(r, 3) * prng_u64(r); break;
    default:
        f->capacity[prng_below(r, 2)] = draw_u256(r, 256);
        f->keep_num *= prng_below(r, 2);
        break;
    }
}

static enum err fixed_rate_check_pool(const struct pool *p)
{
    return fixed_rate_check(&p->as.fixed_rate);
}

static enum err fixed_rate_out_pool(struct trade *t, const struct pool *p, const struct u256 *offer)
{
    return fixed_rate_out(t, &p->as.fixed_rate, (int)p->way.give, offer);
}

static enum err fixed_rate_in_pool(struct trade *t, const struct pool *p, const struct u256 *want)
{
    return fixed_rate_in(t, &p->as.fixed_rate, (int)p->way.give, want);
}

static enum err fixed_rate_apply_pool(struct pool *p, const struct trade *t)
{
    return fixed_rate_apply(&p->as.fixed_rate, (int)p->way.give, t);
}

/* Up to twice what the capacity is worth. */
static struct u256 fixed_rate_offer(const struct pool *p, struct prng *r)
{
    struct u256 all = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
    struct trade t;

    assert_ok(fixed_rate_out(&t, &p->as.fixed_rate, (int)p->way.give, &all));
    return draw_u256(r, u256_bits(&t.in));
}

static void fixed_rate_rate(mpq_t rate, const struct pool *p)
{
    const struct fixed_rate *f = &p->as.fixed_rate;
    struct u256 keep_num = u256_of(f->keep_num), keep_den = u256_of(f->keep_den);

    mpq_set_ui(rate, 1, 1);
    pools_times(rate, &keep_num, &keep_den);
    pools_times(rate, p->way.give == 0 ? &f->num : &f->den, p->way.give == 0 ? &f->den : &f->num);
}

const struct pool_subject pools_fixed_rate = {
    .name = "fixed_rate",
    .kind = CURVE_fixed_rate,
    .make = fixed_rate_make,
    .break_one = fixed_rate_break,
    .check = fixed_rate_check_pool,
    .out = fixed_rate_out_pool,
    .in = fixed_rate_in_pool,
    .apply = fixed_rate_apply_pool,
    .offer = fixed_rate_offer,
    .rate = fixed_rate_rate,
    .slack = no_slack,
};
