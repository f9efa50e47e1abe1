/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound_balancer.h"
#include "solver/route/bound_kinds.h"
#include "solver/route/bound_search.h"

#define ROUGH_BITS 50 /* of the divisions that find P, each by more than 2^PRODUCT_BITS */
#define PRODUCT_BITS 60

/*
 * With A = a n, b the scaled balances and P = D^(n+1) / (n^n prod(b)) the pool lets trades end where
 *   G(b) = A sum(b) + D - A D - P(b) >= 0,
 * a convex set. At prices c without a fee (bound_balancer.h) and for any mu >= 0 with A mu below
 * every c_k, no trade earns more than the Lagrangian
 *   sum(c b) - D ((A - 1) mu + (n + 1) (mu prod(c_k - A mu) / n^n)^(1 / (n + 1)))
 * An error of mu and c enters in the second order, so they are found in doubles.
 *
 * D is the venue's own, found in integers, so the balances need not lie on the surface; every
 * division on the way to a balance rounds against the trader, hence a swap ends in the set. That
 * holds for joint trades at the snapshot and for what swaps of two assets do in a sequence. With
 * three and more assets the fee that stays in the pool may move another price in the trader's
 * favour: sequences of random tests earned up to a third of the fee, as a part of the bound, more.
 */
struct pool {
    const struct stable *stable;
    struct u256 scaled[BALANCER_ASSETS_MAX];
    struct u256 sum;    /* of them */
    struct u256 factor; /* A, in thousandths */
};

static const struct u256 precision = { { STABLE_PRECISION } };

static enum err pool_of(struct pool *p, const struct stable *s)
{
    struct u256 amplification = u256_of(s->amplification), n = u256_of(s->pool.n);

    *p = (struct pool){ .stable = s };
    TRY(bound_balancer_scale(p->scaled, &s->pool));
    TRY(u256_mul(&p->factor, &amplification, &n));
    for (uint32_t k = 0; k < s->pool.n; k++)
        TRY(u256_add(&p->sum, &p->sum, &p->scaled[k]));
    return ERR_OK;
}

/* ---- pools that do not trade ---- */

/* P in thousandths, rounded down; false when that may have cost more than 2^-PRODUCT_BITS of it. */
static bool product_of(struct u256 *product, const struct pool *p)
{
    const struct u256 *d = &p->stable->invariant;
    struct u256 part, n = u256_of(p->stable->pool.n);

    if (u256_mul(product, d, &precision) != ERR_OK)
        return false;
    for (uint32_t k = 0; k < p->stable->pool.n; k++) {
        if (u256_mul(&part, &p->scaled[k], &n) != ERR_OK ||
            u256_muldiv_floor(product, product, d, &part) != ERR_OK ||
            u256_bits(product) <= PRODUCT_BITS)
            return false;
    }
    return true;
}

/* G in thousandths, from above; 0 when the balances are outside the set. */
static enum err slack_of(struct u256 *slack, const struct pool *p, const struct u256 *product)
{
    const struct u256 *d = &p->stable->invariant;
    struct u512 plus, minus, part;

    wide_mul(&plus, &p->factor, &p->sum);
    wide_mul(&part, d, &precision);
    TRY(wide_add(&plus, &plus, &part));
    wide_mul(&minus, d, &p->factor);
    part = wide_of(product);
    TRY(wide_add(&minus, &minus, &part));
    *slack = u256_of(0);
    if (wide_cmp(&plus, &minus) <= 0)
        return ERR_OK;
    TRY(wide_sub(&plus, &plus, &minus));
    return wide_narrow(slack, &plus);
}

/*
 * The price of an asset over its marginal weight in thousandths, A + P / b. Where those agree up to
 * the fee no trade pays, but what lies between the balances and the surface, G, at the largest of
 * them. false: it may trade.
 */
static bool idle(struct u256 *profit, const struct pool *p, const struct amount *price)
{
    const struct balancer *b = &p->stable->pool;
    struct rough rate[BALANCER_ASSETS_MAX], most;
    struct u256 product, weight, slack;

    if (!product_of(&product, p))
        return false;
    for (uint32_t k = 0; k < b->n; k++) {
        if (u256_mul(&weight, &p->factor, &p->scaled[k]) != ERR_OK ||
            u256_add(&weight, &weight, &product) != ERR_OK)
            return false;
        rate[k] =
            rough_div(rough_mul(bound_balancer_rough(b, k, price[k]), rough_of(&p->scaled[k])),
                      rough_of(&weight));
    }
    if (!bound_balancer_idle(&most, b, rate, ROUGH_BITS) || slack_of(&slack, p, &product) != ERR_OK)
        return false;
    return rough_ceil(profit, rough_mul(most, rough_of(&slack)), ROUGH_BITS) == ERR_OK;
}

/* ---- pools that trade ---- */

/* The sums of the Lagrangian, over the assets so far. */
struct lagrangian {
    struct interval unit; /* the highest price, which the search calls 1 */
    struct interval mu;
    struct interval slope; /* A mu */
    struct interval worth; /* sum(c b) */
    struct interval power; /* mu prod(c - A mu) / n^n */
};

static void lagrangian_init(struct lagrangian *l, const struct pool *p, const struct amount *price)
{
    struct interval low;

    interval_init(&low);
    interval_init(&l->unit);
    interval_init(&l->mu);
    interval_init(&l->slope);
    interval_init(&l->worth);
    interval_init(&l->power);
    for (uint32_t k = 0; k < p->stable->pool.n; k++) {
        bound_balancer_low(&low, &p->stable->pool, k, price[k]);
        if (mpfr_cmp(&low.v->right, &l->unit.v->right) > 0)
            mpfi_set_fr(l->unit.v, &low.v->right);
    }
}

