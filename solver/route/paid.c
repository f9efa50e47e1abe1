/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/paid.h"

#include <math.h>
#include <string.h>

#include "solver/route/flow.h"
#include "solver/route/paid_lp.h"

#define ROUNDS_MAX 60
#define LINEAR_OK 1e-6    /* tangents of exp are exact to half its square */
#define SHORT_OK 1e-12    /* of a node's turnover */
#define VIOLATED_ROUNDS 4 /* in a row: it will not go away */
#define SETTLED 4         /* rounds without a better gap: as good as doubles get */
#define STEP_MAX 4.0
#define SWEEPS_MAX 64
#define DRIFT_MAX 1.0 /* in one round, where an arbitrage leaves no price without profit */

enum err paid_init(struct paid *p, struct arena *arena, const struct network *n)
{
    *p = (struct paid){ .fill = ARENA_NEW(arena, n->orders_n, double),
                        .closed = ARENA_NEW(arena, n->edges_n, bool),
                        .u = ARENA_NEW(arena, n->nodes_n, double),
                        .q = ARENA_NEW(arena, n->nodes_n, double),
                        .flow = ARENA_NEW(arena, n->edges_n, double),
                        .violates = ARENA_NEW(arena, n->orders_n, bool) };
    return p->fill == NULL || p->closed == NULL || p->u == NULL || p->q == NULL ||
                   p->flow == NULL || p->violates == NULL
               ? ERR_NOMEM
               : ERR_OK;
}

/* New marginal prices from the duals, whose common scale is kept where it was. */
static void prices_move(double *u, const struct paid_lp *l)
{
    double shift = 0, weight = 0;

    for (size_t i = 0; i < l->n->nodes_n; i++) {
        double dual = paid_lp_dual(l, i), step = 0;

        if (dual > 0)
            step = fmin(fmax(log(dual), -STEP_MAX), STEP_MAX);
        else if (l->turnover[i] > 0)
            step = -1; /* nobody wants more of it */
        shift += step * l->turnover[i];
        weight += l->turnover[i];
        u[i] = l->p->u[i] + step;
    }
    for (size_t i = 0; i < l->n->nodes_n; i++)
        u[i] -= shift / weight;
}

/*
 * Cut trading edges around their flow, the others around their price. Flows settle better than
 * duals, which a vertex leaves free within a segment. Returns the largest move of a trading one.
 */
static double centres_move(struct paid_lp *l)
{
    double move = 0;

    for (size_t i = 0; i < l->n->edges_n; i++) {
        const struct edge *e = &l->n->edges[i];
        double before = l->centre[i];

        l->centre[i] = l->next[e->a] - l->next[e->b];
        if (!(l->p->flow[i] > 0))
            continue;
        l->centre[i] = edge_rate(e, l->p->flow[i]);
        move = fmax(move, fabs(l->centre[i] - before));
    }
    return move;
}

/*
 * Where nothing trades the LP leaves the price open. Any price serves at which no edge of the node
 * earns: the one nearest the last round's. Sweeps carry changes on from node to node.
 */
static void prices_settle(double *u, const struct paid_lp *l)
{
    const struct network *n = l->n;
    bool *busy = l->busy, changed = true;

    for (size_t i = 0; i < n->nodes_n; i++)
        busy[i] = l->turnover[i] > 0;
    for (size_t i = 0; i < n->edges_n; i++) {
        if (l->p->flow[i] > 0)
            busy[n->edges[i].a] = busy[n->edges[i].b] = true;
    }
    for (size_t i = 0; i < n->nodes_n; i++)
        u[i] = busy[i] ? u[i] : l->p->u[i];
    for (int sweep = 0; sweep < SWEEPS_MAX && changed; sweep++) {
        changed = false;
        for (size_t i = 0; i < n->edges_n; i++) {
            const struct edge *e = &n->edges[i];
            double earns = e->top - (u[e->a] - u[e->b]);

            if (earns <= 0 || l->p->closed[i] || (busy[e->a] && busy[e->b]))
                continue;
            if (!busy[e->a])
                u[e->a] = fmin(u[e->a] + earns / (busy[e->b] ? 1 : 2), l->p->u[e->a] + DRIFT_MAX);
            if (!busy[e->b])
                u[e->b] = fmax(u[e->b] - earns / (busy[e->a] ? 1 : 2), l->p->u[e->b] - DRIFT_MAX);
            changed = true;
        }
    }
}

