/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/paid.h"

#include <math.h>
#include <string.h>

#include "solver/route/flow.h"
#include "solver/route/paid_caps.h"
#include "solver/route/paid_lp.h"

#define ROUNDS_MAX 60
#define LINEAR_OK 1e-8    /* tangents of exp are exact to half its square */
#define SHORT_OK 1e-12    /* of a node's turnover */
#define OVERUSE_OK 1e-9   /* of a limit */
#define CHORDS_EXACT 1e-6 /* cells: a finer grid finds no error of chords */
#define VIOLATED_ROUNDS 6 /* in a row: it will not go away */
#define BUY_TOLERANCE 1e-3
#define GENTLY 8.0    /* a move of so many cells makes the next ones a fourth as wide */
#define RENT_BEND 0.5 /* change of a paid log rate in one round */
#define NEAR 1e-6     /* of the gap */
#define SETTLED 8     /* rounds without a better gap: as good as doubles get */
#define SETTLED_WARM 2
#define STUCK_GAP 1e-3 /* a program that fails this near the end fails by its own fineness */
#define UNFIT 16       /* likewise, when limits or demands are not quite met */
#define STILL 1e-10    /* a change of a log price */
#define STEP_MAX 4.0
#define SWEEPS_MAX 16 /* over the idle nodes */
#define SECTIONS 48   /* of an interval, to find where a slope turns to the last bits */

enum err paid_init(struct paid *p, struct arena *arena, const struct network *n)
{
    *p = (struct paid){ .fill = ARENA_NEW(arena, n->orders_n, double),
                        .closed = ARENA_NEW(arena, n->edges_n, bool),
                        .u = ARENA_NEW(arena, n->nodes_n, double),
                        .q = ARENA_NEW(arena, n->nodes_n, double),
                        .dual = ARENA_NEW(arena, n->nodes_n, double),
                        .flow = ARENA_NEW(arena, n->edges_n, double),
                        .violates = ARENA_NEW(arena, n->orders_n, bool) };
    return p->fill == NULL || p->closed == NULL || p->u == NULL || p->q == NULL ||
                   p->dual == NULL || p->flow == NULL || p->violates == NULL
               ? ERR_NOMEM
               : ERR_OK;
}

/* New marginal prices from the duals, whose common scale is kept where it was. */
static void prices_move(double *u, struct paid_lp *l)
{
    double shift = 0, weight = 0;

    for (size_t i = 0; i < l->n->nodes_n; i++) {
        double dual = paid_lp_dual(l, i), step = 0;

        if (dual > 0)
            step = fmin(fmax(log(dual), -STEP_MAX), STEP_MAX);
        else if (l->turnover[i] > 0)
            step = -1; /* nobody wants more of it */
        shift += l->turnover[i] > 0 ? step * l->scale[i] : 0;
        weight += l->turnover[i] > 0 ? l->scale[i] : 0;
        u[i] = l->p->u[i] + step;
    }
    for (size_t i = 0; i < l->n->nodes_n; i++)
        u[i] -= shift / weight;
    paid_caps_read(l, exp(-shift / weight));
}

/*
 * Cut trading edges around their flow, the others around their price. Flows settle better than
 * duals, which a vertex leaves free within a segment; but a flow that the grid can no longer carry
 * to where its price is (to the next level of a book) goes by the price as well. Returns the largest
 * move of a trading edge.
 */
static double centres_move(struct paid_lp *l)
{
    double move = 0;

    for (size_t i = 0; i < l->n->edges_n; i++) {
        const struct edge *e = &l->n->edges[i];
        double before = l->centre[i], rate;

        l->centre[i] = paid_caps_price_in(l, l->next, i) - paid_caps_price_out(l, l->next, i);
        if (!(l->p->flow[i] > 0))
            continue;
        rate = edge_rate(e, l->p->flow[i]);
        if (fabs(rate - l->centre[i]) < l->grid.reach / 2)
            l->centre[i] = rate;
        move = fmax(move, fabs(l->centre[i] - before));
    }
    return move;
}

/* An idle node and the edges that touch it. */
struct idle {
    const struct paid_lp *l;
    const double *u;
    uint32_t node;
    size_t *edges;
    size_t edges_n;
};

static void idle_edges(struct idle *d)
{
    d->edges_n = 0;
    for (size_t i = 0; i < d->l->n->edges_n; i++) {
        const struct edge *e = &d->l->n->edges[i];

        if (!d->l->p->closed[i] && (e->a == d->node || e->b == d->node))
            d->edges[d->edges_n++] = i;
    }
}

/* More of the node's asset is offered than wanted at this price: the slope of what curves earn. */
static double idle_excess(const struct idle *d, double price)
{
    double sum = 0;

    for (size_t k = 0; k < d->edges_n; k++) {
        const struct edge *e = &d->l->n->edges[d->edges[k]];

        sum += e->b == d->node ? edge_at(e, d->u[e->a] - price).out
                               : -edge_at(e, price - d->u[e->b]).in;
    }
    return sum;
}

