/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/pools.h"

#include <string.h>

#include "solver/market/fixed18.h"
#include "tests/support/draw.h"
#include "tests/support/test_support.h"

#define RESERVE_BITS 112
#define DECIMALS_MAX 36

void pools_mpz(mpz_t z, const struct u256 *a)
{
    mpz_import(z, 4, -1, sizeof a->limb[0], 0, 0, a->limb);
}

/* q *= num / den */
static void times(mpq_t q, const struct u256 *num, const struct u256 *den)
{
    mpq_t factor;

    mpq_init(factor);
    pools_mpz(mpq_numref(factor), num);
    pools_mpz(mpq_denref(factor), den);
    mpq_canonicalize(factor);
    mpq_mul(q, q, factor);
    mpq_clear(factor);
}

static struct way way_make(struct prng *r, uint32_t n)
{
    uint32_t give = (uint32_t)prng_below(r, n);

    return (struct way){ give, (give + 1 + (uint32_t)prng_below(r, n - 1)) % n };
}

/* 10^(36 - decimals): atoms to 18 decimals, as fixed point. */
static struct u256 scaling_make(struct prng *r)
{
    struct u256 scaling = u256_of(1), ten = u256_of(10);

    for (uint64_t decimals = prng_below(r, DECIMALS_MAX + 1); decimals < DECIMALS_MAX; decimals++)
        assert_ok(u256_mul(&scaling, &scaling, &ten));
    return scaling;
}

static uint64_t fee_make(struct prng *r)
{
    static const uint64_t whole[] = { 0, 1, 10, 100, 1000, 10000, 100000, 990000 };

    return whole[prng_below(r, 8)] * (FIXED18_ONE / 1000000);
}

static void balancer_make(struct balancer *b, struct prng *r)
{
    memset(b, 0, sizeof *b);
    b->n = 2 + (uint32_t)prng_below(r, BALANCER_ASSETS_MAX - 1);
    b->fee = fee_make(r);
    for (uint32_t k = 0; k < b->n;) {
        b->balance[k] = draw_positive(r, RESERVE_BITS);
        b->scaling[k] = scaling_make(r);
        k += fixed18_mul_down(&(struct u256){ { 0 } }, &b->balance[k], &b->scaling[k]) == ERR_OK;
    }
}

static void balancer_break(struct balancer *b, struct prng *r)
{
    uint32_t k = (uint32_t)prng_below(r, BALANCER_ASSETS_MAX);

    switch (prng_below(r, 5)) {
    case 0: b->n = (uint32_t)prng_u64(r); break;
    case 1: b->fee = prng_u64(r); break;
    case 2: b->balance[k] = draw_u256(r, 256); break;
    case 3: b->scaling[k] = draw_u256(r, 256); break;
    default: b->balance[k] = b->scaling[k] = u256_of(prng_below(r, 2)); break;
    }
}

static struct u256 scaled_of(const struct balancer *b, uint32_t k)
{
    struct u256 scaled;

    assert_ok(balancer_scale(&scaled, b, k, &b->balance[k]));
    return scaled;
}

/* rate = what is left of one atom after the fee, in scaled atoms given to scaled atoms got. */
static void balancer_frame(mpq_t rate, const struct balancer *b, struct way way)
{
    struct u256 keep = u256_of(FIXED18_ONE - b->fee), one = u256_of(FIXED18_ONE);

    mpq_set_ui(rate, 1, 1);
    times(rate, &keep, &one);
    times(rate, &b->scaling[way.give], &b->scaling[way.get]);
}

static void weighted_make(struct pool *p, struct prng *r)
{
    struct weighted *w = &p->as.weighted;

    do {
        balancer_make(&w->pool, r);
        for (uint32_t k = 0; k < w->pool.n; k++)
            w->weight[k] = (1 + prng_below(r, 99)) * (FIXED18_ONE / 100);
        w->multiplies = prng_below(r, 2) == 1;
        w->unlimited = prng_below(r, 2) == 1;
    } while (weighted_check(w) != ERR_OK); /* a balance may scale to nothing */
    p->way = way_make(r, w->pool.n);
}

static void weighted_break(struct pool *p, struct prng *r)
{
    if (prng_below(r, 3) == 0)
        p->as.weighted.weight[prng_below(r, BALANCER_ASSETS_MAX)] = prng_u64(r);
    else
        balancer_break(&p->as.weighted.pool, r);
}

static enum err weighted_check_pool(const struct pool *p)
{
    return weighted_check(&p->as.weighted);
}

static enum err weighted_out_pool(struct trade *t, const struct pool *p, const struct u256 *offer)
{
    return weighted_out(t, &p->as.weighted, p->way, offer);
}

static enum err weighted_in_pool(struct trade *t, const struct pool *p, const struct u256 *want)
{
    return weighted_in(t, &p->as.weighted, p->way, want);
}

static enum err weighted_apply_pool(struct pool *p, const struct trade *t)
{
    return weighted_apply(&p->as.weighted, p->way, t);
}

static struct u256 weighted_offer(const struct pool *p, struct prng *r)
{
    return draw_u256(r, u256_bits(&p->as.weighted.pool.balance[p->way.give]));
}

/* B_o w_i / (B_i w_o), the derivative at 0. */
static void weighted_rate(mpq_t rate, const struct pool *p)
{
    const struct weighted *w = &p->as.weighted;
    struct u256 give = scaled_of(&w->pool, p->way.give), get = scaled_of(&w->pool, p->way.get);
    struct u256 source = u256_of(w->weight[p->way.give]), target = u256_of(w->weight[p->way.get]);

    balancer_frame(rate, &w->pool, p->way);
    times(rate, &get, &give);
    times(rate, &source, &target);
}

/* 1e-16 of the balance: what the power may err from one place to the next. */
static void weighted_slack(mpz_t slack, const struct pool *p)
{
    pools_mpz(slack, &p->as.weighted.pool.balance[p->way.get]);
    mpz_tdiv_q_ui(slack, slack, 10000000000000000);
}

const struct pool_subject pools_weighted = {
    .name = "weighted",
    .make = weighted_make,
    .break_one = weighted_break,
    .check = weighted_check_pool,
    .out = weighted_out_pool,
    .in = weighted_in_pool,
    .apply = weighted_apply_pool,
    .offer = weighted_offer,
    .rate = weighted_rate,
    .slack = weighted_slack,
};
