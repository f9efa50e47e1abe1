/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/paid_lp.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "solver/route/paid_basis.h"
#include "solver/route/paid_caps.h"

#define CHANGE_MAX 30.0   /* of a log paid price in one round */
#define RATE_STEP_MAX 4.0 /* of a pair's log rate: exp must stay of moderate size */
#define BUY_STEP 64.0 /* change of a rate in one round where a tangent stands in, in finest cells */
#define PENALTY 1e3   /* cost of a missing limit or demand, over the value concerned */
#define LIFT_SHARE 1e-5  /* a pair's share of the value that costs of size 1 should mean */
#define PASSING_MIN 1e-8 /* of the value of all fills: the smallest scale of a row */
#define LIFT_MAX 1e4
#define SLACK_OK 5e-9    /* besides the error of chords ... */
#define CHORD_ERROR 10.0 /* ... in squares of the finest cell: curves are deeper than trades */
#define FLOW_MIN 1e-12   /* of the turnover; less is noise of the LP */
#define DUST_ATOMS 2.0   /* left over per leg and fill that touches an asset */

static const struct grid FIRST_GRID = { .finest = 0.001, .reach = 4.096 };
static const struct grid WARM_GRID = { .finest = 0.000004, .reach = 0.016384 };

static double exp_u(const struct paid_lp *l, uint32_t node)
{
    return exp(l->p->u[node]);
}

static void pairs_group(struct paid_lp *l)
{
    const struct network *n = l->n;

    for (size_t i = 0; i < n->orders_n; i++) {
        const struct order *o = &n->orders[i];
        struct pair *pair = l->pairs_n > 0 ? &l->pairs[l->pairs_n - 1] : NULL;

        if (!(l->p->fill[i] > 0))
            continue;
        if (pair == NULL || n->orders[pair->first].a != o->a || n->orders[pair->first].b != o->b) {
            pair = &l->pairs[l->pairs_n++];
            *pair = (struct pair){ .first = i };
        }
        pair->count = i + 1 - pair->first;
        pair->strict = i; /* limits rise within a pair */
        *(o->sells ? &pair->sold : &pair->bought) += l->p->fill[i];
        l->turnover[o->a] += l->p->fill[i];
        l->turnover[o->b] += l->p->fill[i];
    }
}

/* Rates fix paid prices up to one factor for each set of nodes that pairs connect. */
static void anchors_find(struct paid_lp *l)
{
    bool changed = true;

    for (uint32_t i = 0; i < l->n->nodes_n; i++)
        l->anchor[i] = i;
    while (changed) { /* anchors only fall */
        changed = false;
        for (size_t k = 0; k < l->pairs_n; k++) {
            const struct order *o = &l->n->orders[l->pairs[k].first];
            uint32_t *a = &l->anchor[o->a], *b = &l->anchor[o->b];

            if (*a == *b)
                continue;
            *a = *b = *a < *b ? *a : *b;
            changed = true;
        }
    }
}

static void centres_reset(struct paid_lp *l)
{
    for (size_t i = 0; i < l->n->edges_n; i++)
        l->centre[i] = l->p->u[l->n->edges[i].a] - l->p->u[l->n->edges[i].b];
}

