/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/plain_lp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "solver/core/check.h"
#include "solver/route/lp.h"
#include "tests/support/networks.h"

#define PIVOTS_ROUND UINT64_C(50000)
#define PRICE_LEAST 1e-9  /* of an asset that the master does not care about */
#define WIDTH 1e-12       /* books are not smoothed */
#define SIZE_LEAST 1e-7   /* of a column, in orders */
#define REDUCED_LEAST 0.1 /* of the tolerance: what a new column must promise */

/* A trade of a curve, divided by its size so that coefficients are near 1. */
struct column {
    uint32_t real;
    double size;
    double net[REAL_ASSETS_MAX];
    enum lp_place place;
};

struct plain {
    const struct route_market *m;
    const struct router_order *order;
    double unit; /* value of the order at reference prices: 1 in the program */
    struct lp *lp;
    struct column *columns;
    size_t columns_n;
    size_t columns_room;
    enum lp_place *rows; /* of the last basis */
    double *u;
    double *e;
    double out;
};

static double now(void)
{
    struct timespec t;

    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* net in orders, for the assets of the curve. */
static void column_add(struct plain *p, uint32_t real, const double *net)
{
    unsigned n = p->m->real[real].n;
    struct column c = { .real = real, .place = LP_LOWER };

    for (unsigned k = 0; k < n; k++)
        c.size = fmax(c.size, fabs(net[k]));
    if (!isfinite(c.size) || c.size < SIZE_LEAST)
        return;
    for (unsigned k = 0; k < n; k++)
        c.net[k] = net[k] / c.size;
    if (p->columns_n == p->columns_room) {
        p->columns_room = p->columns_room == 0 ? 1024 : 2 * p->columns_room;
        p->columns = realloc(p->columns, p->columns_room * sizeof *p->columns);
        CHECK(p->columns != NULL);
    }
    p->columns[p->columns_n++] = c;
}

static void chord_add(struct plain *p, uint32_t real, struct way way, struct real_trade t)
{
    double net[REAL_ASSETS_MAX] = { 0 };

    if (t.out <= 0)
        return;
    net[way.give] = -t.in / p->unit;
    net[way.get] = t.out / p->unit;
    column_add(p, real, net);
}

/* A few chords of every way, up to ten orders large. */
static void chords_begin(struct plain *p)
{
    for (uint32_t i = 0; i < p->m->curves_n; i++) {
        const struct real_curve *c = &p->m->real[i];

        for (unsigned pair = 0; c->live != 0 && pair < (unsigned)c->n * c->n; pair++) {
            struct way way = { pair / c->n, pair % c->n };

            if (!way_in(way, c->n) || !isfinite(real_curve_top(c, way)))
                continue;
            for (double share = 1e-3; share < 20; share *= 10) {
                double in = share * p->unit;

                chord_add(p, i, way, (struct real_trade){ in, real_curve_out(c, way, in) });
            }
        }
    }
}

static void program_build(struct plain *p)
{
    const struct route_market *m = p->m;
    struct lp *lp = p->lp;
    size_t curve_row = m->assets_n;

    lp_clear(lp);
    for (uint32_t i = 0; i < m->assets_n; i++)
        (void)lp_row(lp, i == p->order->sell ? -1 : 0, LP_FREE);
    for (size_t i = 0; i < m->curves_n; i++)
        (void)lp_row(lp, -LP_FREE, 1);
    size_t payout = lp_column(lp, -1, 0, LP_FREE);

    lp_entry(lp, p->order->buy, payout, -1);
    for (size_t k = 0; k < p->columns_n; k++) {
        const struct column *c = &p->columns[k];
        const struct real_curve *r = &m->real[c->real];
        size_t column = lp_column(lp, 0, 0, LP_FREE);

        for (unsigned a = 0; a < r->n; a++)
            lp_entry(lp, r->node[a], column, c->net[a]);
        lp_entry(lp, curve_row + c->real, column, 1 / c->size);
        lp_place(lp, column, c->place);
    }
}

/* Start from where the last round ended. */
static void basis_place(struct plain *p, bool first)
{
    size_t rows = p->m->assets_n + p->m->curves_n;

    lp_place(p->lp, 0, first ? LP_LOWER : LP_BASIC);
    for (size_t i = 0; i < rows && !first; i++)
        lp_place_row(p->lp, i, p->rows[i]);
}

static void basis_keep(struct plain *p)
{
    for (size_t i = 0; i < p->m->assets_n + p->m->curves_n; i++)
        p->rows[i] = lp_row_place(p->lp, i);
    for (size_t k = 0; k < p->columns_n; k++)
        p->columns[k].place = lp_column_place(p->lp, k + 1);
}

/* The master's prices, one for what is bought. */
static void duals_read(struct plain *p)
{
    double buy = lp_dual(p->lp, p->order->buy);

    for (size_t i = 0; i < p->m->assets_n; i++) {
        p->e[i] = fmax(lp_dual(p->lp, i) / buy, PRICE_LEAST);
        p->u[i] = log(p->e[i]);
    }
}

/* The bound at the duals, in orders; every curve that promises something adds its best trade. */
static double columns_price(struct plain *p, double least)
{
    const struct real_smooth sharp = { .width = WIDTH };
    double bound = p->e[p->order->sell];

    for (uint32_t i = 0; i < p->m->curves_n; i++) {
        const struct real_curve *c = &p->m->real[i];
        double profit = c->live == 0 ? 0 : real_curve_profit(c, p->u, p->e) / p->unit;
        struct real_pull pull;

        bound += profit;
        if (profit - fabs(lp_dual(p->lp, p->m->assets_n + i)) < least)
            continue;
        if (real_curve_pull(&pull, c, p->u, p->e, &sharp) != REAL_TRADES)
            continue;
        for (unsigned k = 0; k < c->n; k++)
            pull.net[k] /= p->e[c->node[k]] * p->unit;
        column_add(p, i, pull.net);
    }
    return bound;
}

static void round_run(struct plain_lp_result *r, struct plain *p, double tolerance)
{
    uint64_t pivots = PIVOTS_ROUND;
    enum lp_status status;

    program_build(p);
    basis_place(p, r->rounds == 0);
    enum err err = lp_solve(&status, p->lp, &pivots);

    r->rounds++;
    r->pivots += PIVOTS_ROUND - pivots;
    if (err != ERR_OK || status != LP_OPTIMAL) {
        r->gap = NAN;
        return;
    }
    basis_keep(p);
    duals_read(p);
    p->out = lp_value(p->lp, 0);
    size_t before = p->columns_n;

    r->bound = fmin(r->bound,
                    columns_price(p, tolerance * REDUCED_LEAST / (double)p->m->curves_n * p->out));
    r->gap = (r->bound - p->out) / p->out;
    r->done = r->gap <= tolerance;
    if (p->columns_n == before && !r->done)
        r->gap = NAN; /* nothing more to add: rounding rules */
}

void plain_lp_solve(struct plain_lp_result *result, const struct route_market *m,
                    const struct router_order *order, const struct plain_lp_limits *limits)
{
    struct plain p = { .m = m, .order = order, .lp = lp_new() };
    double begin = now(), price = m->price[order->sell];

    CHECK(!order->exact_out && p.lp != NULL);
    *result = (struct plain_lp_result){ .bound = INFINITY, .gap = INFINITY };
    p.unit = price * networks_double(&order->amount);
    p.rows = calloc(m->assets_n + m->curves_n, sizeof *p.rows);
    p.u = calloc(m->assets_n, sizeof *p.u);
    p.e = calloc(m->assets_n, sizeof *p.e);
    CHECK(p.rows != NULL && p.u != NULL && p.e != NULL);
    chords_begin(&p);
    while (!result->done && !isnan(result->gap) && now() - begin < limits->seconds)
        round_run(result, &p, limits->tolerance);
    result->seconds = now() - begin;
    result->columns = p.columns_n;
    result->out = p.out * p.unit / m->price[order->buy];
    result->bound *= p.unit / m->price[order->buy];
    lp_free(p.lp);
    free(p.rows);
    free(p.u);
    free(p.e);
    free(p.columns);
}
