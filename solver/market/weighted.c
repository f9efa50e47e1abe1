/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/weighted.h"

#include "solver/core/check.h"
#include "solver/market/curve.h"
#include "solver/market/fixed18.h"

static const struct u256 one18 = { { FIXED18_ONE } };
static const struct u256 limit = { { FIXED18_ONE / 10 * 3 } };

/* The scaled balances of a way. */
struct sides {
    struct u256 give, get;
};

enum err weighted_check(const struct weighted *w)
{
    TRY(balancer_check(&w->pool));
    for (uint32_t k = 0; k < w->pool.n; k++) {
        if (w->weight[k] == 0 || w->weight[k] > FIXED18_ONE)
            return ERR_INVALID;
    }
    return ERR_OK;
}

static enum err sides_of(struct sides *s, const struct weighted *w, struct way way)
{
    const struct balancer *b = &w->pool;

    CHECK(way_in(way, b->n));
    TRY(balancer_scale(&s->give, b, way.give, &b->balance[way.give]));
    return balancer_scale(&s->get, b, way.get, &b->balance[way.get]);
}

/* ERR_OVERFLOW when amount is more than the pool lets pass at once. */
static enum err limit_check(const struct weighted *w, const struct u256 *amount,
                            const struct u256 *balance)
{
    struct u256 most;

    if (w->unlimited)
        return ERR_OK;
    TRY(fixed18_mul_down(&most, balance, &limit));
    return u256_cmp(amount, &most) <= 0 ? ERR_OK : ERR_OVERFLOW;
}

static enum err power(struct u256 *out, const struct weighted *w, const struct u256 *base,
                      const struct u256 *exponent)
{
    return w->multiplies ? fixed18_pow_up_v3(out, base, exponent)
                         : fixed18_pow_up(out, base, exponent);
}

/* y for x, both scaled and without fee. */
static enum err given_in(struct u256 *y, const struct weighted *w, struct way way,
                         const struct u256 *x)
{
    struct u256 source = u256_of(w->weight[way.give]), target = u256_of(w->weight[way.get]);
    struct u256 after, ratio;
    struct sides s;

    TRY(sides_of(&s, w, way));
    TRY(limit_check(w, x, &s.give));
    TRY(u256_add(&after, &s.give, x));
    TRY(fixed18_div_up(&ratio, &s.give, &after));
    TRY(fixed18_div_down(&source, &source, &target));
    TRY(power(&ratio, w, &ratio, &source));
    ratio = fixed18_complement(&ratio);
    return fixed18_mul_down(y, &s.get, &ratio);
}

/* x for y, both scaled and without fee. */
static enum err given_out(struct u256 *x, const struct weighted *w, struct way way,
                          const struct u256 *y)
{
    struct u256 source = u256_of(w->weight[way.give]), target = u256_of(w->weight[way.get]);
    struct u256 after, ratio;
    struct sides s;

    TRY(sides_of(&s, w, way));
    if (limit_check(w, y, &s.get) != ERR_OK || u256_cmp(y, &s.get) >= 0)
        return ERR_NOT_FOUND;
    TRY(u256_sub(&after, &s.get, y));
    TRY(fixed18_div_up(&ratio, &s.get, &after));
    TRY(fixed18_div_up(&target, &target, &source));
    TRY(power(&ratio, w, &ratio, &target));
    TRY(u256_sub(&ratio, &ratio, &one18));
    return fixed18_mul_up(x, &s.give, &ratio);
}

enum err weighted_out(struct trade *t, const struct weighted *w, struct way way,
                      const struct u256 *offer)
{
    struct trade got = { .in = *offer };
    struct u256 x, y;

    TRY(balancer_fee_off(&x, &w->pool, offer));
    TRY(balancer_scale(&x, &w->pool, way.give, &x));
    TRY(given_in(&y, w, way, &x));
    TRY(balancer_unscale_down(&got.out, &w->pool, way.get, &y));
    *t = u256_is_zero(&got.out) ? (struct trade){ 0 } : got;
    return ERR_OK;
}

static enum err out_of(struct trade *t, const void *self, struct way way, const struct u256 *offer)
{
    return weighted_out(t, self, way, offer);
}

enum err weighted_ask(struct u256 *in, const struct weighted *w, struct way way,
                      const struct u256 *want)
{
    struct u256 x, y;

    TRY(balancer_scale(&y, &w->pool, way.get, want));
    TRY(given_out(&x, w, way, &y));
    TRY(balancer_unscale_up(&x, &w->pool, way.give, &x));
    return balancer_fee_on(in, &w->pool, &x);
}

enum err weighted_in(struct trade *t, const struct weighted *w, struct way way,
                     const struct u256 *want)
{
    struct balancer_pool pool = { w, way, out_of };
    struct u256 in;

    if (u256_is_zero(want)) {
        *t = (struct trade){ 0 };
        return ERR_OK;
    }
    TRY(weighted_ask(&in, w, way, want));
    return balancer_reach(t, &pool, &in, want);
}

enum err weighted_apply(struct weighted *w, struct way way, const struct trade *t)
{
    return balancer_apply(&w->pool, way, t);
}