enum err paid_lp_init(struct paid_lp *l, struct paid *p, struct lp *lp, struct arena *arena,
                      const struct network *n)
{
    *l = (struct paid_lp){ .p = p,
                           .lp = lp,
                           .scratch = arena,
                           .n = n,
                           .grid = p->warm ? WARM_GRID : FIRST_GRID,
                           .pairs = ARENA_NEW(arena, n->orders_n, struct pair),
                           .turnover = ARENA_NEW(arena, n->nodes_n, double),
                           .scale = ARENA_NEW(arena, n->nodes_n, double),
                           .next = ARENA_NEW(arena, n->nodes_n, double),
                           .start = ARENA_NEW(arena, 2 * n->nodes_n, double),
                           .other = ARENA_NEW(arena, n->nodes_n, double),
                           .incident = ARENA_NEW(arena, n->edges_n, size_t),
                           .busy = ARENA_NEW(arena, n->nodes_n, bool),
                           .anchor = ARENA_NEW(arena, n->nodes_n, uint32_t),
                           .centre = ARENA_NEW(arena, n->edges_n, double),
                           .change = ARENA_NEW(arena, n->nodes_n, size_t),
                           .short_of = ARENA_NEW(arena, n->nodes_n, size_t),
                           .segment = ARENA_NEW(arena, n->edges_n + 1, size_t),
                           .unit = ARENA_NEW(arena, SEGMENTS_MAX * n->edges_n, double),
                           .rate = ARENA_NEW(arena, SEGMENTS_MAX * n->edges_n, double),
                           .tax_in = ARENA_NEW(arena, n->edges_n, double),
                           .tax_out = ARENA_NEW(arena, n->edges_n, double) };
    if (l->pairs == NULL || l->turnover == NULL || l->scale == NULL || l->next == NULL ||
        l->busy == NULL || l->incident == NULL || l->other == NULL || l->start == NULL ||
        l->centre == NULL || l->anchor == NULL || l->change == NULL || l->short_of == NULL ||
        l->segment == NULL || l->unit == NULL || l->rate == NULL || l->tax_in == NULL ||
        l->tax_out == NULL)
        return ERR_NOMEM;
    TRY(paid_basis_init(&l->basis, arena, n));
    pairs_group(l);
    anchors_find(l);
    memcpy(l->start, p->u, n->nodes_n * sizeof(*p->u));
    memcpy(l->start + n->nodes_n, p->q, n->nodes_n * sizeof(*p->q));
    centres_reset(l);
    return ERR_OK;
}

/* How many legs and fills touch each node: each can cost an atom or two in rounding. */
static void touches_count(double *touches, const struct paid_lp *l)
{
    for (size_t i = 0; i < l->n->nodes_n; i++)
        touches[i] = 0;
    for (size_t i = 0; i < l->n->edges_n; i++) {
        if (l->p->flow[i] > 0) {
            touches[l->n->edges[i].a]++;
            touches[l->n->edges[i].b]++;
        }
    }
    for (size_t i = 0; i < l->n->orders_n; i++) {
        if (l->p->fill[i] > 0) {
            touches[l->n->orders[i].a]++;
            touches[l->n->orders[i].b]++;
        }
    }
}

/* What to leave over at a node, value at reference prices. */
static double margin(const struct paid_lp *l, size_t node, double touches)
{
    double atoms = DUST_ATOMS * touches * l->n->nodes[node].price;
    double passes = l->scale[node] / exp(l->p->u[node]);

    if (l->p->slack_ppt == 0 || !(l->turnover[node] > 0))
        return 0;
    return (double)l->p->slack_ppt * 1e-12 * passes + fmin(atoms, passes / 16);
}

/* Log rate of a pair at the paid prices. */
static double pair_rate(const struct paid_lp *l, const struct pair *pair)
{
    const struct order *o = &l->n->orders[pair->first];

    return l->p->q[o->a] - l->p->q[o->b];
}

static double pair_value(const struct paid_lp *l, const struct pair *pair)
{
    const struct order *o = &l->n->orders[pair->first];

    return pair->sold * exp_u(l, o->a) + pair->bought * exp_u(l, o->b);
}

/* How far a pair's log rate may change in one round. */
static double pair_step(const struct paid_lp *l, const struct pair *pair)
{
    return fmin(pair->bought > 0 ? BUY_STEP * l->grid.finest : l->grid.reach, RATE_STEP_MAX);
}

/* The lowest change of a pair's log rate: its limit, or the longest step. */
static double pair_lowest(const struct paid_lp *l, const struct pair *pair)
{
    double limit = l->n->orders[pair->strict].limit - pair_rate(l, pair);

    return fmin(fmax(limit, -pair_step(l, pair)), RATE_STEP_MAX);
}

