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

/* A leg that waits, and what it lacks; old when its asset has changed since. */
struct wait {
    double lacks; /* value */
    uint32_t node;
    uint32_t change;
};

/* What is planned to be there, and the legs that still wait. */
struct plan {
    struct leg_graph *g;
    double *have;     /* [nodes_n] */
    uint32_t *next;   /* [nodes_n] edge */
    uint32_t *change; /* [nodes_n] counts */
    uint32_t *ready;  /* [ready_n] nodes that got something */
    bool *is_ready;   /* [nodes_n] they stand there */
    size_t ready_n;
    struct wait *heap; /* [heap_n] the least first */
    size_t heap_n;
    size_t n; /* of the sequence */
};

static bool before(const struct wait *a, const struct wait *b)
{
    return a->lacks != b->lacks ? a->lacks < b->lacks : a->node < b->node;
}

static void swap(struct wait *a, struct wait *b)
{
    struct wait t = *a;

    *a = *b;
    *b = t;
}

static void heap_add(struct plan *p, struct wait w)
{
    size_t i = p->heap_n++;

    p->heap[i] = w;
    for (; i > 0 && before(&p->heap[i], &p->heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&p->heap[i], &p->heap[(i - 1) / 2]);
}

static struct wait heap_take(struct plan *p)
{
    struct wait first = p->heap[0];
    size_t i = 0;

    p->heap[0] = p->heap[--p->heap_n];
    for (;;) {
        size_t least = 2 * i + 1;

        if (least >= p->heap_n)
            return first;
        if (least + 1 < p->heap_n && before(&p->heap[least + 1], &p->heap[least]))
            least++;
        if (!before(&p->heap[least], &p->heap[i]))
            return first;
        swap(&p->heap[i], &p->heap[least]);
        i = least;
    }
}

static void ready_add(struct plan *p, uint32_t v)
{
    if (!p->is_ready[v])
        p->ready[p->ready_n++] = v;
    p->is_ready[v] = true;
}

/* Run the legs of a node that can be paid for; the next one waits. */
static void node_flow(struct plan *p, uint32_t v)
{
    const struct leg_graph *g = p->g;

    p->is_ready[v] = false;
    p->change[v]++;
    for (; p->next[v] < g->out_at[v + 1]; p->next[v]++) {
        const struct leg_edge *e = &g->edges[p->next[v]];

        if (p->have[v] < e->in * READY) {
            heap_add(p, (struct wait){ (e->in - p->have[v]) * g->nodes[v].price, v, p->change[v] });
            return;
        }
        g->sequence[p->n++] = p->next[v];
        p->have[v] -= e->in;
        p->have[e->to] += e->out;
        ready_add(p, e->to);
    }
}

/* Lend what the leg lacks that lacks the least value. */
static void plan_lend(struct plan *p)
{
    struct wait w = heap_take(p);

    if (w.change != p->change[w.node])
        return;
    p->have[w.node] = p->g->edges[p->next[w.node]].in;
    ready_add(p, w.node);
}

enum err leg_graph_schedule(struct leg_graph *g)
{
    struct plan p = { .g = g,
                      .next = leg_graph_scratch(g, 1),
                      .change = leg_graph_scratch(g, 2),
                      .ready = leg_graph_scratch(g, 3) };

    if (!g->cyclic) {
        by_nodes(g);
        return ERR_OK;
    }
    p.have = ARENA_NEW(g->arena, g->nodes_n, double);
    p.is_ready = ARENA_NEW(g->arena, g->nodes_n, bool);
    /* A node waits anew when a leg reaches it or it is lent to, each at most once a leg. */
    p.heap = ARENA_NEW(g->arena, 2 * g->edges_n + g->nodes_n, struct wait);
    if (p.have == NULL || p.is_ready == NULL || p.heap == NULL)
        return ERR_NOMEM;
    p.have[g->source] = g->supply;
    for (uint32_t v = 0; v < g->nodes_n; v++) {
        p.next[v] = g->out_at[v];
        p.change[v] = 0;
        ready_add(&p, v);
    }
    while (p.ready_n > 0 || p.heap_n > 0) {
        if (p.ready_n > 0)
            node_flow(&p, p.ready[--p.ready_n]);
        else
            plan_lend(&p);
    }
    return ERR_OK;
}
