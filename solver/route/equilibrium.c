/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/equilibrium.h"

#include <math.h>
#include <string.h>

#include "solver/route/segments.h"

#define MERIT_OK 3e-7
#define FINE_ENOUGH 1e-4 /* a coarse grid can be in balance at coarse prices */
#define ROUNDS_MAX 32
#define QUIET_MERIT 0.01
#define QUIET_ROUNDS 4 /* who is in is settled; routing finds exact prices */
#define HALVINGS_MAX 3
#define FALL_OK 0.5   /* a whole step that brings this much is taken */
#define CLOSE 1e-3    /* below it finer cuts find more of the merit, so that a good step ... */
#define WORSE_OK 10.0 /* ... may look this much worse */
#define CLOSED 1e-9   /* limits are closed: orders that touch exactly trade rather than not */
#define FAR 30.0      /* an order this far in or out of the money needs no exact price */
#define STEP_MAX 20.0
#define UNIT_MIN 1e-3 /* of the largest order: what a row calls 1, at least */
#define CAP_MIN 1e-6  /* of the largest order: a limit below it is zero */

static const struct grid FIRST_GRID = { .finest = 0.004, .reach = 16.384 };

/* The arcs of one round: a group of orders with one pair and limit, or a segment. */
struct arc {
    size_t first; /* order, or SIZE_MAX for a segment */
    size_t count;
    double size; /* capacity in value at the current prices */
    double cost;
    size_t edge; /* of a segment */
    double rate; /* of its chord */
    double tax;  /* what limits add to the cost */
};

struct round {
    const struct network *n;
    const bool *skip;
    struct lp *lp;
    struct arc *arcs;
    size_t arcs_n;
    size_t arcs_max;
    double unit;   /* value that the LP calls 1 */
    double better; /* sum of capacity times [-cost - tax]+, and limits at their prices: the first
                      half of F */
    double volume;
    const double *shadow; /* [caps_n] prices of what the LP calls 1 of each limit */
    double *before;       /* [orders_n] shares of the last round */
    int quiet;            /* rounds in a row that changed none */
    bool saved;           /* where the last round's simplex ended: */
    uint8_t *row_place;   /* [nodes_n + caps_n] enum lp_place */
    uint8_t *order_place; /* [orders_n] likewise, of an arc by its first order */
    uint8_t *edge_basics; /* [edges_n] basic columns */
    double *edge_in;      /* [edges_n] value given at reference prices */
};

static void arc_add(struct round *r, uint32_t sold, uint32_t wanted, struct arc arc)
{
    size_t column;

    if (r->arcs_n == r->arcs_max || !(arc.size > 0))
        return;
    arc.size /= r->unit;
    column = lp_column(r->lp, arc.cost, 0, arc.size);
    lp_entry(r->lp, sold, column, 1);
    lp_entry(r->lp, wanted, column, -1);
    r->arcs[r->arcs_n++] = arc;
}

/* What a limit's row calls 1. */
static double cap_unit(const struct round *r, const struct cap *c, const double *u)
{
    double unit;

    if (c->node == NETWORK_NONE)
        return c->most > 0 ? c->most : 1; /* nothing is allowed: its edges are closed */
    unit = r->unit * exp(-u[c->node]);
    return c->kind == CAP_POT ? unit : fmax(c->most, UNIT_MIN * unit);
}

/*
 * What one unit of value over an edge uses of a limit's row, at a rate. Arcs bring what they take at
 * the current prices, so where one makes room for another that is the rate.
 */
static double cap_entry(const struct round *r, const struct cap *c, const struct edge *e,
                        double rate, const double *u)
{
    struct cap_use use = cap_use(r->n, c, e);

    if (c->kind == CAP_POT)
        rate = exp(u[e->a] - u[e->b]);
    return (use.in + use.out * rate) * r->unit * exp(-u[e->a]) / cap_unit(r, c, u);
}

/* What limits at these prices add to the log price of what an edge takes. */
static double tax_of(const struct round *r, const struct edge *e, const double *shadow,
                     const double *u)
{
    double tax = 0;

    for (size_t k = 0; k < r->n->caps_n; k++) {
        if (shadow[k] > 0 || shadow[k] < 0)
            tax += shadow[k] * cap_entry(r, &r->n->caps[k], e, exp(u[e->a] - u[e->b]), u);
    }
    return tax;
}

static bool bought(const struct round *r, uint32_t node)
{
    for (size_t i = 0; i < r->n->orders_n; i++) {
        if (r->n->orders[i].b == node && !r->skip[i])
            return true;
    }
    return false;
}

