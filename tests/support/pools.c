/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/pools.h"

#include <string.h>

#include "solver/market/fixed18.h"
#include "tests/support/draw.h"
#include "tests/support/test_support.h"

#define RESERVE_BITS 112
#define DECIMALS_MAX 36
#define STABLE_SLACK STABLE_PRECISION
#define STABLE_ATOMS_MIN 1000

void pools_mpz(mpz_t z, const struct u256 *a)
{
    mpz_import(z, 4, -1, sizeof a->limb[0], 0, 0, a->limb);
}

void pools_times(mpq_t q, const struct u256 *num, const struct u256 *den)
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

uint64_t pools_fee(struct prng *r)
{
    static const uint64_t whole[] = { 0, 1, 10, 100, 1000, 10000, 100000, 990000 };

    return whole[prng_below(r, 8)] * (FIXED18_ONE / 1000000);
}

static void balancer_make(struct balancer *b, struct prng *r)
{
    memset(b, 0, sizeof *b);
    b->n = 2 + (uint32_t)prng_below(r, BALANCER_ASSETS_MAX - 1);
    b->fee = pools_fee(r);
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
    pools_times(rate, &keep, &one);
    pools_times(rate, &b->scaling[way.give], &b->scaling[way.get]);
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
    pools_times(rate, &get, &give);
    pools_times(rate, &source, &target);
}

/* 1e-16 of the balance: what the power may err from one place to the next. */
static void weighted_slack(mpz_t slack, const struct pool *p)
{
    pools_mpz(slack, &p->as.weighted.pool.balance[p->way.get]);
    mpz_tdiv_q_ui(slack, slack, 10000000000000000);
}

