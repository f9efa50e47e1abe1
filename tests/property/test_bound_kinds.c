/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One suite for the bound of every kind of pool: no trade and no sequence of trades earns more, at
 * whatever prices, and no parameter and no price makes it crash or wrap.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/market/fixed18.h"
#include "solver/route/bound_kinds.h"
#include "tests/support/draw.h"
#include "tests/support/pools.h"
#include "tests/support/test_support.h"

#define ROUNDS 1500
#define TRADES 12
#define GREEDY 12 /* trades one after the other */
#define GREEDY_ASSETS 4
#define OFFER_BITS 250
#define PRICE_BITS 119

struct subject {
    const struct pool_subject *pools;
    uint32_t (*assets)(const struct pool *p);
    enum err (*bound)(struct u256 *profit, const struct pool *p, const struct amount *price);
    void (*prepare)(struct pool *p); /* for sequences of trades */
};

static uint32_t weighted_assets(const struct pool *p)
{
    return p->as.weighted.pool.n;
}

static uint32_t stable_assets(const struct pool *p)
{
    return p->as.stable.pool.n;
}

static uint32_t two_assets(const struct pool *p)
{
    (void)p;
    return 2;
}

static enum err weighted_bound(struct u256 *profit, const struct pool *p,
                               const struct amount *price)
{
    return bound_weighted(profit, &p->as.weighted, price);
}

static enum err stable_bound(struct u256 *profit, const struct pool *p, const struct amount *price)
{
    return bound_stable(profit, &p->as.stable, price);
}

static enum err concentrated_bound(struct u256 *profit, const struct pool *p,
                                   const struct amount *price)
{
    return bound_concentrated(profit, &p->as.concentrated, price);
}

static enum err fixed_rate_bound(struct u256 *profit, const struct pool *p,
                                 const struct amount *price)
{
    return bound_fixed_rate(profit, &p->as.fixed_rate, price);
}

/* A bound knows nothing of the venue's limit of 30 %. */
static void weighted_prepare(struct pool *p)
{
    p->as.weighted.unlimited = true;
}

/* Fees of which a part can be gained back by moving other prices with them: not here. */
static void stable_prepare(struct pool *p)
{
    if (p->as.stable.pool.n > 2 && p->as.stable.pool.fee > FIXED18_ONE / 20)
        p->as.stable.pool.fee = FIXED18_ONE / 20;
}

static void no_prepare(struct pool *p)
{
    (void)p;
}

static struct amount amount_of(const mpz_t z)
{
    struct u256 v = { { 0 } };
    struct amount a;

    assert_true(mpz_sizeinbase(z, 2) <= 128);
    mpz_export(v.limb, NULL, -1, sizeof v.limb[0], 0, 0, z);
    assert_ok(u256_to_amount(&a, &v));
    return a;
}

/* Prices near the pool's own, up to a factor of 1 + 2^-20 to 2 either way. */
static void prices_make(struct amount *price, struct pool *p, const struct subject *s,
                        struct prng *r)
{
    uint32_t n = s->assets(p);
    struct way way = p->way;
    mpq_t worth[BALANCER_ASSETS_MAX], most;

    mpq_init(most);
    for (uint32_t k = 0; k < n; k++) {
        unsigned fine = (unsigned)prng_below(r, 20);
        struct u256 num = u256_of((UINT64_C(1) << fine) + prng_below(r, 2)),
                    den = u256_of((UINT64_C(1) << fine) + prng_below(r, 2));

        mpq_init(worth[k]);
        mpq_set_ui(worth[k], 1, 1);
        p->way = (struct way){ k, 0 };
        if (k > 0)
            s->pools->rate(worth[k], p);
        pools_times(worth[k], &num, &den);
        if (mpq_cmp(worth[k], most) > 0)
            mpq_set(most, worth[k]);
    }
    unsigned bits = 40 + (unsigned)prng_below(r, PRICE_BITS - 40);

    for (uint32_t k = 0; k < n; k++) {
        mpq_div(worth[k], worth[k], most);
        mpq_mul_2exp(worth[k], worth[k], bits);
        mpz_tdiv_q(mpq_numref(worth[k]), mpq_numref(worth[k]), mpq_denref(worth[k]));
        price[k] = amount_of(mpq_numref(worth[k]));
        mpq_clear(worth[k]);
    }
    mpq_clear(most);
    p->way = way;
}