/* Does some limit leave an edge next to nothing, or would inventory pay what nobody buys? */
static bool closed(const struct round *r, const struct edge *e)
{
    if (network_is_link(e) && r->n->nodes[e->b].home == e->b && !bought(r, e->b))
        return true;
    for (size_t k = 0; k < r->n->caps_n; k++) {
        const struct cap *c = &r->n->caps[k];
        struct cap_use use = cap_use(r->n, c, e);
        double most = fmax(use.in, use.out);

        if (c->kind != CAP_POT && most > 0 && !(most * CAP_MIN * r->unit < c->most))
            return true;
    }
    return false;
}

static double order_value(const struct order *o, const double *u)
{
    return o->size * exp(u[o->sells ? o->a : o->b]);
}

/* Orders of one pair and one limit are one arc: the vertex must not choose among equals. */
static void orders_add(struct round *r, const double *u)
{
    const struct network *n = r->n;

    for (size_t i = 0, next; i < n->orders_n; i = next) {
        const struct order *o = &n->orders[i];
        struct arc arc = { .first = i, .cost = o->limit - CLOSED - (u[o->a] - u[o->b]) };

        for (next = i; next < n->orders_n; next++) {
            const struct order *p = &n->orders[next];

            if (p->a != o->a || p->b != o->b || p->limit > o->limit || p->limit < o->limit)
                break;
            arc.size += r->skip[next] ? 0 : order_value(p, u);
        }
        arc.count = next - i;
        arc.cost = fmax(arc.cost, -FAR);
        if (arc.cost < FAR)
            arc_add(r, o->a, o->b, arc);
    }
}

/*
 * A curve that gets a and gives b sells b for a: its segments, best first. Their capacity is what
 * they take, so orders sell what the curves need at these prices; the rent stays in b.
 */
static void edges_add(struct round *r, const double *u, const struct grid *g)
{
    struct segment cut[SEGMENTS_MAX];

    for (size_t i = 0; i < r->n->edges_n; i++) {
        const struct edge *e = &r->n->edges[i];
        double centre = u[e->a] - u[e->b] + tax_of(r, e, r->shadow, u);
        size_t k = closed(r, e) ? 0 : segments_cut(cut, e, centre, g);

        for (size_t j = 0; j < k; j++) {
            struct arc arc = { .first = SIZE_MAX,
                               .edge = i,
                               .rate = cut[j].rate,
                               .size = cut[j].in * exp(u[e->a]),
                               .cost = u[e->a] - u[e->b] - log(cut[j].rate) };

            arc_add(r, e->b, e->a, arc);
        }
    }
}

/*
 * A limit's row. What the pot may give is what orders sell; where no inventory comes in beside it,
 * conservation says the same.
 */
static void cap_add(struct round *r, size_t k, const double *u)
{
    const struct network *n = r->n;
    const struct cap *c = &n->caps[k];
    double most = c->kind == CAP_POT ? 0 : c->most / cap_unit(r, c, u);
    bool rules = c->kind != CAP_POT || bought(r, c->node);
    size_t row = lp_row(r->lp, -LP_FREE, rules ? most : LP_FREE);

    if (!rules)
        return;
    r->better += r->shadow[k] * most;
    for (size_t i = 0; i < r->arcs_n; i++) {
        struct arc *arc = &r->arcs[i];
        double use = 0;

        if (arc->first == SIZE_MAX)
            use = cap_entry(r, c, &n->edges[arc->edge], arc->rate, u);
        else if (c->kind == CAP_POT && n->orders[arc->first].a == c->node)
            use = -c->most;
        if (use == 0)
            continue;
        lp_entry(r->lp, row, i, use);
        arc->tax += r->shadow[k] * use;
    }
}

/* Remember where the simplex ended. */
static void basis_save(struct round *r, const double *u)
{
    const struct network *n = r->n;

    memset(r->edge_basics, 0, n->edges_n);
    memset(r->edge_in, 0, n->edges_n * sizeof(*r->edge_in));
    for (size_t i = 0; i < n->nodes_n + n->caps_n; i++)
        r->row_place[i] = (uint8_t)lp_row_place(r->lp, i);
    for (size_t i = 0; i < n->orders_n; i++) /* what has no arc is far in or out of the money */
        r->order_place[i] = LP_LOWER;
    for (size_t i = 0; i < r->arcs_n; i++) {
        const struct arc *arc = &r->arcs[i];
        enum lp_place place = lp_column_place(r->lp, i);

        if (arc->first != SIZE_MAX) {
            r->order_place[arc->first] = (uint8_t)place;
            continue;
        }
        r->edge_basics[arc->edge] = (uint8_t)(r->edge_basics[arc->edge] + (place == LP_BASIC));
        r->edge_in[arc->edge] += lp_value(r->lp, i) * r->unit * exp(-u[n->edges[arc->edge].a]);
    }
    r->saved = true;
}

