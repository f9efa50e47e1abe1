/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cycles of a graph of legs: found, or cut. */
#include <math.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/route/leg_graph.h"

/* A walk along edges, by depth; Tarjan's search for strongly connected components. */
struct search {
    const struct leg_graph *g;
    uint32_t *seen; /* when a node was first met, from 1; 0: not yet */
    uint32_t *low;
    uint32_t *next; /* edge */
    uint32_t *path;
    uint32_t *open;
    uint32_t *part; /* component, LEG_NONE while open; those that others lead to come first */
    uint32_t path_n;
    uint32_t open_n;
    uint32_t count;
    uint32_t parts;
};

static struct search search_make(const struct leg_graph *g)
{
    struct search s = { .g = g,
                        .seen = leg_graph_scratch(g, 1),
                        .low = leg_graph_scratch(g, 2),
                        .next = leg_graph_scratch(g, 3),
                        .path = leg_graph_scratch(g, 4),
                        .open = leg_graph_scratch(g, 5),
                        .part = leg_graph_scratch(g, 6) };

    memset(s.seen, 0, (g->nodes_n + 1) * sizeof *s.seen);
    return s;
}

static void search_enter(struct search *s, uint32_t v)
{
    s->seen[v] = s->low[v] = ++s->count;
    s->next[v] = s->g->out_at[v];
    s->part[v] = LEG_NONE;
    s->path[s->path_n++] = v;
    s->open[s->open_n++] = v;
}

static void search_leave(struct search *s)
{
    uint32_t v = s->path[--s->path_n], w;

    if (s->path_n > 0) {
        uint32_t *low = &s->low[s->path[s->path_n - 1]];

        *low = s->low[v] < *low ? s->low[v] : *low;
    }
    if (s->low[v] != s->seen[v])
        return;
    do {
        w = s->open[--s->open_n];
        s->part[w] = s->parts;
    } while (w != v);
    s->parts++;
}

static void search_parts(struct search *s)
{
    for (uint32_t root = 0; root < s->g->nodes_n; root++) {
        if (s->seen[root])
            continue;
        search_enter(s, root);
        while (s->path_n > 0) {
            uint32_t v = s->path[s->path_n - 1];

            if (s->next[v] == s->g->out_at[v + 1]) {
                search_leave(s);
                continue;
            }
            uint32_t w = s->g->edges[s->next[v]++].to;

            if (!s->seen[w])
                search_enter(s, w);
            else if (s->part[w] == LEG_NONE && s->seen[w] < s->low[v])
                s->low[v] = s->seen[w];
        }
    }
}

void leg_graph_order(struct leg_graph *g)
{
    struct search s = search_make(g);

    search_parts(&s);
    for (size_t i = 0; i < g->edges_n; i++) {
        struct leg_edge *e = &g->edges[i];

        e->inner = s.part[e->from] == s.part[e->to];
        g->cyclic = g->cyclic || e->inner;
    }
    if (g->cyclic)
        leg_graph_index(g);
    else
        for (uint32_t v = 0; v < g->nodes_n; v++)
            g->order[s.parts - 1 - s.part[v]] = v;
}

/* The cycle at the end of the path, from node w on: take the smallest of its flows off all of it.
 * Returns the place on the path of the first node whose edge is gone. */
static uint32_t cycle_cut(struct leg_graph *g, const struct search *s, uint32_t w)
{
    uint32_t first = s->path_n, gone;
    double least = INFINITY;

    do {
        const struct leg_edge *e = &g->edges[s->next[s->path[--first]] - 1];

        least = fmin(least, fmin(e->in * g->nodes[e->from].price, e->out * g->nodes[e->to].price));
    } while (s->path[first] != w);
    gone = s->path_n;
    for (uint32_t k = s->path_n; k-- > first;) {
        struct leg_edge *e = &g->edges[s->next[s->path[k]] - 1];
        double in = e->in * g->nodes[e->from].price, out = e->out * g->nodes[e->to].price;

        if (fmin(in, out) <= least * (1 + 1e-12)) {
            e->in = e->out = 0;
            gone = k;
        } else {
            e->in -= least / g->nodes[e->from].price;
            e->out -= least / g->nodes[e->to].price;
        }
    }
    CHECK(gone < s->path_n);
    return gone;
}

void leg_graph_cut(struct leg_graph *g)
{
    struct search s = search_make(g);
    enum { NEW, ON_PATH, DONE };

    for (uint32_t root = 0; root < g->nodes_n; root++) {
        if (s.seen[root] != NEW)
            continue;
        s.path[s.path_n++] = root;
        s.seen[root] = ON_PATH;
        s.next[root] = g->out_at[root];
        while (s.path_n > 0) {
            uint32_t v = s.path[s.path_n - 1];

            if (s.next[v] == g->out_at[v + 1]) {
                s.seen[v] = DONE;
                s.path_n--;
                continue;
            }
            const struct leg_edge *e = &g->edges[s.next[v]++];

            if (!(e->in > 0) || s.seen[e->to] == DONE)
                continue;
            if (s.seen[e->to] == NEW) {
                s.seen[e->to] = ON_PATH;
                s.next[e->to] = g->out_at[e->to];
                s.path[s.path_n++] = e->to;
                continue;
            }
            uint32_t keep = cycle_cut(g, &s, e->to) + 1;

            while (s.path_n > keep)
                s.seen[s.path[--s.path_n]] = NEW;
        }
    }
    leg_graph_index(g);
}
