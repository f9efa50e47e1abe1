/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/market/stable.h"

#include "solver/core/check.h"
#include "solver/market/curve.h"

#define STEPS_MAX 255

static const struct u256 one = { { 1 } };
static const struct u256 precision = { { STABLE_PRECISION } };

/* A pool as its formulas see it. */
struct figures {
    uint32_t n;
    struct u256 balance[BALANCER_ASSETS_MAX]; /* scaled */
    struct u256 sum;                          /* of the balances */
    struct u256 count;                        /* n */
    struct u256 factor;                       /* a n, in thousandths */
};

/* The contract reverts when it divides by zero, as when it overflows. */
static enum err div_down(struct u256 *out, const struct u256 *num, const struct u256 *den)
{
    return u256_is_zero(den) ? ERR_OVERFLOW : u256_div_floor(out, num, den);
}

static enum err div_up(struct u256 *out, const struct u256 *num, const struct u256 *den)
{
    return u256_is_zero(den) ? ERR_OVERFLOW : u256_div_ceil(out, num, den);
}

static bool converged(const struct u256 *a, const struct u256 *b)
{
    const struct u256 *low = u256_cmp(a, b) < 0 ? a : b, *high = low == a ? b : a;
    struct u256 gap;

    return u256_sub(&gap, high, low) == ERR_OK && u256_cmp(&gap, &one) <= 0;
}

static enum err figures_of(struct figures *f, const struct stable *s)
{
    struct u256 amplification = u256_of(s->amplification);

    *f = (struct figures){ .n = s->pool.n, .count = u256_of(s->pool.n) };
    TRY(u256_mul(&f->factor, &amplification, &f->count));
    for (uint32_t k = 0; k < f->n; k++) {
        TRY(balancer_scale(&f->balance[k], &s->pool, k, &s->pool.balance[k]));
        TRY(u256_add(&f->sum, &f->sum, &f->balance[k]));
    }
    return ERR_OK;
}

/* next = (a n sum + p n) d / ((a n - 1) d + (n + 1) p) with p = d^(n+1) / (n^n prod(b)). */
static enum err invariant_step(struct u256 *next, const struct figures *f, const struct u256 *d)
{
    struct u256 p = *d, num, den, part;

    for (uint32_t k = 0; k < f->n; k++) {
        TRY(u256_mul(&part, &f->balance[k], &f->count));
        TRY(u256_mul(&p, &p, d));
        TRY(div_down(&p, &p, &part));
    }
    TRY(u256_mul(&num, &f->factor, &f->sum));
    TRY(div_down(&num, &num, &precision));
    TRY(u256_mul(&part, &p, &f->count));
    TRY(u256_add(&num, &num, &part));
    TRY(u256_mul(&num, &num, d));
    TRY(u256_add(&part, &part, &p));
    TRY(u256_sub(&den, &f->factor, &precision));
    TRY(u256_mul(&den, &den, d));
    TRY(div_down(&den, &den, &precision));
    TRY(u256_add(&den, &den, &part));
    return div_down(next, &num, &den);
}

static enum err invariant(struct u256 *d, const struct figures *f)
{
    struct u256 before = f->sum, after;

    for (int i = 0; i < STEPS_MAX; i++) {
        TRY(invariant_step(&after, f, &before));
        if (converged(&before, &after)) {
            *d = after;
            return ERR_OK;
        }
        before = after;
    }
    return ERR_OVERFLOW;
}

/* What the Newton steps to a balance keep: t <- (t^2 + c) / (2 t + b), b may be negative. */
struct quadratic {
    struct u256 c;
    struct u256 plus;  /* b = plus - minus */
    struct u256 minus; /* D */
};

/* With p = n^n prod(b) / d^(n-1): c = d^2 b_k / (a n p), plus = the other balances + d / (a n). */
static enum err quadratic_of(struct quadratic *q, const struct figures *f, const struct u256 *d,
                             uint32_t k)
{
    struct u256 p, square, rest;

    TRY(u256_mul(&p, &f->balance[0], &f->count));
    for (uint32_t j = 1; j < f->n; j++) {
        TRY(u256_mul(&p, &p, &f->balance[j]));
        TRY(u256_mul(&p, &p, &f->count));
        TRY(div_down(&p, &p, d));
    }
    TRY(u256_mul(&square, d, d));
    TRY(u256_mul(&p, &p, &f->factor));
    TRY(div_up(&q->c, &square, &p));
    TRY(u256_mul(&q->c, &q->c, &precision));
    TRY(u256_mul(&q->c, &q->c, &f->balance[k]));
    TRY(u256_sub(&rest, &f->sum, &f->balance[k]));
    TRY(div_down(&q->plus, d, &f->factor));
    TRY(u256_mul(&q->plus, &q->plus, &precision));
    TRY(u256_add(&q->plus, &q->plus, &rest));
    q->minus = *d;
    return ERR_OK;
}