/* net += price * quantity, or -= */
static void worth_add(mpz_t net, const struct u256 *quantity, struct amount price, int sign)
{
    struct u256 p = u256_of_amount(price);
    mpz_t q, v;

    mpz_inits(q, v, NULL);
    pools_mpz(q, quantity);
    pools_mpz(v, &p);
    if (sign > 0)
        mpz_addmul(net, q, v);
    else
        mpz_submul(net, q, v);
    mpz_clears(q, v, NULL);
}

static void way_draw(struct pool *p, const struct subject *s, struct prng *r)
{
    uint32_t n = s->assets(p);

    p->way.give = (uint32_t)prng_below(r, n);
    p->way.get = (p->way.give + 1 + (uint32_t)prng_below(r, n - 1)) % n;
}

/* One trade more; false when the pool refuses. */
static bool trade_add(mpz_t net, struct pool *p, const struct subject *s,
                      const struct amount *price, struct u256 offer)
{
    struct trade t;

    if (s->pools->out(&t, p, &offer) != ERR_OK)
        return false;
    worth_add(net, &t.out, price[p->way.get], 1);
    worth_add(net, &t.in, price[p->way.give], -1);
    return s->pools->apply(p, &t) == ERR_OK;
}

static void test_bound_kinds_exceed_every_trade(void **state)
{
    const struct subject *s = *state;
    struct prng r;
    mpz_t net, bound, near;
    int earned = 0, closely = 0;

    prng_init(&r, 801);
    mpz_inits(net, bound, near, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        struct amount price[BALANCER_ASSETS_MAX];
        struct u256 profit;
        struct pool p;

        s->pools->make(&p, &r);
        prices_make(price, &p, s, &r);
        enum err err = s->bound(&profit, &p, price);

        if (err != ERR_OK) { /* a unit too small for all that the pool holds */
            assert_err(err, ERR_OVERFLOW);
            continue;
        }
        pools_mpz(bound, &profit);
        mpz_set_ui(near, 0);
        for (int k = 0; k < TRADES; k++) {
            struct pool after = p;

            mpz_set_ui(net, 0);
            way_draw(&after, s, &r);
            (void)trade_add(net, &after, s, price, s->pools->offer(&after, &r));
            assert_true(mpz_cmp(net, bound) <= 0);
            if (mpz_cmp(net, near) > 0)
                mpz_set(near, net);
        }
        earned += mpz_sgn(near) > 0;
        mpz_mul_ui(near, near, 2);
        closely += mpz_sgn(bound) > 0 && mpz_cmp(near, bound) >= 0;
    }
    print_message("%s: %d earn, %d near their bound\n", s->pools->name, earned, closely);
    assert_true(earned > ROUNDS / 10 && closely > ROUNDS / 300);
    mpz_clears(net, bound, near, NULL);
}

/* 2^log as an offer, log below 255 */
static struct u256 offer_of(double log)
{
    struct u256 offer = u256_of((uint64_t)ldexp(exp2(log - floor(log)), 52)), scale = { { 0 } };
    int shift = (int)floor(log) - 52;

    scale.limb[abs(shift) / 64] = UINT64_C(1) << abs(shift) % 64;
    assert_ok(shift >= 0 ? u256_mul(&offer, &offer, &scale)
                         : u256_div_floor(&offer, &offer, &scale));
    return offer;
}

/* What a way earns with an offer of 2^log; less than nothing when the pool refuses. */
static bool earned_at(mpz_t net, struct trade *t, const struct pool *p, const struct subject *s,
                      const struct amount *price, double log)
{
    struct u256 offer = offer_of(log);

    mpz_set_si(net, -1);
    if (s->pools->out(t, p, &offer) != ERR_OK)
        return false;
    mpz_set_ui(net, 0);
    worth_add(net, &t->out, price[p->way.get], 1);
    worth_add(net, &t->in, price[p->way.give], -1);
    return true;
}

/*
 * The best trade of a way: every power of two, then halving steps around the best one. Of equal ones
 * the least offer counts: beyond its depth a pool takes no more.
 */