/* The price nearest the old one at which no curve earns, or else the one at which they earn least.
 */
static double idle_price(struct idle *d)
{
    double low = -INFINITY, high = INFINITY, old = d->u[d->node];

    idle_edges(d);
    for (size_t k = 0; k < d->edges_n; k++) {
        const struct edge *e = &d->l->n->edges[d->edges[k]];

        if (e->a == d->node)
            low = fmax(low, d->u[e->b] + e->top);
        else
            high = fmin(high, d->u[e->a] - e->top);
    }
    if (low <= high)
        return fmin(fmax(old, low), high);
    for (int i = 0; i < SECTIONS; i++) { /* the least lies between them, where the slope turns */
        double middle = (low + high) / 2;

        *(idle_excess(d, middle) > 0 ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

/* Move the prices of idle nodes to where no curve earns. Sweeps carry changes from node to node. */
static void idle_settle(double *u, const struct paid_lp *l)
{
    const struct network *n = l->n;
    struct idle d = { .l = l, .u = u, .edges = l->incident };
    bool changed = true;

    for (int sweep = 0; sweep < SWEEPS_MAX && changed; sweep++) {
        changed = false;
        for (uint32_t v = 0; v < n->nodes_n; v++) {
            double price;

            if (l->busy[v])
                continue;
            d.node = v;
            price = idle_price(&d);
            changed = changed || fabs(price - u[v]) > 1e-12;
            u[v] = price;
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
        double ua = paid_caps_price_in(l, u, i), ub = paid_caps_price_out(l, u, i);
        double in = l->p->flow[i], out = in > 0 ? edge_out(e, in) : 0;

        if (l->p->closed[i])
            continue;
        lost += fmax(edge_profit(e, ua, ub) - (out * exp(ub) - in * exp(ua)), 0);
        value += out * exp(u[e->b]) - in * exp(u[e->a]);
    }
    lost += paid_caps_unused(l);
    return lost / value;
}

/*
 * Where nothing trades the LP leaves the price open. Start from its duals, or from the last round's
 * prices, whichever gives the better certificate in the end. Returns its gap.
 */
static double prices_settle(double *u, const struct paid_lp *l)
{
    const struct network *n = l->n;
    double *other = l->other, gap;

    for (size_t i = 0; i < n->nodes_n; i++)
        l->busy[i] = l->turnover[i] > 0;
    for (size_t i = 0; i < n->edges_n; i++) {
        if (l->p->flow[i] > 0)
            l->busy[n->edges[i].a] = l->busy[n->edges[i].b] = true;
    }
    for (size_t i = 0; i < n->nodes_n; i++)
        other[i] = l->busy[i] ? u[i] : l->p->u[i];
    idle_settle(u, l);
    idle_settle(other, l);
    gap = gap_at(u, l);
    if (!(gap_at(other, l) < gap))
        return gap;
    memcpy(u, other, n->nodes_n * sizeof(*u));
    return gap_at(u, l);
}

static size_t closed_count(const struct paid_lp *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n->edges_n; i++)
        n += l->p->closed[i];
    return n;
}

/* Cut cycles, unless they may stay. *any: was there one? */
static enum err cycles_cut(bool *any, struct paid_lp *l)
{
    size_t before = closed_count(l);

    if (!l->p->cycles)
        TRY(flow_cut_cycles(l->p->closed, l->scratch, l->n, l->p->flow, l->p->u));
    *any = closed_count(l) > before;
    return ERR_OK;
}

/* Close what a plan cannot have: cycles, and the smallest of too many legs. *any: was there one? */
static enum err edges_close(bool *any, struct paid_lp *l)
{
    struct paid *p = l->p;
    size_t before = closed_count(l), legs = 0;

    for (size_t i = 0; i < l->n->edges_n; i++)
        legs += p->flow[i] > 0 && !network_is_link(&l->n->edges[i]);
    TRY(cycles_cut(any, l));
    if (p->legs_max > 0 && legs > p->legs_max)
        flow_close_smallest(p->closed, l->n, p->flow, p->u, legs - p->legs_max);
    *any = closed_count(l) > before;
    return ERR_OK;
}

/*
 * The next grid. Near the end it only shrinks, although a flow may still change its way; but steps
 * of exact-buys are bounded by it and need room.
 */
static struct grid grid_follow(const struct paid_lp *l, double move)
{
    struct grid next = grid_next(l->grid, move);

    if (l->p->gap < NEAR && next.finest > l->grid.finest)
        next = grid_next(l->grid, fmax(l->buy_bend, GENTLY * l->grid.finest));
    return next;
}

/*
 * Curves far out of line with each other earn more than all fills are worth, and their cycles would
 * send paid prices anywhere. When prices run off like that, cycles that may not stay in the end are
 * cut at once. *any: there were some, and everything starts again.
 */
static enum err rent_cut(bool *any, struct paid_lp *l, double bend)
{
    *any = false;
    if (l->p->cycles || bend < RENT_BEND)
        return ERR_OK;
    TRY(cycles_cut(any, l));
    if (*any)
        paid_lp_restart(l);
    return ERR_OK;
}

struct progress {
    double best;
    int since;    /* rounds since the gap got better */
    int patience; /* how many of those end it */
    int violated; /* rounds in a row with a violation */
};

/*
 * What exact-sells leave over at the end is handed out; what exact-buys paid too much is not handed
 * back, so they are routed more exactly than anybody asked for.
 */
static double gap_wanted(const struct paid_lp *l)
{
    double wanted = (double)l->p->tolerance_ppt * 1e-12;

    for (size_t k = 0; k < l->pairs_n; k++) {
        if (l->pairs[k].bought > 0)
            return wanted * BUY_TOLERANCE;
    }
    return wanted;
}

/* A gap that only falls because idle prices do is no progress of the routes: tighten.h does that. */
static bool settled(struct progress *s, double gap, double moved)
{
    if (gap < s->best * 0.7 && moved > STILL) {
        s->best = gap;
        s->since = 0;
    } else {
        s->since++;
    }
    return s->since >= s->patience;
}

/*
 * Do flows as the curves see them, not as their chords do, serve all fills inside all limits? What a
 * finer grid would not mend is for certify to see.
 */
static bool fits(const struct paid_lp *l)
{
    if (l->shortage > SHORT_OK)
        return false;
    return l->grid.finest < CHORDS_EXACT || paid_caps_overuse(l) <= OVERUSE_OK;
}

/* Nothing better comes, or it is good enough. */
static bool rest_reached(struct progress *s, const struct paid_lp *l, double move, bool last)
{
    const struct paid *p = l->p;

    if (!(p->gap <= gap_wanted(l)) && !settled(s, p->gap, move))
        return false;
    return l->buy_bend <= LINEAR_OK && (last || s->since >= UNFIT || fits(l));
}

/* One round. *again: some edge was closed, so that its flows and prices mean nothing. */
static enum err round_run(bool *again, double *move, struct paid_lp *l, bool open,
                          struct budget *work)
{
    double bend;

    TRY(paid_lp_solve(&bend, l, work));
    TRY(rent_cut(again, l, bend));
    if (!open && !*again) /* cycles need no exact prices to be seen once the bound is known */
        TRY(cycles_cut(again, l));
    if (*again)
        return ERR_OK;
    prices_move(l->next, l);
    l->p->gap = prices_settle(l->next, l);
    *move = fmax(centres_move(l), bend);
    memcpy(l->p->u, l->next, l->n->nodes_n * sizeof(*l->p->u));
    l->grid = grid_follow(l, *move);
    return ERR_OK;
}

enum err paid_solve(struct paid *p, struct lp *lp, struct arena *arena, const struct network *n,
                    struct budget *work)
{
    struct paid_lp l;
    struct progress progress = { .best = INFINITY, .patience = p->warm ? SETTLED_WARM : SETTLED };
    bool again = false, open = !p->warm;

    p->gap = INFINITY;
    TRY(paid_lp_init(&l, p, lp, arena, n));
    for (int i = 0; i < ROUNDS_MAX; i++) {
        double move = 0;
        bool usable = !again && p->violates_n == 0 && p->gap <= STUCK_GAP;
        enum err e = round_run(&again, &move, &l, open, work);

        if (e != ERR_OK && (e != ERR_NUMERIC || !usable))
            return e;
        if (again)
            continue;
        progress.violated = p->violates_n > 0 ? progress.violated + 1 : 0;
        if (progress.violated == VIOLATED_ROUNDS)
            return ERR_OK;
        if (e == ERR_OK && !rest_reached(&progress, &l, move, i + 1 == ROUNDS_MAX))
            continue;
        if (p->violates_n > 0)
            return ERR_OK;
        if (open)
            memcpy(p->dual, p->u, n->nodes_n * sizeof(*p->u));
        TRY(edges_close(&again, &l));
        if (!again)
            return ERR_OK;
        open = false;
        progress = (struct progress){ .best = INFINITY, .patience = SETTLED };
        paid_lp_widen(&l); /* what was closed must find its way elsewhere */
    }
    if (open)
        memcpy(p->dual, p->u, n->nodes_n * sizeof(*p->u));
    if (!again) /* out of rounds: what there is can be executed all the same */
        TRY(edges_close(&again, &l));
    return again ? ERR_NUMERIC : ERR_OK;
}
