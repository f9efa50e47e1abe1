/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of execution of legs: by nodes, or where these are in cycles leg by leg. */
#include "solver/route/leg_graph.h"

#define READY (1 - 1e-9) /* of what a leg is planned to take: plans balance nearly, not exactly */

static void by_nodes(struct leg_graph *g)
{
    size_t n = 0;

    for (size_t k = 0; k < g->nodes_n; k++)
        for (uint32_t i = g->out_at[g->order[k]]; i < g->out_at[g->order[k] + 1]; i++)
            g->sequence[n++] = i;
}

/* What is planned to be there, and the legs that still wait. */
struct plan {
    struct leg_graph *g;
    double *have;      /* [nodes_n] */
    uint32_t *next;    /* [nodes_n] edge */
    uint32_t *waiting; /* [waiting_n] nodes with edges left */
    size_t waiting_n;
    size_t n; /* of the sequence */
};

static void plan_run(struct plan *p, uint32_t v)
{
    const struct leg_edge *e = &p->g->edges[p->next[v]];

    p->g->sequence[p->n++] = p->next[v]++;
    p->have[v] -= e->in;
    p->have[e->to] += e->out;
}

/* Run what can be paid for until nothing can. */
static void plan_flow(struct plan *p)
{
    struct leg_graph *g = p->g;
    bool ran = true;

    while (ran) {
        ran = false;
        for (size_t k = 0; k < p->waiting_n;) {
            uint32_t v = p->waiting[k];

            while (p->next[v] < g->out_at[v + 1] && p->have[v] >= g->edges[p->next[v]].in * READY) {
                plan_run(p, v);
                ran = true;
            }
            if (p->next[v] < g->out_at[v + 1])
                k++;
            else
                p->waiting[k] = p->waiting[--p->waiting_n];
        }
    }
}

/* Lend what the leg lacks that lacks the least value. */
static void plan_lend(struct plan *p)
{
    uint32_t best = p->waiting[0];
    double least = 0;

    for (size_t k = 0; k < p->waiting_n; k++) {
        uint32_t v = p->waiting[k];
        double lacking = (p->g->edges[p->next[v]].in - p->have[v]) * p->g->nodes[v].price;

        if (k == 0 || lacking < least) {
            best = v;
            least = lacking;
        }
    }
    p->have[best] = p->g->edges[p->next[best]].in;
}

enum err leg_graph_schedule(struct leg_graph *g)
{
    struct plan p = { .g = g, .next = leg_graph_scratch(g, 1), .waiting = leg_graph_scratch(g, 2) };

    if (!g->cyclic) {
        by_nodes(g);
        return ERR_OK;
    }
    p.have = ARENA_NEW(g->arena, g->nodes_n, double);
    if (p.have == NULL)
        return ERR_NOMEM;
    p.have[g->source] = g->supply;
    for (uint32_t v = 0; v < g->nodes_n; v++) {
        p.next[v] = g->out_at[v];
        if (g->out_at[v] < g->out_at[v + 1])
            p.waiting[p.waiting_n++] = v;
    }
    for (plan_flow(&p); p.waiting_n > 0; plan_flow(&p))
        plan_lend(&p);
    return ERR_OK;
}
