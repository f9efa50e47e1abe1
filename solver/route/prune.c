/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/prune.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "solver/route/edge.h"

#define NONE UINT32_MAX

struct arcs {
    uint32_t *head; /* [assets_n + 1] offsets into to */
    uint32_t *to;
    size_t n; /* assets */
};

struct pair {
    uint32_t from;
    uint32_t to;
};

/* Does the curve give anything on this side? */
static bool side_offers(const struct curve *c, int side)
{
    if (c->kind != CURVE_book)
        return edge_serves(c);
    return (side == 0 ? c->as.book.bids_n : c->as.book.asks_n) > 0;
}

static size_t pairs_list(struct pair *pairs, const bool *keep, const struct auction *a,
                         const bool *skip_curve, const bool *skip_intent)
{
    size_t n = 0;

    for (size_t i = 0; i < a->curves_n; i++) {
        const struct curve *c = &a->curves[i];

        if (!keep[c->asset[0]] || !keep[c->asset[1]] || (skip_curve != NULL && skip_curve[i]))
            continue;
        for (int side = 0; side < 2; side++) {
            if (side_offers(c, side))
                pairs[n++] = (struct pair){ c->asset[side], c->asset[!side] };
        }
    }
    for (size_t i = 0; i < a->intents_n; i++) {
        const struct auction_intent *in = &a->intents[i];

        if (keep[in->sell] && keep[in->buy] && (skip_intent == NULL || !skip_intent[i]))
            pairs[n++] = (struct pair){ in->buy, in->sell };
    }
    return n;
}