/* a / b as a double */
static double ratio_of(const struct interval *a, const struct interval *b)
{
    struct interval ratio;

    interval_init(&ratio);
    mpfi_div(ratio.v, a->v, b->v);
    return mpfi_get_d(ratio.v);
}

static void search(struct bound_surface *f, const struct pool *p, const struct lagrangian *l,
                   const struct amount *price)
{
    const struct balancer *b = &p->stable->pool;
    struct interval low, balance, d;

    interval_init(&low);
    interval_init(&balance);
    interval_init(&d);
    interval_set(&d, &p->stable->invariant);
    f->n = b->n;
    f->amplification = (double)p->stable->amplification / STABLE_PRECISION * b->n;
    for (uint32_t k = 0; k < b->n; k++) {
        interval_set(&balance, &p->scaled[k]);
        f->x[k] = ratio_of(&balance, &d);
        bound_balancer_low(&low, b, k, price[k]);
        f->low[k] = ratio_of(&low, &l->unit);
        bound_balancer_high(&low, b, &low);
        f->high[k] = ratio_of(&low, &l->unit);
    }
    bound_search_surface(f);
}

/* mu of the search, a point; A mu; and the power begins with mu. */
static void mu_set(struct lagrangian *l, const struct pool *p, double mu)
{
    mpfr_mul_d(&l->mu.v->left, &l->unit.v->right, mu, MPFR_RNDN);
    mpfr_set(&l->mu.v->right, &l->mu.v->left, MPFR_RNDN);
    mpfi_set(l->slope.v, l->mu.v);
    interval_times(&l->slope, &p->factor);
    interval_over(&l->slope, &precision);
    mpfi_set(l->power.v, l->mu.v);
}

/*
 * c_k - A mu: a point for an asset between, where that surely leaves c_k in its range; else c_k is
 * the end that is near. *c is c_k.
 */
static void rest_of(struct interval *rest, struct interval *c, const struct pool *p,
                    const struct lagrangian *l, const struct bound_surface *f, uint32_t k,
                    struct amount price)
{
    bool at_high = f->place[k] == BOUND_GIVEN;
    struct interval low, high;

    interval_init(&low);
    interval_init(&high);
    bound_balancer_low(&low, &p->stable->pool, k, price);
    bound_balancer_high(&high, &p->stable->pool, &low);
    if (f->place[k] == BOUND_BETWEEN) {
        mpfr_mul_d(&rest->v->left, &l->unit.v->right, f->rest[k], MPFR_RNDN);
        mpfr_set(&rest->v->right, &rest->v->left, MPFR_RNDN);
        mpfi_add(c->v, l->slope.v, rest->v);
        at_high = mpfi_cmp(c->v, high.v) >= 0;
        if (!at_high && mpfi_cmp(low.v, c->v) < 0)
            return;
    }
    mpfi_set(c->v, at_high ? high.v : low.v);
    mpfi_sub(rest->v, c->v, l->slope.v);
}

/* False: c_k is not surely above A mu. */
static bool asset_add(struct lagrangian *l, const struct pool *p, const struct bound_surface *f,
                      uint32_t k, struct amount price)
{
    struct interval rest, c;

    interval_init(&rest);
    interval_init(&c);
    rest_of(&rest, &c, p, l, f, k, price);
    if (!mpfi_is_strictly_pos(rest.v))
        return false;
    interval_times(&c, &p->scaled[k]);
    mpfi_add(l->worth.v, l->worth.v, c.v);
    mpfi_mul(l->power.v, l->power.v, rest.v);
    mpfi_div_ui(l->power.v, l->power.v, f->n);
    return true;
}

/* worth - D ((A - 1) mu + (n + 1) power^(1 / (n + 1))) */
static enum err profit_of(struct u256 *profit, struct lagrangian *l, const struct pool *p)
{
    uint32_t n = p->stable->pool.n;

    interval_root(&l->power, &l->power, n + 1);
    mpfi_mul_ui(l->power.v, l->power.v, n + 1);
    mpfi_add(l->power.v, l->power.v, l->slope.v);
    mpfi_sub(l->power.v, l->power.v, l->mu.v);
    interval_times(&l->power, &p->stable->invariant);
    mpfi_sub(l->worth.v, l->worth.v, l->power.v);
    return interval_ceil(profit, &l->worth);
}

/* Where the search fails, what all balances are worth is a bound. */
static enum err trading(struct u256 *profit, const struct pool *p, const struct amount *price)
{
    uint32_t n = p->stable->pool.n;
    struct bound_surface f;
    struct lagrangian l;
    bool found = true;

    lagrangian_init(&l, p, price);
    search(&f, p, &l, price);
    mu_set(&l, p, f.mu);
    for (uint32_t k = 0; found && k < n; k++)
        found = asset_add(&l, p, &f, k, price[k]);
    return found ? profit_of(profit, &l, p)
                 : bound_balancer_whole(profit, &p->stable->pool, p->scaled, price);
}

enum err bound_stable(struct u256 *profit, const struct stable *s, const struct amount *price)
{
    struct pool p;

    *profit = u256_of(0);
    if (u256_is_zero(&s->invariant)) /* it trades no more */
        return ERR_OK;
    TRY(pool_of(&p, s));
    for (uint32_t k = 0; k < s->pool.n; k++)
        if (amount_is_zero(price[k]))
            return bound_balancer_whole(profit, &s->pool, p.scaled, price);
    return idle(profit, &p, price) ? ERR_OK : trading(profit, &p, price);
}