/* (bound - value) / value at prices u: what the curves could earn beyond what they do. */
static double gap_at(const double *u, const struct paid_lp *l)
{
    const struct network *n = l->n;
    double lost = 0, value = 0;

    for (size_t i = 0; i < n->orders_n; i++) {
        const struct order *o = &n->orders[i];
        double paid = l->p->fill[i];

        if (!(paid > 0))
            continue;
        if (!o->sells)
            paid *= exp(l->p->q[o->b] - l->p->q[o->a]);
        value += paid * exp(u[o->a]);
    }
    for (size_t i = 0; i < n->edges_n; i++) {
        const struct edge *e = &n->edges[i];
        double in = l->p->flow[i], earned = 0;

        if (l->p->closed[i])
            continue;
        if (in > 0)
            earned = edge_out(e, in) * exp(u[e->b]) - in * exp(u[e->a]);
        lost += fmax(edge_profit(e, u[e->a], u[e->b]) - earned, 0);
        value += earned;
    }
    return lost / value;
}

/* Close what a plan cannot have: cycles, and the smallest of too many legs. *any: was there one? */
static enum err edges_close(bool *any, struct paid_lp *l)
{
    struct paid *p = l->p;
    size_t before = 0, after = 0, legs = 0;

    for (size_t i = 0; i < l->n->edges_n; i++) {
        before += p->closed[i];
        legs += p->flow[i] > 0;
    }
    if (!p->cycles)
        TRY(flow_cut_cycles(p->closed, l->scratch, l->n, p->flow, p->u));
    if (p->legs_max > 0 && legs > p->legs_max)
        flow_close_smallest(p->closed, l->n, p->flow, p->u, legs - p->legs_max);
    for (size_t i = 0; i < l->n->edges_n; i++)
        after += p->closed[i];
    *any = after > before;
    return ERR_OK;
}

struct progress {
    double best;
    int since;    /* rounds since the gap got better */
    int violated; /* rounds in a row with a violation */
};

static bool settled(struct progress *s, double gap)
{
    if (gap < s->best * 0.7) {
        s->best = gap;
        s->since = 0;
    } else {
        s->since++;
    }
    return s->since >= SETTLED;
}

enum err paid_solve(struct paid *p, struct lp *lp, struct arena *arena, const struct network *n,
                    struct budget *work)
{
    struct paid_lp l;
    struct progress progress = { .best = INFINITY };
    bool any;

    TRY(paid_lp_init(&l, p, lp, arena, n));
    for (int i = 0; i < ROUNDS_MAX; i++) {
        double bend, move;

        TRY(paid_lp_solve(&bend, &l, work));
        prices_move(l.next, &l);
        prices_settle(l.next, &l);
        p->gap = gap_at(l.next, &l);
        move = centres_move(&l);
        memcpy(p->u, l.next, n->nodes_n * sizeof(*p->u));
        progress.violated = p->violates_n > 0 ? progress.violated + 1 : 0;
        if (progress.violated == VIOLATED_ROUNDS)
            return ERR_OK;
        l.grid = grid_next(l.grid, fmax(move, bend));
        if ((!(p->gap <= (double)p->tolerance_ppt * 1e-12) && !settled(&progress, p->gap)) ||
            bend > LINEAR_OK || (l.shortage > SHORT_OK && i + 1 < ROUNDS_MAX))
            continue;
        if (p->violates_n > 0)
            return ERR_OK;
        TRY(edges_close(&any, &l));
        if (!any)
            return ERR_OK;
        progress = (struct progress){ .best = INFINITY };
        paid_lp_widen(&l); /* what was closed must find its way elsewhere */
    }
    return ERR_NUMERIC;
}