static void best_of(mpz_t best, struct trade *trade, const struct pool *p, const struct subject *s,
                    const struct amount *price)
{
    double at = 0, low = 0, high = OFFER_BITS;
    struct trade t;
    mpz_t net;

    mpz_init(net);
    mpz_set_ui(best, 0);
    *trade = (struct trade){ 0 };
    for (double step = 1; step > 1e-9; step /= 2) {
        for (double log = low; log <= high; log += step) {
            if (log < 0 || !earned_at(net, &t, p, s, price, log))
                continue;
            int more = mpz_cmp(net, best);

            if (more < 0 || (more == 0 && log >= at))
                continue;
            mpz_set(best, net);
            *trade = t;
            at = log;
        }
        low = at - step / 2;
        high = at + step / 2;
    }
    mpz_clear(net);
}

/* The best of all trades, made. False: none pays. */
static bool greedy(mpz_t net, struct pool *p, const struct subject *s, const struct amount *price)
{
    uint32_t n = s->assets(p);
    struct way way = p->way;
    struct trade trade = { 0 }, t;
    mpz_t best, earned;

    mpz_inits(best, earned, NULL);
    for (uint32_t k = 0; k < n * n; k++) {
        p->way = (struct way){ k / n, k % n };
        if (k / n == k % n)
            continue;
        best_of(earned, &t, p, s, price);
        if (mpz_cmp(earned, best) <= 0)
            continue;
        mpz_set(best, earned);
        trade = t;
        way = p->way;
    }
    p->way = way;
    mpz_add(net, net, best);
    bool pays = mpz_sgn(best) > 0;

    mpz_clears(best, earned, NULL);
    return pays && s->pools->apply(p, &trade) == ERR_OK;
}

/* The atoms that one rounding of asset k is worth: Balancer's scaled atom, 300 times what its power
 * errs; a step of the root of the price in a concentrated pool. */
static void grain_of(mpz_t grain, struct pool *p, const struct subject *s, uint32_t k)
{
    struct u256 part = u256_of(0), one18 = u256_of(FIXED18_ONE), q96 = { { 0, UINT64_C(1) << 32 } };
    const struct concentrated *c = &p->as.concentrated;
    mpz_t more;

    mpz_init(more);
    p->way = (struct way){ (k + 1) % s->assets(p), k };
    s->pools->slack(grain, p);
    if (s->pools == &pools_weighted)
        mpz_mul_ui(grain, grain, 300);
    if (s->pools == &pools_concentrated) {
        assert_ok(u256_div_ceil(&part, &c->liquidity, k == 0 ? &c->sqrt_price : &q96));
        assert_ok(k == 0 ? u256_muldiv_ceil(&part, &part, &q96, &c->sqrt_price) : ERR_OK);
    } else if (s->pools != &pools_fixed_rate) {
        assert_ok(u256_div_ceil(&part, &one18, &p->as.weighted.pool.scaling[k]));
    }
    pools_mpz(more, &part);
    mpz_add(grain, grain, more);
    mpz_add_ui(grain, grain, 1);
    mpz_clear(more);
}

/* By how much some trades may miss the bound: a part in 1e9, and some roundings of each, 100 times
 * as large where a fee of 99 % follows. */
static void room_of(mpz_t room, const mpz_t bound, struct pool *p, const struct subject *s,
                    const struct amount *price)
{
    struct u256 one = u256_of(1);
    mpz_t grain, value;

    mpz_inits(grain, value, NULL);
    mpz_tdiv_q_ui(room, bound, 1000000000);
    mpz_add_ui(room, room, 1);
    for (uint32_t k = 0; k < s->assets(p); k++) {
        grain_of(grain, p, s, k);
        mpz_set_ui(value, 0);
        worth_add(value, &one, price[k], 1);
        mpz_mul(value, value, grain);
        mpz_addmul_ui(room, value, 1600 * GREEDY);
    }
    mpz_clears(grain, value, NULL);
}

/*
 * The best trades one after the other never earn more than the bound; a pool of two assets earns all
 * of it but for rounding. Only in stable pools of three and more assets the fee that stays moves
 * prices, by which they may earn more: less than the fee, as a part of the bound.
 */
