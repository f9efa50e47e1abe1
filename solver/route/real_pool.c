/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/real_pool.h"

#include <math.h>
#include <string.h>

#include "solver/market/fixed18.h"

void real_pool_init(struct real_pool *p, const struct balancer *b)
{
    p->keep = (double)(FIXED18_ONE - b->fee) / (double)FIXED18_ONE;
    p->cost = -log1p(-((double)b->fee / (double)FIXED18_ONE));
}

enum err real_pool_finish(struct real_curve *r, const struct real_pool *p)
{
    for (unsigned k = 0; k < r->n; k++) {
        if (!isfinite(p->level[k]))
            return ERR_NUMERIC;
    }
    if (r->n == 2) {
        r->top[0] = real_pool_top(p, (struct way){ 0, 1 });
        r->top[1] = real_pool_top(p, (struct way){ 1, 0 });
    }
    return ERR_OK;
}

double real_pool_top(const struct real_pool *p, struct way way)
{
    return p->level[way.get] - p->level[way.give] - p->cost;
}

struct real_band real_pool_band(const struct real_curve *c, const struct real_pool *p, unsigned k,
                                const double *u)
{
    double least = INFINITY, most = -INFINITY;

    for (unsigned j = 0; j < c->n; j++) {
        if (j == k || !real_curve_live(c, j))
            continue;
        double at = u[c->node[j]] + p->level[j];
        least = at < least ? at : least;
        most = at > most ? at : most;
    }
    return (struct real_band){ most - p->cost - p->level[k], least + p->cost - p->level[k] };
}

void real_pull_clear(struct real_pull *p, unsigned n)
{
    memset(p->net, 0, n * sizeof p->net[0]);
    memset(p->weight, 0, n * (n - 1) / 2 * sizeof p->weight[0]);
    p->profit = 0;
}

enum real_state real_pool_state(struct real_pull *out, const struct real_curve *c,
                                const struct real_pool *p, const double *u, double tight,
                                double (*weight_of)(const struct real_curve *c,
                                                    const struct real_pool_pair *pair))
{
    double least = INFINITY, most = -INFINITY, at[REAL_ASSETS_MAX];
    enum real_state state = REAL_IDLE;

    for (unsigned k = 0; k < c->n; k++) {
        if (!real_curve_live(c, k))
            continue;
        at[k] = u[c->node[k]] + p->level[k];
        least = at[k] < least ? at[k] : least;
        most = at[k] > most ? at[k] : most;
    }
    if (least + p->cost < most)
        return REAL_TRADES;
    if (!(least + p->cost < most + tight))
        return REAL_IDLE;
    for (unsigned j = 1; j < c->n; j++) {
        for (unsigned i = 0; i < j; i++) {
            if (!real_curve_live(c, i) || !real_curve_live(c, j))
                continue;
            double slack = p->cost - fabs(at[i] - at[j]);
            struct real_pool_pair pair = { i, j, (at[i] + at[j] + p->cost) / 2 };

            if (!(slack < tight))
                continue;
            if (state == REAL_IDLE)
                real_pull_clear(out, c->n);
            state = REAL_TIGHT;
            out->weight[real_pair(i, j)] = weight_of(c, &pair) * (1 - slack / tight);
        }
    }
    return state;
}
