/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/master.h"

#include <math.h>
#include <string.h>

#define ROUNDS_MAX 24
#define OFFERS_MAX 24    /* of a curve */
#define NEAR 1e-3        /* log price: curves so near to trading take part */
#define NEAR_CORNERS 8   /* of a straight curve on each side of the price */
#define STEP 1e-4        /* log price between the first offers of a bent curve */
#define PRICE_LEAST 1e-6 /* of a row's dual: assets that are left over are worth something */
#define SIZE_MOST 1e5    /* of a trade, times the value at stake */
#define GAIN_LEAST 1e-13 /* of a new offer, relative to the value at stake */
#define SHARP 1e-15

/* A trade that a curve could do. */
struct offer {
    double net[REAL_ASSETS_MAX]; /* value at reference prices */
    double unit;                 /* part of it that its column counts: no coefficient exceeds 1 */
    enum lp_place place;
    size_t column;
};

struct master {
    const struct dual *d;
    const struct frame *f;
    struct arena *arena;
    struct lp *lp;
    double *u, *e;              /* where the rows are counted */
    double stake;               /* value at these prices */
    struct offer **offers;      /* [curves_n] NULL, or [OFFERS_MAX] */
    uint8_t *offers_n;          /* [curves_n] */
    size_t *share;              /* [curves_n] row of a curve's mixture */
    bool begun;                 /* there is a basis of an earlier round: */
    enum lp_place *node_place;  /* [n] */
    enum lp_place *share_place; /* [curves_n] */
    double *u_next, *e_next;
    double ratio; /* best so far */
    double *u_best;
};

static bool is_off(const struct master *m, size_t curve)
{
    return m->d->off != NULL && m->d->off[curve];
}

static double size_of(const struct master *m, const struct real_curve *c, const double *net)
{
    double size = 0;

    for (unsigned k = 0; k < c->n; k++) {
        if (frame_live(c, k))
            size = fmax(size, fabs(net[k]) * m->e[c->node[k]]);
    }
    return size;
}

/* False: the same again, or more than a curve may offer. */
static bool offer_add(struct master *m, size_t i, const double *net)
{
    const struct real_curve *c = &m->f->curves[i];
    double size = size_of(m, c, net);

    if (!(size > GAIN_LEAST * m->stake) || !(size < SIZE_MOST * m->stake) ||
        m->offers_n[i] == OFFERS_MAX)
        return false;
    if (m->offers[i] == NULL)
        m->offers[i] = ARENA_NEW(m->arena, OFFERS_MAX, struct offer);
    if (m->offers[i] == NULL)
        return false;
    for (uint8_t k = 0; k < m->offers_n[i]; k++) {
        double apart = 0;
        for (unsigned a = 0; a < c->n; a++)
            apart = fmax(apart, fabs(net[a] - m->offers[i][k].net[a]));
        if (apart <= 1e-14 * size)
            return false;
    }
    struct offer *o = &m->offers[i][m->offers_n[i]++];

    memcpy(o->net, net, sizeof o->net);
    o->unit = fmin(1, m->stake / size);
    o->place = LP_LOWER;
    return true;
}

/* The trade of one way. */
static bool way_add(struct master *m, size_t i, struct way way, struct real_trade t)
{
    double net[REAL_ASSETS_MAX] = { 0 };

    net[way.give] = -t.in;
    net[way.get] = t.out;
    return t.in > 0 && offer_add(m, i, net);
}

/* Corners of straight pieces, from the last one clearly above the price to those below it. */
static void corners_add(struct master *m, size_t i, struct way way, double y)
{
    const struct real_curve *c = &m->f->curves[i];
    struct real_trade t = real_curve_at(c, way, y + NEAR);

    (void)way_add(m, i, way, t);
    for (int k = 0; k < NEAR_CORNERS; k++) {
        double rate = real_curve_rate(c, way, t.in * (1 + 1e-12));

        if (!(rate > -INFINITY))
            return;
        t = real_curve_at(c, way, rate - 1e-14);
        (void)way_add(m, i, way, t);
        if (rate < y - NEAR)
            return;
    }
}

static void bends_add(struct master *m, size_t i, struct way way, double y)
{
    static const double steps[] = { 16, 4, 1, 0, -1, -4, -16 };
    const struct real_curve *c = &m->f->curves[i];

    for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++)
        (void)way_add(m, i, way, real_curve_at(c, way, y + steps[k] * STEP));
}

