/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/paid_caps.h"

#include <math.h>
#include <string.h>

#define UNIT_MIN 1e-3       /* of the value of all fills: what a row calls 1, at least */
#define CAP_MIN 1e-6        /* of the value of all fills: a limit below it is zero */
#define TAX_MOST (1 - 1e-6) /* of a price */

static bool bought(const struct paid_lp *l, uint32_t node)
{
    for (size_t k = 0; k < l->pairs_n; k++) {
        if (l->n->orders[l->pairs[k].first].b == node)
            return true;
    }
    return false;
}

void paid_caps_close(struct paid_lp *l)
{
    for (size_t i = 0; i < l->n->edges_n; i++) { /* inventory pays fills and nothing else */
        const struct edge *e = &l->n->edges[i];

        if (network_is_link(e) && l->n->nodes[e->b].home == e->b && !bought(l, e->b))
            l->p->closed[i] = true;
    }
    for (size_t k = 0; k < l->n->caps_n; k++) {
        const struct cap *cap = &l->n->caps[k];

        for (size_t i = 0; i < l->n->edges_n && cap->kind != CAP_POT; i++) {
            struct cap_use use = cap_use(l->n, cap, &l->n->edges[i]);
            double most = fmax(use.in, use.out);

            if (most > 0 && !(most * CAP_MIN * l->total < cap->most))
                l->p->closed[i] = true;
        }
    }
}

/* What fills sell of a node, value at reference prices, at the current rates. */
static double sold_at(const struct paid_lp *l, uint32_t node)
{
    double sold = 0;

    for (size_t k = 0; k < l->pairs_n; k++) {
        const struct pair *pair = &l->pairs[k];
        const struct order *o = &l->n->orders[pair->first];

        if (o->a == node)
            sold += pair->sold + pair->bought * exp(l->p->q[o->b] - l->p->q[o->a]);
    }
    return sold;
}

static double cap_most(const struct paid_lp *l, const struct cap *cap)
{
    return cap->kind == CAP_POT ? cap->most * sold_at(l, cap->node) : cap->most;
}

/* What a row calls 1. */
static double cap_unit(const struct paid_lp *l, const struct cap *cap)
{
    double total;

    if (cap->node == NETWORK_NONE)
        return cap->most > 0 ? cap->most : 1; /* nothing is allowed: its edges are closed */
    total = l->total * exp(-l->p->u[cap->node]);
    return cap->kind == CAP_POT ? total : fmax(cap->most, UNIT_MIN * total);
}

void paid_caps_add(struct paid_lp *l)
{
    for (size_t k = 0; k < l->n->caps_n; k++) {
        const struct cap *cap = &l->n->caps[k];
        double unit = cap_unit(l, cap);
        bool rules = cap->kind != CAP_POT || bought(l, cap->node);
        size_t row = lp_row(l->lp, -LP_FREE, rules ? cap_most(l, cap) / unit : LP_FREE);

        l->cap_row = k == 0 ? row : l->cap_row;
        for (size_t i = 0; i < l->n->edges_n && rules; i++) {
            struct cap_use use = cap_use(l->n, cap, &l->n->edges[i]);

            for (size_t c = l->segment[i]; c < l->segment[i + 1]; c++)
                lp_entry(l->lp, row, c, (use.in + use.out * l->rate[c]) * l->unit[c] / unit);
        }
    }
}

void paid_caps_read(struct paid_lp *l, double factor)
{
    memset(l->tax_in, 0, l->n->edges_n * sizeof(*l->tax_in));
    memset(l->tax_out, 0, l->n->edges_n * sizeof(*l->tax_out));
    l->worth = 0;
    for (size_t k = 0; k < l->n->caps_n; k++) {
        const struct cap *cap = &l->n->caps[k];
        double dual = fmax(-lp_dual(l->lp, l->cap_row + k), 0);
        double shadow = dual * l->total / (l->lift * cap_unit(l, cap)) * factor;

        if (!(dual > 0))
            continue;
        l->worth += shadow * cap_most(l, cap);
        for (size_t i = 0; i < l->n->edges_n; i++) {
            struct cap_use use = cap_use(l->n, cap, &l->n->edges[i]);

            if (l->p->closed[i])
                continue;
            l->tax_in[i] += shadow * use.in;
            l->tax_out[i] += shadow * use.out;
        }
    }
}

/* A price that a tax takes whole stays positive: its edge is far out of the money, no more. */
static double taxed(double u, double tax)
{
    return u + log1p(fmax(tax * exp(-u), -TAX_MOST));
}

double paid_caps_price_in(const struct paid_lp *l, const double *u, size_t i)
{
    return taxed(u[l->n->edges[i].a], l->tax_in[i]);
}

double paid_caps_price_out(const struct paid_lp *l, const double *u, size_t i)
{
    return taxed(u[l->n->edges[i].b], -l->tax_out[i]);
}

double paid_caps_unused(const struct paid_lp *l)
{
    double unused = l->worth;

    for (size_t i = 0; i < l->n->edges_n; i++) {
        double in = l->p->flow[i];

        if (in > 0)
            unused -= in * l->tax_in[i] + edge_out(&l->n->edges[i], in) * l->tax_out[i];
    }
    return fmax(unused, 0);
}

/* What edges bring to a foreign node and do not take, beyond what its link can pay at home. */
static double link_overuse(const struct paid_lp *l, const struct edge *link)
{
    double most = edge_depth(link), brought = 0;

    for (size_t i = 0; i < l->n->edges_n; i++) {
        const struct edge *e = &l->n->edges[i];
        double in = l->p->flow[i];

        if (in > 0 && e->b == link->a)
            brought += edge_out(e, in);
        if (in > 0 && e->a == link->a && e != link)
            brought -= in;
    }
    return (brought - most) / most;
}

double paid_caps_overuse(const struct paid_lp *l)
{
    double worst = 0;

    for (size_t i = 0; i < l->n->edges_n; i++) {
        const struct edge *e = &l->n->edges[i];

        if (network_is_link(e) && l->n->nodes[e->b].home == e->b && l->p->flow[i] > 0)
            worst = fmax(worst, link_overuse(l, e));
    }
    for (size_t k = 0; k < l->n->caps_n; k++) {
        const struct cap *cap = &l->n->caps[k];
        double used = 0, unit = cap_unit(l, cap);

        for (size_t i = 0; i < l->n->edges_n; i++) {
            const struct edge *e = &l->n->edges[i];
            struct cap_use use = cap_use(l->n, cap, e);
            double in = l->p->flow[i];

            if (in > 0)
                used += use.in * in + use.out * edge_out(e, in);
        }
        worst = fmax(worst, (used - cap_most(l, cap)) / unit);
    }
    return worst;
}
