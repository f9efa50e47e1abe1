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
    return w->flow[edge] > 0 && !w->closed[edge] && !network_is_link(&w->n->edges[edge]);
}

/* Cycles are of assets, wherever they are: legs of all domains run in one order. */
static uint32_t from(const struct walk *w, size_t edge)
{
    return w->n->nodes[w->n->edges[edge].a].home;
}

static uint32_t to(const struct walk *w, size_t edge)
{
    return w->n->nodes[w->n->edges[edge].b].home;
}

static double moved(const struct walk *w, size_t edge)
{
    return w->flow[edge] * exp(w->u[w->n->edges[edge].a]);
}

/* The path ends in edge `last`, which leads back to a node on it: close the cheapest of the cycle.
 */
static void cycle_close(struct walk *w, size_t last)
{
    uint32_t start = to(w, last);
    size_t cheapest = last;

    for (uint32_t v = from(w, last); v != start; v = from(w, w->via[v])) {
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

        while (i < w->n->edges_n && !(from(w, i) == v && trades(w, i)))
            i++;
        next[v] = i + 1;
        if (i >= w->n->edges_n) {
            w->mark[v] = DONE;
            if (v == root)
                return false;
            v = from(w, w->via[v]);
            continue;
        }
        if (w->mark[to(w, i)] == ON_PATH) {
            cycle_close(w, i);
            return true;
        }
        if (w->mark[to(w, i)] == NEW) {
            v = to(w, i);
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

            if (flow[i] > 0 && !closed[i] && !network_is_link(&n->edges[i]) && value < least) {
                least = value;
                smallest = i;
            }
        }
        if (smallest == SIZE_MAX)
            return;
        closed[smallest] = true;
    }
}
