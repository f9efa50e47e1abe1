/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/paid.h"

#include <math.h>
#include <string.h>

#include "solver/route/flow.h"
#include "solver/route/paid_lp.h"

#define ROUNDS_MAX 60
#define LINEAR_OK 1e-6 /* tangents of exp are exact to half its square */
#define SETTLED 4      /* rounds without a better gap: as good as doubles get */
#define STEP_MAX 8.0

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

/* New marginal prices from the duals. Returns the largest change of a ratio on a trading edge. */
static double prices_move(double *u, const struct paid_lp *l)
{
    const struct network *n = l->n;
    double move = 0;

    for (size_t i = 0; i < n->nodes_n; i++) {
        double dual = paid_lp_dual(l, i);

        u[i] = l->p->u[i];
        if (dual > 0)
            u[i] += fmin(fmax(log(dual), -STEP_MAX), STEP_MAX);
        else if (l->turnover[i] > 0)
            u[i] -= STEP_MAX; /* nobody wants more of it */
    }
    for (size_t i = 0; i < n->edges_n; i++) {
        const struct edge *e = &n->edges[i];

        if (l->p->flow[i] > 0)
            move = fmax(move, fabs(u[e->a] - u[e->b] - (l->p->u[e->a] - l->p->u[e->b])));
    }
    return move;
}

/* (bound - value) / value at prices u: what the curves could earn beyond what they do. */
static double gap_at(const double *u, const struct paid_lp *l)
{
    const struct network *n = l->n;
    double lost = 0, value = 0;

    for (size_t i = 0; i < n->orders_n; i++) {
        const struct order *o = &n->orders[i];
        double paid = l->p->fill[i];

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
    int since; /* rounds since the gap got better */
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
        move = prices_move(l.next, &l);
        p->gap = gap_at(l.next, &l);
        memcpy(p->u, l.next, n->nodes_n * sizeof(*p->u));
        l.grid = grid_next(l.grid, fmax(move, fmin(bend, move * 4)));
        if ((p->gap > (double)p->tolerance_ppt * 1e-12 && !settled(&progress, p->gap)) || bend > LINEAR_OK)
            continue;
        if (p->violates_n > 0)
            return ERR_OK;
        TRY(edges_close(&any, &l));
        if (!any)
            return ERR_OK;
        progress = (struct progress){ .best = INFINITY };
    }
    return ERR_NUMERIC;
}