const struct pool_subject pools_weighted = {
    .name = "weighted",
    .kind = CURVE_weighted,
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

/* Balances of one magnitude and many atoms: far from it the contract's D overflows or is rounded
 * so coarsely that it is no invariant any more. */
static void stable_balances(struct balancer *b, struct prng *r)
{
    unsigned bits = 30 + (unsigned)prng_below(r, 60);
    struct u256 many = u256_of(STABLE_ATOMS_MIN), scaled = { { 0 } };

    for (uint32_t k = 0; k < b->n; k++) {
        scaled.limb[bits / 64] = (1 + prng_below(r, 16)) << (bits % 64 < 60 ? bits % 64 : 59);
        do {
            b->scaling[k] = scaling_make(r);
            assert_ok(balancer_unscale_up(&b->balance[k], b, k, &scaled));
        } while (u256_cmp(&b->balance[k], &many) < 0);
    }
}

/* Some pools have no D that the contract finds: its last steps go to and fro. */
static void stable_make(struct pool *p, struct prng *r)
{
    struct stable *s = &p->as.stable;

    do {
        balancer_make(&s->pool, r);
        stable_balances(&s->pool, r);
        s->amplification = STABLE_PRECISION * (1 + prng_sized(r, 13));
    } while (stable_invariant(&s->invariant, s) != ERR_OK);
    p->way = way_make(r, s->pool.n);
}

static void stable_break(struct pool *p, struct prng *r)
{
    struct stable *s = &p->as.stable;

    switch (prng_below(r, 4)) {
    case 0: s->amplification = prng_sized(r, 64); break;
    case 1: /* as unbalanced as can be */
        balancer_make(&s->pool, r);
        p->way = way_make(r, s->pool.n);
        break;
    default: balancer_break(&s->pool, r); break;
    }
    if (prng_below(r, 8) > 0 && balancer_check(&s->pool) == ERR_OK &&
        stable_invariant(&s->invariant, s) != ERR_OK)
        s->invariant = u256_of(0);
}

static enum err stable_check_pool(const struct pool *p)
{
    return stable_check(&p->as.stable);
}

static enum err stable_out_pool(struct trade *t, const struct pool *p, const struct u256 *offer)
{
    return stable_out(t, &p->as.stable, p->way, offer);
}

static enum err stable_in_pool(struct trade *t, const struct pool *p, const struct u256 *want)
{
    return stable_in(t, &p->as.stable, p->way, want);
}

static enum err stable_apply_pool(struct pool *p, const struct trade *t)
{
    return stable_apply(&p->as.stable, p->way, t);
}

static struct u256 stable_offer(const struct pool *p, struct prng *r)
{
    return draw_u256(r, u256_bits(&p->as.stable.pool.balance[p->way.give]) - 5);
}

/* p = d^(n+1) / (n^n prod(b)), times 1000 / b_k or 1000 / d */
static void stable_product(mpq_t p, const struct stable *s, const struct u256 *last)
{
    struct u256 d, n = u256_of(s->pool.n), precision = u256_of(STABLE_PRECISION);

    assert_ok(stable_invariant(&d, s));
    mpq_set_ui(p, 1, 1);
    pools_times(p, &precision, last);
    for (uint32_t j = 0; j < s->pool.n; j++) {
        struct u256 b = scaled_of(&s->pool, j);

        pools_times(p, &d, &b);
        pools_times(p, &(struct u256){ { 1 } }, &n);
    }
    pools_times(p, &d, &(struct u256){ { 1 } });
}

/* q += n thousandths */
static void plus(mpq_t q, uint64_t n)
{
    mpz_addmul_ui(mpq_numref(q), mpq_denref(q), n);
    mpq_canonicalize(q);
}

/* The derivative of (a n sum(b) + d - a n d - p) by b_k, in thousandths. */
static void stable_worth(mpq_t worth, const struct stable *s, uint32_t k)
{
    struct u256 b = scaled_of(&s->pool, k);

    stable_product(worth, s, &b);
    plus(worth, s->amplification * s->pool.n);
}

static void stable_rate(mpq_t rate, const struct pool *p)
{
    const struct stable *s = &p->as.stable;
    mpq_t get;

    mpq_init(get);
    balancer_frame(rate, &s->pool, p->way);
    stable_worth(get, s, p->way.give);
    mpq_mul(rate, rate, get);
    stable_worth(get, s, p->way.get);
    mpq_div(rate, rate, get);
    mpq_clear(get);
}

/* The contract divides before it multiplies by 1000, so a balance is exact to some thousand, and so
 * is D; a step of D is (a n - 1 + (n + 1) p / d) / worth of the balance. */
static void stable_slack(mpz_t slack, const struct pool *p)
{
    const struct stable *s = &p->as.stable;
    struct u256 d, few = u256_of(STABLE_SLACK), one = u256_of(FIXED18_ONE);
    mpq_t step, worth;

    mpq_inits(step, worth, NULL);
    assert_ok(stable_invariant(&d, s));
    stable_product(step, s, &d);
    mpq_set_ui(worth, s->pool.n + 1, 1);
    mpq_mul(step, step, worth);
    plus(step, s->amplification * s->pool.n - STABLE_PRECISION);
    stable_worth(worth, s, p->way.get);
    mpq_div(step, step, worth);
    plus(step, 1);
    pools_times(step, &few, &(struct u256){ { 1 } });
    pools_times(step, &one, &s->pool.scaling[p->way.get]);
    mpz_cdiv_q(slack, mpq_numref(step), mpq_denref(step));
    mpq_clears(step, worth, NULL);
}

/* The fee stays in the pool, where it may move the price of two other assets either way. */
static void stable_keep_nothing(struct pool *p)
{
    p->as.stable.pool.fee = 0;
}

const struct pool_subject pools_stable = {
    .name = "stable",
    .kind = CURVE_stable,
    .make = stable_make,
    .break_one = stable_break,
    .check = stable_check_pool,
    .out = stable_out_pool,
    .in = stable_in_pool,
    .apply = stable_apply_pool,
    .offer = stable_offer,
    .keep_nothing = stable_keep_nothing,
    .rate = stable_rate,
    .slack = stable_slack,
};

void pools_curve(struct curve *c, struct pool *p, const struct pool_subject *s)
{
    c->kind = s->kind;
    c->assets_n = 2;
    switch (s->kind) {
    case CURVE_weighted:
        c->as.weighted = &p->as.weighted;
        c->assets_n = p->as.weighted.pool.n;
        break;
    case CURVE_stable:
        c->as.stable = &p->as.stable;
        c->assets_n = p->as.stable.pool.n;
        break;
    case CURVE_concentrated: c->as.concentrated = p->as.concentrated; break;
    case CURVE_fixed_rate: c->as.fixed_rate = p->as.fixed_rate; break;
    case CURVE_constant_product:
    case CURVE_book: fail_msg("no pool of this kind");
    }
    for (uint32_t k = 0; k < c->assets_n; k++)
        c->asset[k] = k;
}