/* Group the arcs by their tail. */
static enum err arcs_build(struct arcs *g, struct arena *arena, const struct pair *pairs, size_t n,
                           size_t assets_n)
{
    *g = (struct arcs){ .head = ARENA_NEW(arena, assets_n + 2, uint32_t),
                        .to = ARENA_NEW(arena, n, uint32_t),
                        .n = assets_n };
    if (g->head == NULL || g->to == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        g->head[pairs[i].from + 2]++;
    for (size_t i = 2; i < assets_n + 2; i++)
        g->head[i] += g->head[i - 1];
    for (size_t i = 0; i < n; i++)
        g->to[g->head[pairs[i].from + 1]++] = pairs[i].to;
    return ERR_OK;
}

/* Tarjan's strongly connected components without recursion. */
struct search {
    const struct arcs *g;
    uint32_t *index; /* order of discovery, 0 = not yet */
    uint32_t *low;
    uint32_t *next; /* position in the arcs of a node */
    uint32_t *path; /* the recursion */
    uint32_t *stack;
    uint32_t *component;
    size_t path_n;
    size_t stack_n;
    uint32_t found;
    uint32_t components;
};

static void enter(struct search *s, uint32_t v)
{
    s->index[v] = s->low[v] = ++s->found;
    s->next[v] = s->g->head[v];
    s->path[s->path_n++] = v;
    s->stack[s->stack_n++] = v;
}

static void leave(struct search *s, uint32_t v)
{
    uint32_t w;

    s->path_n--;
    if (s->path_n > 0 && s->low[v] < s->low[s->path[s->path_n - 1]])
        s->low[s->path[s->path_n - 1]] = s->low[v];
    if (s->low[v] != s->index[v])
        return;
    do {
        w = s->stack[--s->stack_n];
        s->component[w] = s->components;
    } while (w != v);
    s->components++;
}

static void search_from(struct search *s, uint32_t root)
{
    enter(s, root);
    while (s->path_n > 0) {
        uint32_t v = s->path[s->path_n - 1], w;

        if (s->next[v] == s->g->head[v + 1]) {
            leave(s, v);
            continue;
        }
        w = s->g->to[s->next[v]++];
        if (s->index[w] == 0)
            enter(s, w);
        else if (s->component[w] == NONE && s->index[w] < s->low[v])
            s->low[v] = s->index[w];
    }
}

static enum err components_find(uint32_t **component, struct arena *arena, const struct arcs *g)
{
    struct search s = { .g = g,
                        .index = ARENA_NEW(arena, g->n, uint32_t),
                        .low = ARENA_NEW(arena, g->n, uint32_t),
                        .next = ARENA_NEW(arena, g->n, uint32_t),
                        .path = ARENA_NEW(arena, g->n, uint32_t),
                        .stack = ARENA_NEW(arena, g->n, uint32_t),
                        .component = ARENA_NEW(arena, g->n, uint32_t) };

    if (s.index == NULL || s.low == NULL || s.next == NULL || s.path == NULL || s.stack == NULL ||
        s.component == NULL)
        return ERR_NOMEM;
    memset(s.component, 0xff, g->n * sizeof(*s.component));
    for (uint32_t v = 0; v < g->n; v++) {
        if (s.index[v] == 0)
            search_from(&s, v);
    }
    *component = s.component;
    return ERR_OK;
}

/* Add every arc the other way round; the list has room for twice as many. */
static size_t pairs_mirror(struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pairs[n + i] = (struct pair){ pairs[i].to, pairs[i].from };
    return 2 * n;
}

/* Mark the assets of intents whose two assets lie in one component, and their components. */
static void intents_mark(bool *busy, bool *alive, const uint32_t *component, const bool *keep,
                         const struct auction *a, const bool *skip_intent)
{
    for (size_t i = 0; i < a->intents_n; i++) {
        const struct auction_intent *in = &a->intents[i];

        if (!keep[in->sell] || !keep[in->buy] || (skip_intent != NULL && skip_intent[i]) ||
            component[in->sell] != component[in->buy])
            continue;
        busy[in->sell] = busy[in->buy] = true;
        alive[component[in->sell]] = true;
    }
}

/* The one asset that v trades with either way, v itself when there is none, NONE when several. */
static uint32_t only_neighbour(const struct arcs *g, const bool *keep, uint32_t v)
{
    uint32_t only = NONE;

    for (uint32_t i = g->head[v]; i < g->head[v + 1]; i++) {
        uint32_t w = g->to[i];

        if (!keep[w] || w == only)
            continue;
        if (only != NONE)
            return NONE;
        only = w;
    }
    return only == NONE ? v : only;
}

/* Take dead ends away until none is left; each removal can only lay bare its neighbour. */
static void dead_ends_prune(bool *keep, const bool *busy, const struct arcs *g)
{
    for (uint32_t start = 0; start < g->n; start++) {
        uint32_t v = start, next;

        while (v != NONE && keep[v] && !busy[v] && (next = only_neighbour(g, keep, v)) != NONE) {
            keep[v] = false;
            v = next;
        }
    }
}

enum err prune_assets(bool *keep, struct arena *arena, const struct auction *a,
                      const bool *skip_curve, const bool *skip_intent)
{
    struct pair *pairs = ARENA_NEW(arena, 4 * a->curves_n + 2 * a->intents_n, struct pair);
    bool *busy = ARENA_NEW(arena, a->assets_n, bool);
    bool *alive = ARENA_NEW(arena, a->assets_n, bool);
    uint32_t *component;
    struct arcs g, both;
    size_t n;

    if (pairs == NULL || busy == NULL || alive == NULL)
        return ERR_NOMEM;
    n = pairs_list(pairs, keep, a, skip_curve, skip_intent);
    TRY(arcs_build(&g, arena, pairs, n, a->assets_n));
    TRY(arcs_build(&both, arena, pairs, pairs_mirror(pairs, n), a->assets_n));
    TRY(components_find(&component, arena, &g));
    intents_mark(busy, alive, component, keep, a, skip_intent);
    for (size_t i = 0; i < a->assets_n; i++)
        keep[i] = keep[i] && alive[component[i]];
    dead_ends_prune(keep, busy, &both);
    return ERR_OK;
}
