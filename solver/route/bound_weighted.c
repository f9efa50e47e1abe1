/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound_balancer.h"
#include "solver/route/bound_kinds.h"
#include "solver/route/bound_search.h"

#define ROUGH_BITS 55 /* of four products and two quotients */

/*
 * At prices c without a fee (bound_balancer.h) the pool keeps sum(w log B), so with V_k = c_k B_k and
 * W = sum(w) no trade earns more than
 *   sum(V) - W exp(sum(w_k log(V_k / w_k)) / W)
 * The best c has V_k / w_k = m wherever its range allows, one m for all. Any m gives a bound, and an
 * error of m enters in the second order, so m is found in doubles.
 *
 * Single trades and sequences both stay in the set {x : sum(w log) is kept, keep of each net input
 * counts}: the venue rounds its powers against the trader, by more than their error while exponents
 * are below 1e5 (above 390 it reverts), and a fee left in the pool only raises what a swap must add.
 */
struct pool {
    const struct weighted *weighted;
    struct interval worth[BALANCER_ASSETS_MAX]; /* of the balance at the price */
    struct interval log[BALANCER_ASSETS_MAX];   /* of worth over weight */
    struct interval fee_log;                    /* of 1 / keep */
    struct interval level, level_log;           /* m, a point, and its logarithm */
    struct interval sum;                        /* of V */
    struct interval log_sum;                    /* of w log(V / w) */
};

static bool idle(const struct weighted *w, const struct u256 *scaled, const struct amount *price)
{
    struct rough rate[BALANCER_ASSETS_MAX], most;

    for (uint32_t k = 0; k < w->pool.n; k++)
        rate[k] =
            rough_div(rough_mul(bound_balancer_rough(&w->pool, k, price[k]), rough_of(&scaled[k])),
                      rough_of_u64(w->weight[k]));
    return bound_balancer_idle(&most, &w->pool, rate, ROUGH_BITS);
}

static void pool_init(struct pool *p, const struct weighted *w, const struct u256 *scaled,
                      const struct amount *price)
{
    struct interval ratio, one;

    p->weighted = w;
    for (uint32_t k = 0; k < w->pool.n; k++) {
        struct u256 weight = u256_of(w->weight[k]);

        interval_init(&p->worth[k]);
        interval_init(&p->log[k]);
        bound_balancer_low(&p->worth[k], &w->pool, k, price[k]);
        interval_times(&p->worth[k], &scaled[k]);
        mpfi_set(p->log[k].v, p->worth[k].v);
        interval_over(&p->log[k], &weight);
        interval_log(&p->log[k], &p->log[k]);
    }
    interval_init(&ratio);
    interval_init(&one);
    interval_init(&p->fee_log);
    interval_init(&p->level);
    interval_init(&p->level_log);
    interval_init(&p->sum);
    interval_init(&p->log_sum);
    mpfi_set_ui(one.v, 1);
    bound_balancer_high(&ratio, &w->pool, &one);
    interval_log(&p->fee_log, &ratio);
}

/* m; its logarithm less that of the first asset comes from the search. */
static void level_set(struct pool *p, const struct bound_level *l)
{
    mpfi_mid(&p->level.v->left, p->log[0].v);
    mpfr_add_d(&p->level.v->left, &p->level.v->left, l->level, MPFR_RNDN);
    mpfr_exp(&p->level.v->left, &p->level.v->left, MPFR_RNDN);
    mpfr_set(&p->level.v->right, &p->level.v->left, MPFR_RNDN);
    interval_log(&p->level_log, &p->level);
}

/* V_k = m w_k and its logarithm. Where that is not surely in the range of c, the end that is near. */
static enum bound_place level_place(struct interval *value, struct interval *log,
                                    const struct pool *p, uint32_t k)
{
    struct interval high;

    interval_init(&high);
    bound_balancer_high(&high, &p->weighted->pool, &p->worth[k]);
    mpfi_mul_ui(value->v, p->level.v, p->weighted->weight[k]);
    mpfi_set(log->v, p->level_log.v);
    if (mpfi_cmp(value->v, high.v) >= 0)
        return BOUND_GIVEN;
    return mpfi_cmp(p->worth[k].v, value->v) < 0 ? BOUND_BETWEEN : BOUND_GOT;
}

/* V_k and log(V_k / w_k) into the sums. */
static void asset_add(struct pool *p, uint32_t k, enum bound_place place)
{
    struct interval value, log;

    interval_init(&value);
    interval_init(&log);
    if (place == BOUND_BETWEEN)
        place = level_place(&value, &log, p, k);
    if (place != BOUND_BETWEEN) {
        mpfi_set(value.v, p->worth[k].v);
        mpfi_set(log.v, p->log[k].v);
    }
    if (place == BOUND_GIVEN) {
        bound_balancer_high(&value, &p->weighted->pool, &value);
        mpfi_add(log.v, log.v, p->fee_log.v);
    }
    mpfi_add(p->sum.v, p->sum.v, value.v);
    mpfi_mul_ui(log.v, log.v, p->weighted->weight[k]);
    mpfi_add(p->log_sum.v, p->log_sum.v, log.v);
}

static void search(struct bound_level *l, const struct pool *p)
{
    struct interval gap;

    interval_init(&gap);
    l->n = p->weighted->pool.n;
    l->width = mpfi_get_d(p->fee_log.v);
    for (uint32_t k = 0; k < l->n; k++) {
        mpfi_sub(gap.v, p->log[k].v, p->log[0].v);
        l->log[k] = mpfi_get_d(gap.v);
        l->weight[k] = (double)p->weighted->weight[k];
    }
    bound_search_level(l);
}

/* sum(V) - W exp(log_sum / W) */
static enum err profit_of(struct u256 *profit, struct pool *p)
{
    struct u256 weights = u256_of(0), weight;

    for (uint32_t k = 0; k < p->weighted->pool.n; k++) {
        weight = u256_of(p->weighted->weight[k]);
        TRY(u256_add(&weights, &weights, &weight));
    }
    interval_over(&p->log_sum, &weights);
    mpfi_exp(p->log_sum.v, p->log_sum.v);
    interval_times(&p->log_sum, &weights);
    mpfi_sub(p->sum.v, p->sum.v, p->log_sum.v);
    return interval_ceil(profit, &p->sum);
}

enum err bound_weighted(struct u256 *profit, const struct weighted *w, const struct amount *price)
{
    struct u256 scaled[BALANCER_ASSETS_MAX];
    struct bound_level l;
    struct pool p;
    bool between = false;

    TRY(bound_balancer_scale(scaled, &w->pool));
    *profit = u256_of(0);
    if (idle(w, scaled, price))
        return ERR_OK;
    for (uint32_t k = 0; k < w->pool.n; k++)
        if (amount_is_zero(price[k]))
            return bound_balancer_whole(profit, &w->pool, scaled, price);
    pool_init(&p, w, scaled, price);
    search(&l, &p);
    for (uint32_t k = 0; k < l.n; k++)
        between = between || l.place[k] == BOUND_BETWEEN;
    if (between)
        level_set(&p, &l);
    for (uint32_t k = 0; k < l.n; k++)
        asset_add(&p, k, l.place[k]);
    return profit_of(profit, &p);
}