/* The segments of an edge, arcs from i on, hold what it gave in the last round. Returns the next arc. */
static size_t segments_start(struct round *r, size_t i, const double *u)
{
    size_t edge = r->arcs[i].edge;
    double left = r->edge_in[edge] / r->unit * exp(u[r->n->edges[edge].a]);
    size_t basics = r->edge_basics[edge];

    for (; i < r->arcs_n && r->arcs[i].edge == edge; i++) {
        bool holds = r->arcs[i].size > left || i + 1 == r->arcs_n || r->arcs[i + 1].edge != edge;

        if (!holds)
            lp_place(r->lp, i, LP_UPPER);
        else if (basics > 0)
            lp_place(r->lp, i, LP_BASIC);
        basics -= holds && basics > 0;
        left -= r->arcs[i].size;
    }
    return i;
}

/* Start where the last round ended: edges are cut anew, but what was basic will be. */
static void basis_start(struct round *r, const double *u)
{
    size_t i = 0;

    if (!r->saved)
        return;
    for (size_t k = 0; k < r->n->nodes_n + r->n->caps_n; k++)
        lp_place_row(r->lp, k, (enum lp_place)r->row_place[k]);
    for (; i < r->arcs_n && r->arcs[i].first != SIZE_MAX; i++)
        lp_place(r->lp, i, (enum lp_place)r->order_place[r->arcs[i].first]);
    while (i < r->arcs_n)
        i = segments_start(r, i, u);
}

static void round_build(struct round *r, const double *u, const struct grid *g)
{
    lp_clear(r->lp);
    r->arcs_n = 0;
    r->better = 0;
    for (size_t i = 0; i < r->n->nodes_n; i++)
        lp_row(r->lp, 0, 0);
    r->shadow = u + r->n->nodes_n;
    orders_add(r, u);
    edges_add(r, u, g);
    for (size_t k = 0; k < r->n->caps_n; k++)
        cap_add(r, k, u);
    for (size_t i = 0; i < r->arcs_n; i++)
        r->better += r->arcs[i].size * fmax(0, -r->arcs[i].cost - r->arcs[i].tax);
}

/*
 * F at u (docs/math.md eq. 8) over the value that orders trade; the way to the next u into step:
 * potentials, and behind them the change of the limits' shadow prices.
 */
static enum err round_solve(double *merit, double *step, struct round *r, const double *u,
                            const struct grid *g, struct budget *work)
{
    enum lp_status status;
    uint64_t before = work->pivots;
    enum err e;

    if (work->rounds == 0)
        return ERR_TIMEOUT;
    round_build(r, u, g);
    if (r->arcs_n == 0)
        return ERR_NOT_FOUND;
    TRY(lp_fault(r->lp));
    basis_start(r, u);
    work->rounds--;
    work->spent.rounds++;
    work->spent.lps++;
    work->spent.columns += r->arcs_n;
    e = lp_solve(&status, r->lp, &work->pivots);
    work->spent.pivots += before - work->pivots;
    if (e != ERR_OK)
        return e;
    if (status != LP_OPTIMAL)
        return ERR_NUMERIC;
    basis_save(r, u);
    r->volume = 0;
    for (size_t i = 0; i < r->arcs_n; i++)
        r->volume += lp_value(r->lp, i);
    for (size_t i = 0; i < r->n->nodes_n; i++)
        step[i] = fmin(fmax(lp_dual(r->lp, i), -STEP_MAX), STEP_MAX);
    for (size_t k = 0; k < r->n->caps_n; k++)
        step[r->n->nodes_n + k] = fmax(-lp_dual(r->lp, r->n->nodes_n + k), 0) - r->shadow[k];
    *merit = fabs(r->better + lp_objective(r->lp)) / fmax(r->volume, 1e-12);
    return ERR_OK;
}

/*
 * Each order's share is that of its arc; what is not in the LP is out of the money. Counts the
 * rounds that changed no share.
 */
static void shares_read(double *share, struct round *r)
{
    memcpy(r->before, share, r->n->orders_n * sizeof(*share));
    memset(share, 0, r->n->orders_n * sizeof(*share));
    for (size_t i = 0; i < r->arcs_n; i++) {
        const struct arc *arc = &r->arcs[i];
        double s;

        if (arc->first == SIZE_MAX)
            break; /* segments follow the orders */
        s = lp_value(r->lp, i) / arc->size;
        s = s > 1 - 1e-9 ? 1 : s < 1e-9 ? 0 : s;
        for (size_t k = arc->first; k < arc->first + arc->count; k++)
            share[k] = r->skip[k] ? 0 : s;
    }
    r->quiet++;
    for (size_t k = 0; k < r->n->orders_n; k++) {
        if (fabs(share[k] - r->before[k]) > 1e-6)
            r->quiet = 0;
    }
}