static void test_bound_kinds_are_what_the_best_trades_earn(void **state)
{
    const struct subject *s = *state;
    struct prng r;
    mpz_t net, bound, room;
    int earned = 0;

    prng_init(&r, 802);
    mpz_inits(net, bound, room, NULL);
    for (int i = 0; i < ROUNDS / 10; i++) {
        struct amount price[BALANCER_ASSETS_MAX];
        struct u256 profit;
        struct pool p;
        bool priced = true; /* what is worthless may be given without end */
        double most = 1;

        do
            s->pools->make(&p, &r);
        while (s->assets(&p) > GREEDY_ASSETS);
        s->prepare(&p);
        prices_make(price, &p, s, &r);
        enum err err = s->bound(&profit, &p, price);

        if (err != ERR_OK) {
            assert_err(err, ERR_OVERFLOW);
            continue;
        }
        pools_mpz(bound, &profit);
        room_of(room, bound, &p, s, price);
        for (uint32_t k = 0; k < s->assets(&p); k++)
            priced = priced && !amount_is_zero(price[k]);
        mpz_set_ui(net, 0);
        for (int k = 0; k < GREEDY && greedy(net, &p, s, price); k++) {
        }
        if (s->pools == &pools_stable && s->assets(&p) > 2)
            most = 1 + (double)p.as.stable.pool.fee / FIXED18_ONE;
        assert_true(mpz_cmp(net, bound) <= 0 || mpz_get_d(net) <= most * mpz_get_d(bound));
        earned += mpz_sgn(net) > 0;
        mpz_add(net, net, room);
        if (priced && s->assets(&p) == 2)
            assert_true(mpz_cmp(net, bound) >= 0);
    }
    assert_true(earned > ROUNDS / 100);
    mpz_clears(net, bound, room, NULL);
}

static void test_bound_kinds_survive_hostile_parameters(void **state)
{
    const struct subject *s = *state;
    struct prng r;
    int bounded = 0;

    prng_init(&r, 803);
    for (int i = 0; i < 4 * ROUNDS; i++) {
        struct amount price[BALANCER_ASSETS_MAX];
        struct u256 profit;
        struct pool p;
        mpz_t net, bound;

        s->pools->make(&p, &r);
        s->pools->break_one(&p, &r);
        if (s->pools->check(&p) != ERR_OK)
            continue;
        for (uint32_t k = 0; k < BALANCER_ASSETS_MAX; k++) {
            struct u256 v = draw_u256(&r, 128);

            assert_ok(u256_to_amount(&price[k], &v));
        }
        enum err err = s->bound(&profit, &p, price);

        if (err != ERR_OK) {
            assert_err(err, ERR_OVERFLOW);
            continue;
        }
        mpz_inits(net, bound, NULL);
        pools_mpz(bound, &profit);
        way_draw(&p, s, &r);
        (void)trade_add(net, &p, s, price, draw_u256(&r, 256));
        assert_true(mpz_cmp(net, bound) <= 0);
        mpz_clears(net, bound, NULL);
        bounded++;
    }
    assert_true(bounded > ROUNDS / 2);
}

#define CLAIM(subject, claim)                                                                      \
    {                                                                                              \
#subject " " #claim, test_bound_kinds_##claim, NULL, NULL, &subjects.subject               \
    }
#define SUITE(subject)                                                                             \
    CLAIM(subject, exceed_every_trade), CLAIM(subject, are_what_the_best_trades_earn),             \
        CLAIM(subject, survive_hostile_parameters)

/* cmocka takes no const state. */
static struct {
    struct subject weighted, stable, concentrated, fixed_rate;
} subjects = {
    { &pools_weighted, weighted_assets, weighted_bound, weighted_prepare },
    { &pools_stable, stable_assets, stable_bound, stable_prepare },
    { &pools_concentrated, two_assets, concentrated_bound, no_prepare },
    { &pools_fixed_rate, two_assets, fixed_rate_bound, no_prepare },
};

int main(void)
{
    const struct CMUnitTest tests[] = { SUITE(weighted), SUITE(stable), SUITE(concentrated),
                                        SUITE(fixed_rate) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