/* Where no fill is, a row is scaled by what passed in the last round; all of it may come there. */
static void passing_add(struct paid_lp *l)
{
    for (size_t i = 0; i < l->n->edges_n; i++) {
        const struct edge *e = &l->n->edges[i];

        if (l->p->flow[i] > 0 && !(l->turnover[e->a] > 0))
            l->scale[e->a] += l->p->flow[i] * exp_u(l, e->a);
    }
    for (size_t i = 0; i < l->n->nodes_n; i++) {
        if (!(l->scale[i] > 0))
            l->scale[i] = l->total;
        else if (!(l->turnover[i] > 0))
            l->scale[i] = fmax(l->scale[i], PASSING_MIN * l->total);
    }
}

/* Values at the current prices: of all fills, and of those at each node, which scale its row. */
static void scales_find(struct paid_lp *l)
{
    l->total = 0;
    l->lift = 1;
    for (size_t i = 0; i < l->n->nodes_n; i++)
        l->scale[i] = 0;
    for (size_t k = 0; k < l->pairs_n; k++) {
        const struct order *o = &l->n->orders[l->pairs[k].first];
        double value = pair_value(l, &l->pairs[k]);

        l->total += value;
        l->scale[o->a] += value;
        l->scale[o->b] += value;
    }
    for (size_t k = 0; k < l->pairs_n; k++) /* small fills must not vanish in the tolerances */
        l->lift =
            fmax(l->lift, fmin(LIFT_SHARE * l->total / pair_value(l, &l->pairs[k]), LIFT_MAX));
    passing_add(l);
}

/* One row per node: trades + slack - change of payouts >= payouts at the lowest rates - sold. */
static void node_rows_add(struct paid_lp *l)
{
    double *need = l->next; /* free until the caller fills it */

    scales_find(l);
    touches_count(need, l);
    for (size_t i = 0; i < l->n->nodes_n; i++)
        need[i] = margin(l, i, need[i]);
    for (size_t k = 0; k < l->pairs_n; k++) {
        const struct pair *pair = &l->pairs[k];
        const struct order *o = &l->n->orders[pair->first];
        double rate = pair_rate(l, pair), lowest = pair_lowest(l, pair);

        need[o->a] -= pair->sold + pair->bought * exp(-rate) * (1 - lowest);
        need[o->b] += pair->sold * exp(rate + lowest) + pair->bought;
    }
    for (uint32_t i = 0; i < l->n->nodes_n; i++)
        lp_row(l->lp, need[i] * exp_u(l, i) / l->scale[i], LP_FREE);
}

static void segments_add(struct paid_lp *l)
{
    struct segment cut[SEGMENTS_MAX];

    for (size_t i = 0; i < l->n->edges_n; i++) {
        const struct edge *e = &l->n->edges[i];
        double ua = exp_u(l, e->a), ub = exp_u(l, e->b);
        double least = fmin(l->scale[e->a], l->scale[e->b]);
        size_t k = 0;

        l->segment[i] = lp_columns(l->lp);
        if (!l->p->closed[i])
            k = segments_cut(cut, e, l->centre[i], &l->grid);
        for (size_t j = 0; j < k; j++) {
            size_t column = lp_column(l->lp, 0, 0, cut[j].in * ua / least);

            l->rate[column] = cut[j].rate;
            l->unit[column] = least / ua; /* not the width: reduced costs must stay comparable */
            lp_entry(l->lp, e->a, column, -least / l->scale[e->a]);
            lp_entry(l->lp, e->b, column, least / ua * cut[j].rate * ub / l->scale[e->b]);
        }
    }
    l->segment[l->n->edges_n] = lp_columns(l->lp);
}

/* What one more unit of a pair's log rate costs the rows of its nodes, payouts growing by slope. */
static void rate_entries_add(struct paid_lp *l, const struct pair *pair, size_t column,
                             double slope)
{
    const struct order *o = &l->n->orders[pair->first];
    double rate = pair_rate(l, pair);

    if (pair->sold > 0)
        lp_entry(l->lp, o->b, column,
                 -slope * pair->sold * exp(rate) * exp_u(l, o->b) / l->scale[o->b]);
    if (pair->bought > 0)
        lp_entry(l->lp, o->a, column,
                 -copysign(1, slope) * pair->bought * exp(-rate) * exp_u(l, o->a) / l->scale[o->a]);
}