/* The best joint trade at prices, if it trades. */
static bool joint_add(struct master *m, size_t i, const double *u, const double *e)
{
    const struct real_smooth sharp = { SHARP, 0 };
    const struct real_curve *c = &m->f->curves[i];
    double net[REAL_ASSETS_MAX] = { 0 };
    struct real_pull p;

    if (real_curve_pull(&p, c, u, e, &sharp) != REAL_TRADES)
        return false;
    for (unsigned k = 0; k < c->n; k++)
        net[k] = frame_live(c, k) ? p.net[k] / e[c->node[k]] : 0;
    return offer_add(m, i, net);
}

static void joints_add(struct master *m, size_t i)
{
    const struct real_curve *c = &m->f->curves[i];

    (void)joint_add(m, i, m->u, m->e);
    for (unsigned k = 0; k < c->n; k++) {
        if (!frame_live(c, k))
            continue;
        for (int sign = -1; sign <= 1; sign += 2) {
            double u = m->u[c->node[k]], e = m->e[c->node[k]];

            m->u[c->node[k]] = u + sign * STEP;
            m->e[c->node[k]] = exp(u + sign * STEP);
            (void)joint_add(m, i, m->u, m->e);
            m->u[c->node[k]] = u;
            m->e[c->node[k]] = e;
        }
    }
}

static void offers_begin(struct master *m)
{
    for (size_t i = 0; i < m->f->curves_n; i++) {
        const struct real_curve *c = &m->f->curves[i];

        if (is_off(m, i))
            continue;
        if (c->n > 2) {
            joints_add(m, i);
            continue;
        }
        for (uint32_t give = 0; give < 2; give++) {
            const struct way way = { give, 1 - give };
            double y = m->u[c->node[give]] - m->u[c->node[!give]];

            if (real_curve_top(c, way) < y - NEAR)
                continue;
            if (real_curve_straight(c))
                corners_add(m, i, way, y);
            else
                bends_add(m, i, way, y);
        }
    }
}

/* ---- the program ---- */

static void rows_make(struct master *m)
{
    for (size_t i = 0; i < m->f->n; i++) {
        size_t row = lp_row(m->lp, -m->d->supply[i] * m->e[i] / m->stake, LP_FREE);

        if (m->begun)
            lp_place_row(m->lp, row, m->node_place[i]);
    }
    for (size_t i = 0; i < m->f->curves_n; i++) {
        if (m->offers_n[i] == 0)
            continue;
        m->share[i] = lp_row(m->lp, -LP_FREE, 1);
        if (m->begun)
            lp_place_row(m->lp, m->share[i], m->share_place[i]);
    }
}

static void program_make(struct master *m)
{
    lp_clear(m->lp);
    lp_sharpen(m->lp);
    rows_make(m);
    size_t t = lp_column(m->lp, -1, -LP_FREE, LP_FREE);

    if (m->begun)
        lp_place(m->lp, t, LP_BASIC);
    for (size_t i = 0; i < m->f->n; i++) {
        if (m->d->basket[i] > 0)
            lp_entry(m->lp, i, t, -m->d->basket[i] * m->e[i]);
    }
    for (size_t i = 0; i < m->f->curves_n; i++) {
        const struct real_curve *c = &m->f->curves[i];

        for (uint8_t k = 0; k < m->offers_n[i]; k++) {
            struct offer *o = &m->offers[i][k];

            o->column = lp_column(m->lp, 0, 0, LP_FREE);
            if (m->begun)
                lp_place(m->lp, o->column, o->place);
            lp_entry(m->lp, m->share[i], o->column, o->unit);
            for (unsigned a = 0; a < c->n; a++) {
                if (frame_live(c, a))
                    lp_entry(m->lp, c->node[a], o->column,
                             o->unit * o->net[a] * m->e[c->node[a]] / m->stake);
            }
        }
    }
}

/* The basis, for the next round to begin with. What is new then has a basic row, its column is not. */
static void basis_keep(struct master *m)
{
    for (size_t i = 0; i < m->f->n; i++)
        m->node_place[i] = lp_row_place(m->lp, i);
    for (size_t i = 0; i < m->f->curves_n; i++) {
        m->share_place[i] = m->offers_n[i] > 0 ? lp_row_place(m->lp, m->share[i]) : LP_BASIC;
        for (uint8_t k = 0; k < m->offers_n[i]; k++)
            m->offers[i][k].place = lp_column_place(m->lp, m->offers[i][k].column);
    }
    m->begun = true;
}

