/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cycles of a graph of legs: cut, or split, until there is an order of execution. */
#include <math.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/route/edge.h"
#include "solver/route/leg_graph.h"

#define NOISE 1e-9 /* of what a node gives: less is not worth a loan */

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

    memset(s.seen, 0, (g->nodes_max + 1) * sizeof *s.seen);
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

static void inner_find(struct leg_graph *g, const struct search *s)
{
    for (uint32_t v = 0; v < g->nodes_n; v++) {
        g->nodes[v].gives = 0;
        g->nodes[v].holds = v == g->source ? g->supply : 0;
    }
    for (size_t i = 0; i < g->edges_n; i++) {
        const struct leg_edge *e = &g->edges[i];

        if (s->part[e->from] == s->part[e->to])
            g->nodes[e->from].gives += e->in;
        else
            g->nodes[e->to].holds += e->out;
    }
}

/* Is it cheaper to split v than w: by the loan, then by what runs in the cycle? */
static bool cheaper(const struct leg_node *v, const struct leg_node *w)
{
    double loan_v = fmax(v->gives * (1 - NOISE) - v->holds, 0) * v->price;
    double loan_w = fmax(w->gives * (1 - NOISE) - w->holds, 0) * w->price;

    return loan_v != loan_w ? loan_v < loan_w : v->gives * v->price < w->gives * w->price;
}

/* Edges of the component come back to the tail, edges to elsewhere leave from it. */
static void split(struct leg_graph *g, const struct search *s, uint32_t v)
{
    double gives = g->nodes[v].gives, lacking = gives - g->nodes[v].holds;
    uint32_t tail = (uint32_t)g->nodes_n++;

    CHECK(g->nodes_n <= g->nodes_max);
    g->nodes[tail] = g->nodes[v];
    g->nodes[tail].head = v;
    s->part[tail] = LEG_NONE;
    for (uint32_t i = g->out_at[v]; i < g->out_at[v + 1]; i++)
        if (s->part[g->edges[i].to] != s->part[v])
            g->edges[i].from = tail;
    for (uint32_t i = g->in_at[v]; i < g->in_at[v + 1]; i++)
        if (s->part[g->edges[g->in[i]].from] == s->part[v])
            g->edges[g->in[i]].to = tail;
    if (lacking > NOISE * gives) {
        g->nodes[v].loan = edge_atoms(lacking);
        g->loans = true;
    } else {
        g->edges[g->edges_n++] = (struct leg_edge){
            .curve = LEG_NONE, .from = v, .to = tail, .in = -lacking, .out = -lacking
        };
    }
}

/* Split one node of every component of several. false: there was none. */
static bool split_parts(struct leg_graph *g)
{
    struct search s = search_make(g);
    uint32_t *size = s.low, *best = s.next, nodes = (uint32_t)g->nodes_n;
    bool any = false;

    search_parts(&s);
    inner_find(g, &s);
    memset(size, 0, s.parts * sizeof *size);
    for (uint32_t v = 0; v < nodes; v++) {
        uint32_t part = s.part[v];

        if (size[part]++ == 0 || cheaper(&g->nodes[v], &g->nodes[best[part]]))
            best[part] = v;
    }
    for (uint32_t part = 0; part < s.parts; part++)
        if (size[part] > 1) {
            split(g, &s, best[part]);
            any = true;
        }
    if (any)
        leg_graph_index(g);
    else
        for (uint32_t v = 0; v < nodes; v++)
            g->order[s.parts - 1 - s.part[v]] = v;
    return any;
}

void leg_graph_order(struct leg_graph *g)
{
    while (split_parts(g))
        ;
    for (size_t k = g->nodes_n; k-- > 0;) {
        uint32_t v = g->order[k];
        bool ends = v == g->sink;

        for (uint32_t i = g->out_at[v]; i < g->out_at[v + 1]; i++)
            ends = ends || g->nodes[g->edges[i].to].ends;
        g->nodes[v].ends = ends;
        for (uint32_t i = g->out_at[v]; i < g->out_at[v + 1]; i++)
            g->edges[i].fixed = ends && !g->nodes[g->edges[i].to].ends;
    }
    leg_graph_index(g);
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