/*
 * Columns of a pair's log rate: chords of exp above its lowest value, the cheap ones first, and
 * slack below it. With exact-buys in the pair what they pay is a tangent, so steps stay short.
 */
static void pair_add(struct paid_lp *l, struct pair *pair, size_t row)
{
    double weight = l->lift * pair_value(l, pair) / l->total;
    double cut[SEGMENTS_MAX], lo = pair_lowest(l, pair);
    double highest = fmax(lo, 0) + pair_step(l, pair);
    size_t column;

    pair->lowest = lo;
    pair->slack = lp_column(l->lp, weight * (1 + PENALTY), 0, LP_FREE);
    lp_entry(l->lp, row, pair->slack, 1);
    rate_entries_add(l, pair, pair->slack, -exp(lo));
    for (size_t i = grid_cuts(cut, &l->grid); i-- > 0;) {
        double hi = i == 0 ? highest : fmin(cut[i], highest);

        if (hi <= lo)
            continue;
        column = lp_column(l->lp, -weight, 0, hi - lo);
        lp_entry(l->lp, row, column, -1);
        rate_entries_add(l, pair, column, exp(lo) * expm1(hi - lo) / (hi - lo));
        lo = hi;
    }
    pair->chords = lp_columns(l->lp) - pair->slack - 1;
}

/* Columns for the change of log paid prices, and rows that tie them to the rates of pairs. */
static void prices_add(struct paid_lp *l)
{
    for (size_t i = 0; i < l->n->nodes_n; i++) {
        double most = l->anchor[i] == i ? 0 : CHANGE_MAX;

        l->change[i] = SIZE_MAX;
        if (l->turnover[i] > 0)
            l->change[i] = lp_column(l->lp, 0, -most, most);
    }
    for (size_t k = 0; k < l->pairs_n; k++) {
        const struct order *o = &l->n->orders[l->pairs[k].first];
        double lowest = pair_lowest(l, &l->pairs[k]);
        size_t row = lp_row(l->lp, lowest, lowest);

        lp_entry(l->lp, row, l->change[o->a], 1);
        lp_entry(l->lp, row, l->change[o->b], -1);
        pair_add(l, &l->pairs[k], row);
    }
}

/*
 * A column for what a node lacks: demands of exact-buys may exceed everything, and fills that only
 * feed each other have no room for the error of a chord, which vanishes as the grid shrinks.
 */
static void shortages_add(struct paid_lp *l)
{
    for (size_t i = 0; i < l->n->nodes_n; i++) {
        l->short_of[i] = SIZE_MAX;
        if (!(l->turnover[i] > 0))
            continue;
        l->short_of[i] = lp_column(l->lp, PENALTY * l->lift * l->scale[i] / l->total, 0, LP_FREE);
        lp_entry(l->lp, i, l->short_of[i], 1);
    }
}

static void flow_read(struct paid_lp *l)
{
    for (size_t i = 0; i < l->n->edges_n; i++) {
        const struct edge *e = &l->n->edges[i];
        double in = 0;

        for (size_t c = l->segment[i]; c < l->segment[i + 1]; c++)
            in += fmax(lp_value(l->lp, c), 0) * l->unit[c];
        l->p->flow[i] = in * exp_u(l, e->a) > FLOW_MIN * l->scale[e->a] ? in : 0;
    }
    for (size_t i = 1; i < l->n->edges_n; i++) { /* both sides of a curve at once earn nothing */
        if (l->n->edges[i].curve == l->n->edges[i - 1].curve && !network_is_link(&l->n->edges[i]) &&
            l->p->flow[i] > 0 && l->p->flow[i - 1] > 0)
            l->p->flow[l->p->flow[i] < l->p->flow[i - 1] ? i : i - 1] = 0;
    }
}