/* Largest change of a price ratio over the edges, taxes included, and over the orders. */
static double move_of(const struct round *r, const double *step, const double *u)
{
    const struct network *n = r->n;
    double move = 0;

    for (size_t i = 0; i < n->orders_n; i++)
        move = fmax(move, fabs(step[n->orders[i].a] - step[n->orders[i].b]));
    for (size_t i = 0; i < n->edges_n; i++) {
        const struct edge *e = &n->edges[i];

        move = fmax(move, fabs(step[e->a] - step[e->b] + tax_of(r, e, step + n->nodes_n, u)));
    }
    return move;
}

static enum err round_init(struct round *r, struct lp *lp, struct arena *arena,
                           const struct network *n, const bool *skip)
{
    double zero = 0;

    *r = (struct round){ .n = n, .skip = skip, .lp = lp };
    r->arcs_max = n->orders_n + SEGMENTS_MAX * n->edges_n;
    r->arcs = ARENA_NEW(arena, r->arcs_max, struct arc);
    r->before = ARENA_NEW(arena, n->orders_n, double);
    r->row_place = ARENA_NEW(arena, n->nodes_n + n->caps_n, uint8_t);
    r->order_place = ARENA_NEW(arena, n->orders_n, uint8_t);
    r->edge_basics = ARENA_NEW(arena, n->edges_n, uint8_t);
    r->edge_in = ARENA_NEW(arena, n->edges_n, double);
    for (size_t i = 0; i < n->orders_n; i++)
        zero = fmax(zero, skip[i] ? 0 : n->orders[i].size);
    r->unit = zero > 0 ? zero : 1;
    return r->arcs == NULL || r->before == NULL || r->row_place == NULL || r->order_place == NULL ||
                   r->edge_basics == NULL || r->edge_in == NULL
               ? ERR_NOMEM
               : ERR_OK;
}

/*
 * One damped step from q->u: whole when the merit falls well; else the best of the whole step, a
 * half, a quarter and so on, as long as they get better. step becomes the next direction.
 */
static enum err damped_step(struct equilibrium *q, double *step, double *trial, struct round *r,
                            struct grid *g, struct budget *work)
{
    struct grid finer = grid_next(*g, move_of(r, step, q->u));
    size_t n = r->n->nodes_n + r->n->caps_n, bytes = n * sizeof(*step);
    double *direction = trial + n, *next = trial + 2 * n, best = INFINITY, theta = 1;
    double enough = q->merit > CLOSE ? FALL_OK * q->merit : WORSE_OK * q->merit;

    memcpy(direction, step, bytes);
    for (int k = 0; k <= HALVINGS_MAX; k++, theta /= 2) {
        double merit;

        for (size_t i = 0; i < n; i++)
            trial[i] = q->u[i] + theta * direction[i];
        TRY(round_solve(&merit, next, r, trial, &finer, work));
        if (merit >= best)
            break;
        best = merit;
        memcpy(step, next, bytes);
        memcpy(direction + 2 * n, trial, bytes);
        shares_read(q->share, r);
        if (merit <= enough)
            break;
    }
    memcpy(q->u, direction + 2 * n, bytes);
    q->merit = best;
    *g = finer;
    return ERR_OK;
}

enum err equilibrium_init(struct equilibrium *q, struct arena *arena, const struct network *n)
{
    *q = (struct equilibrium){ .u = ARENA_NEW(arena, n->nodes_n + n->caps_n, double),
                               .share = ARENA_NEW(arena, n->orders_n, double) };
    return q->u == NULL || q->share == NULL ? ERR_NOMEM : ERR_OK;
}

void equilibrium_reset(struct equilibrium *q, const struct network *n)
{
    memset(q->u, 0, (n->nodes_n + n->caps_n) * sizeof(*q->u));
}

enum err equilibrium_find(struct equilibrium *q, struct lp *lp, struct arena *arena,
                          const struct network *n, const bool *skip, struct budget *work)
{
    struct round r;
    struct grid g = FIRST_GRID;
    size_t unknowns = n->nodes_n + n->caps_n;
    double *step = ARENA_NEW(arena, 5 * unknowns, double);
    enum err e;

    memset(q->share, 0, n->orders_n * sizeof(*q->share));
    q->merit = 0;
    TRY(round_init(&r, lp, arena, n, skip));
    if (step == NULL)
        return ERR_NOMEM;
    e = round_solve(&q->merit, step, &r, q->u, &g, work);
    if (e != ERR_OK)
        return e == ERR_NOT_FOUND ? ERR_OK : e;
    shares_read(q->share, &r);
    for (int i = 0; i < ROUNDS_MAX && (r.quiet < QUIET_ROUNDS || q->merit > QUIET_MERIT); i++) {
        if (q->merit <= MERIT_OK && (g.finest <= FINE_ENOUGH || n->edges_n == 0))
            break;
        TRY(damped_step(q, step, step + unknowns, &r, &g, work));
    }
    return ERR_OK;
}
