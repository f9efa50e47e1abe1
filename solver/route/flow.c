/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/flow.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum mark { NEW, ON_PATH, DONE };

struct walk {
    const struct network *n;
    const double *flow;
    const double *u;
    bool *closed;
    enum mark *mark; /* [nodes_n] */
    size_t *via;     /* [nodes_n] the edge that led to a node on the path */
};

static bool trades(const struct walk *w, size_t edge)
{
    return w->flow[edge] > 0 && !w->closed[edge];
}

static double moved(const struct walk *w, size_t edge)
{
    return w->flow[edge] * exp(w->u[w->n->edges[edge].a]);
}

/* The path ends in edge `last`, which leads back to a node on it: close the cheapest of the cycle.
 */
static void cycle_close(struct walk *w, size_t last)
{
    uint32_t start = w->n->edges[last].b;
    size_t cheapest = last;

    for (uint32_t v = w->n->edges[last].a; v != start; v = w->n->edges[w->via[v]].a) {
        if (moved(w, w->via[v]) < moved(w, cheapest))
            cheapest = w->via[v];
    }
    w->closed[cheapest] = true;
}

/*
 * Depth first from v over trading edges. Returns true when a cycle was found and cut: then the
 * marks are stale and the search starts again. The path is at most nodes_n long.
 */
static bool search(struct walk *w, uint32_t root, size_t *next)
{
    uint32_t v = root;

    w->mark[v] = ON_PATH;
    for (;;) {
        size_t i = next[v];

        while (i < w->n->edges_n && !(w->n->edges[i].a == v && trades(w, i)))
            i++;
        next[v] = i + 1;
        if (i >= w->n->edges_n) {
            w->mark[v] = DONE;
            if (v == root)
                return false;
            v = w->n->edges[w->via[v]].a;
            continue;
        }
        if (w->mark[w->n->edges[i].b] == ON_PATH) {
            cycle_close(w, i);
            return true;
        }
        if (w->mark[w->n->edges[i].b] == NEW) {
            v = w->n->edges[i].b;
            w->via[v] = i;
            w->mark[v] = ON_PATH;
        }
    }
}

enum err flow_cut_cycles(bool *closed, struct arena *scratch, const struct network *n,
                         const double *flow, const double *u)
{
    struct walk w = { .n = n,
                      .flow = flow,
                      .u = u,
                      .closed = closed,
                      .mark = ARENA_NEW(scratch, n->nodes_n, enum mark),
                      .via = ARENA_NEW(scratch, n->nodes_n, size_t) };
    size_t *next = ARENA_NEW(scratch, n->nodes_n, size_t);

    if (w.mark == NULL || w.via == NULL || next == NULL)
        return ERR_NOMEM;
    for (uint32_t v = 0; v < n->nodes_n; v++) {
        if (w.mark[v] != NEW || !search(&w, v, next))
            continue;
        memset(w.mark, 0, n->nodes_n * sizeof(*w.mark)); /* each round closes an edge: it ends */
        memset(next, 0, n->nodes_n * sizeof(*next));
        v = UINT32_MAX; /* from the first node again */
    }
    return ERR_OK;
}

void flow_close_smallest(bool *closed, const struct network *n, const double *flow, const double *u,
                         size_t count)
{
    for (; count > 0; count--) {
        size_t smallest = SIZE_MAX;
        double least = INFINITY;

        for (size_t i = 0; i < n->edges_n; i++) {
            double value = flow[i] * exp(u[n->edges[i].a]);

            if (flow[i] > 0 && !closed[i] && value < least) {
                least = value;
                smallest = i;
            }
        }
        if (smallest == SIZE_MAX)
            return;
        closed[smallest] = true;
    }
}