static void violation_mark(struct paid_lp *l, size_t order)
{
    l->p->violates_n += !l->p->violates[order];
    l->p->violates[order] = true;
}

/* Of the fills that buy node i the largest, an exact-buy rather than an exact-sell. */
static void largest_mark(struct paid_lp *l, size_t i)
{
    const struct network *n = l->n;
    size_t largest = SIZE_MAX;

    for (size_t k = 0; k < n->orders_n; k++) {
        const struct order *o = &n->orders[k],
                           *best = &n->orders[largest == SIZE_MAX ? 0 : largest];

        if (o->b != i || !(l->p->fill[k] > 0))
            continue;
        if (largest == SIZE_MAX || (best->sells && !o->sells) ||
            (best->sells == o->sells && l->p->fill[k] > l->p->fill[largest]))
            largest = k;
    }
    if (largest != SIZE_MAX)
        violation_mark(l, largest);
}

/* Of each pair below its limit the strictest fill; of each missing demand the largest one. */
static void violations_read(struct paid_lp *l)
{
    const struct network *n = l->n;

    double ok = SLACK_OK + CHORD_ERROR * l->grid.finest * l->grid.finest;

    l->p->violates_n = 0;
    for (size_t i = 0; i < n->orders_n; i++)
        l->p->violates[i] = false;
    for (size_t k = 0; k < l->pairs_n; k++) {
        if (lp_value(l->lp, l->pairs[k].slack) > ok)
            violation_mark(l, l->pairs[k].strict);
    }
    l->shortage = 0;
    for (size_t i = 0; i < n->nodes_n; i++) {
        double missing = l->short_of[i] == SIZE_MAX ? 0 : lp_value(l->lp, l->short_of[i]);

        l->shortage = fmax(l->shortage, missing);
        if (missing > ok)
            largest_mark(l, i);
    }
}

/* New paid prices; returns the largest change of a pair's log rate. */
static double prices_read(struct paid_lp *l)
{
    double bend = 0;

    l->buy_bend = 0;
    for (size_t k = 0; k < l->pairs_n; k++) {
        const struct order *o = &l->n->orders[l->pairs[k].first];

        bend =
            fmax(bend, fabs(lp_value(l->lp, l->change[o->a]) - lp_value(l->lp, l->change[o->b])));
    }
    for (size_t i = 0; i < l->n->nodes_n; i++) {
        if (l->change[i] != SIZE_MAX)
            l->p->q[i] += lp_value(l->lp, l->change[i]);
    }
    return bend;
}

enum err paid_lp_solve(double *bend, struct paid_lp *l, struct budget *work)
{
    enum lp_status status;
    uint64_t before = work->pivots;
    enum err e;

    if (work->rounds == 0)
        return ERR_TIMEOUT;
    lp_clear(l->lp);
    node_rows_add(l);
    paid_caps_close(l);
    segments_add(l);
    paid_caps_add(l);
    prices_add(l);
    shortages_add(l);
    TRY(lp_fault(l->lp));
    paid_basis_start(l);
    work->rounds--;
    work->spent.rounds++;
    work->spent.lps++;
    work->spent.columns += lp_columns(l->lp);
    e = lp_solve(&status, l->lp, &work->pivots);
    work->spent.pivots += before - work->pivots;
    if (e != ERR_OK)
        return e;
    if (status != LP_OPTIMAL)
        return ERR_NUMERIC;
    flow_read(l);
    paid_basis_save(l);
    violations_read(l);
    *bend = prices_read(l);
    return ERR_OK;
}

void paid_lp_widen(struct paid_lp *l)
{
    l->grid = FIRST_GRID;
}

void paid_lp_restart(struct paid_lp *l)
{
    size_t n = l->n->nodes_n;

    memcpy(l->p->u, l->start, n * sizeof(*l->start));
    memcpy(l->p->q, l->start + n, n * sizeof(*l->start));
    centres_reset(l);
    paid_lp_widen(l);
}

double paid_lp_dual(const struct paid_lp *l, size_t i)
{
    return lp_dual(l->lp, i) * l->total / (l->scale[i] * l->lift);
}