/* The contract starts at (d^2 + c) / (d + b), which is a step from t = d. */
static enum err quadratic_step(struct u256 *next, const struct quadratic *q, const struct u256 *t)
{
    struct u256 num, den;

    TRY(u256_mul(&num, t, t));
    TRY(u256_add(&num, &num, &q->c));
    TRY(u256_add(&den, t, t));
    TRY(u256_add(&den, &den, &q->plus));
    TRY(u256_sub(&den, &den, &q->minus));
    return div_up(next, &num, &den);
}

/* The balance that asset k must have so that D is d, the other balances given. */
static enum err balance_for(struct u256 *balance, const struct figures *f, const struct u256 *d,
                            uint32_t k)
{
    struct u256 before, after;
    struct quadratic q;

    TRY(quadratic_of(&q, f, d, k));
    TRY(quadratic_step(&before, &q, d));
    for (int i = 0; i < STEPS_MAX; i++) {
        TRY(quadratic_step(&after, &q, &before));
        if (converged(&before, &after)) {
            *balance = after;
            return ERR_OK;
        }
        before = after;
    }
    return ERR_OVERFLOW;
}

enum err stable_invariant(struct u256 *d, const struct stable *s)
{
    struct figures f;

    TRY(figures_of(&f, s));
    return invariant(d, &f);
}

enum err stable_check(const struct stable *s)
{
    struct u256 d;

    TRY(balancer_check(&s->pool));
    if (s->amplification < STABLE_PRECISION || s->amplification > STABLE_AMPLIFICATION_MAX)
        return ERR_INVALID;
    if (stable_invariant(&d, s) != ERR_OK || u256_is_zero(&d))
        return ERR_INVALID;
    return u256_cmp(&d, &s->invariant) == 0 ? ERR_OK : ERR_INVALID;
}

/* y for x, both scaled and without fee; zero where the contract would get below zero. */
static enum err given_in(struct u256 *y, const struct stable *s, struct way way,
                         const struct u256 *x)
{
    struct figures f;
    struct u256 left;

    CHECK(way_in(way, s->pool.n));
    TRY(figures_of(&f, s));
    TRY(u256_add(&f.balance[way.give], &f.balance[way.give], x));
    TRY(u256_add(&f.sum, &f.sum, x));
    TRY(balance_for(&left, &f, &s->invariant, way.get));
    TRY(u256_add(&left, &left, &one));
    *y = u256_of(0);
    return u256_cmp(&left, &f.balance[way.get]) < 0 ? u256_sub(y, &f.balance[way.get], &left)
                                                    : ERR_OK;
}

/* x for y, both scaled and without fee. */
static enum err given_out(struct u256 *x, const struct stable *s, struct way way,
                          const struct u256 *y)
{
    struct figures f;
    struct u256 needed;

    CHECK(way_in(way, s->pool.n));
    TRY(figures_of(&f, s));
    if (u256_cmp(y, &f.balance[way.get]) >= 0)
        return ERR_NOT_FOUND;
    TRY(u256_sub(&f.balance[way.get], &f.balance[way.get], y));
    TRY(u256_sub(&f.sum, &f.sum, y));
    TRY(balance_for(&needed, &f, &s->invariant, way.give));
    TRY(u256_add(&needed, &needed, &one));
    return u256_sub(x, &needed, &f.balance[way.give]);
}

enum err stable_out(struct trade *t, const struct stable *s, struct way way,
                    const struct u256 *offer)
{
    struct trade got = { .in = *offer };
    struct u256 x, y;

    TRY(balancer_fee_off(&x, &s->pool, offer));
    TRY(balancer_scale(&x, &s->pool, way.give, &x));
    TRY(given_in(&y, s, way, &x));
    TRY(balancer_unscale_down(&got.out, &s->pool, way.get, &y));
    *t = u256_is_zero(&got.out) ? (struct trade){ 0 } : got;
    return ERR_OK;
}

static enum err out_of(struct trade *t, const void *self, struct way way, const struct u256 *offer)
{
    return stable_out(t, self, way, offer);
}

enum err stable_in(struct trade *t, const struct stable *s, struct way way, const struct u256 *want)
{
    struct balancer_pool pool = { s, way, out_of };
    struct u256 x, y;

    if (u256_is_zero(want)) {
        *t = (struct trade){ 0 };
        return ERR_OK;
    }
    TRY(balancer_scale(&y, &s->pool, way.get, want));
    TRY(given_out(&x, s, way, &y));
    TRY(balancer_unscale_up(&x, &s->pool, way.give, &x));
    TRY(balancer_fee_on(&x, &s->pool, &x));
    return balancer_reach(t, &pool, &x, want);
}

enum err stable_apply(struct stable *s, struct way way, const struct trade *t)
{
    TRY(balancer_apply(&s->pool, way, t));
    if (stable_invariant(&s->invariant, s) != ERR_OK)
        s->invariant = u256_of(0);
    return ERR_OK;
}