/* New prices from the duals. */
static void prices_take(struct master *m)
{
    double pin = 0;

    for (size_t i = 0; i < m->f->n; i++)
        pin += lp_dual(m->lp, i) * m->d->basket[i] * m->e[i];
    for (size_t i = 0; i < m->f->n; i++) {
        double y = fmax(lp_dual(m->lp, i) / pin, PRICE_LEAST);

        m->u_next[i] = m->u[i] + log(y);
        m->e_next[i] = exp(m->u_next[i]);
    }
}

/* What the new prices prove; and the best trades at them. Returns how many were new. */
static size_t offers_extend(struct master *m)
{
    double bound = 0, value = 0;
    size_t added = 0;

    for (size_t i = 0; i < m->f->n; i++) {
        bound += m->d->supply[i] * m->e_next[i];
        value += m->d->basket[i] * m->e_next[i];
    }
    for (size_t i = 0; i < m->f->curves_n; i++) {
        if (is_off(m, i))
            continue;
        bound += real_curve_profit(&m->f->curves[i], m->u_next, m->e_next);
        added += joint_add(m, i, m->u_next, m->e_next);
    }
    if (bound / value < m->ratio) {
        m->ratio = bound / value;
        memcpy(m->u_best, m->u_next, m->f->n * sizeof *m->u_best);
    }
    return added;
}

static void trades_take(const struct master *m, struct master_result *out)
{
    memset(out->net, 0, m->f->curves_n * sizeof *out->net);
    for (size_t i = 0; i < m->f->curves_n; i++) {
        for (uint8_t k = 0; k < m->offers_n[i]; k++) {
            double part = lp_value(m->lp, m->offers[i][k].column) * m->offers[i][k].unit;

            for (unsigned a = 0; a < m->f->curves[i].n && part > 0; a++)
                out->net[i][a] += part * m->offers[i][k].net[a];
        }
    }
}

static enum err init(struct master *m, const double *u)
{
    size_t n = m->f->n, curves_n = m->f->curves_n;

    m->u = ARENA_NEW(m->arena, n, double);
    m->e = ARENA_NEW(m->arena, n, double);
    m->u_next = ARENA_NEW(m->arena, n, double);
    m->e_next = ARENA_NEW(m->arena, n, double);
    m->u_best = ARENA_NEW(m->arena, n, double);
    m->offers = ARENA_NEW(m->arena, curves_n, struct offer *);
    m->offers_n = ARENA_NEW(m->arena, curves_n, uint8_t);
    m->share = ARENA_NEW(m->arena, curves_n, size_t);
    m->node_place = ARENA_NEW(m->arena, n, enum lp_place);
    m->share_place = ARENA_NEW(m->arena, curves_n, enum lp_place);
    if (m->u == NULL || m->e == NULL || m->u_next == NULL || m->e_next == NULL ||
        m->u_best == NULL || m->offers == NULL || m->offers_n == NULL || m->share == NULL ||
        m->node_place == NULL || m->share_place == NULL)
        return ERR_NOMEM;
    m->ratio = INFINITY;
    for (size_t i = 0; i < n; i++) {
        m->u[i] = m->u_next[i] = m->u_best[i] = u[i];
        m->e[i] = m->e_next[i] = exp(u[i]);
        m->stake += fabs(m->d->supply[i]) * m->e[i];
    }
    return ERR_OK;
}

enum err master_solve(struct master_result *out, struct arena *arena, struct lp *lp,
                      const struct dual *d, const double *u, double tolerance, uint64_t *pivots)
{
    struct master m = { .d = d, .f = d->frame, .arena = arena, .lp = lp };
    enum err err = ERR_NUMERIC;

    *out = (struct master_result){ .net = arena_alloc(arena, d->frame->curves_n, sizeof *out->net),
                                   .reached = -INFINITY };
    if (out->net == NULL)
        return ERR_NOMEM;
    TRY(init(&m, u));
    (void)offers_extend(&m);
    m.stake = fmax(m.stake, fabs(m.ratio));
    offers_begin(&m);
    for (size_t more = 1; more > 0 && out->rounds < ROUNDS_MAX; out->rounds++) {
        enum lp_status status;

        program_make(&m);
        err = lp_solve(&status, lp, pivots);
        if (err != ERR_OK || status != LP_OPTIMAL)
            break;
        out->reached = -lp_objective(lp) * m.stake;
        trades_take(&m, out);
        basis_keep(&m);
        prices_take(&m);
        more = offers_extend(&m);
        if (m.ratio - out->reached <= tolerance * fabs(m.ratio))
            break;
    }
    out->u = m.u_best;
    out->ratio = m.ratio;
    if (out->reached > -INFINITY)
        return ERR_OK;
    return err != ERR_OK ? err : ERR_NUMERIC;
}
