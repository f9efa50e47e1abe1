/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/active.h"

#include <string.h>

#include "solver/core/check.h"

/* The assets of each curve that take part. */
struct choice {
    const struct route_market *m;
    uint8_t *live; /* [curves_n] */
};

static void choice_set(void *context, uint32_t curve, unsigned k)
{
    struct choice *c = context;

    c->live[curve] |= (uint8_t)(1U << k);
}

static enum err choose(struct choice *c, struct arena *arena, const struct route_market *m,
                       uint32_t sell, uint32_t buy)
{
    struct core_branch b = { .set = choice_set,
                             .context = c,
                             .stack = ARENA_NEW(arena, m->assets_n + REAL_ASSETS_MAX, uint32_t),
                             .seen = ARENA_NEW(arena, m->assets_n, uint8_t),
                             .marks = ARENA_NEW(arena, m->assets_n, uint32_t) };

    *c = (struct choice){ m, ARENA_NEW(arena, m->curves_n + 1, uint8_t) };
    if (c->live == NULL || b.stack == NULL || b.seen == NULL || b.marks == NULL)
        return ERR_NOMEM;
    memcpy(c->live, m->core.live, m->curves_n);
    core_branch(&b, &m->core, sell);
    core_branch(&b, &m->core, buy);
    return ERR_OK;
}

/* The node of an asset, a new one if it has none yet. */
static uint32_t node_of(struct active *a, uint32_t asset, size_t *nodes_n)
{
    if (a->node[asset] == ACTIVE_NONE) {
        a->node[asset] = (uint32_t)*nodes_n;
        a->asset[(*nodes_n)++] = asset;
    }
    return a->node[asset];
}

static void curve_take(struct active *a, size_t at, const struct real_curve *real, uint8_t live,
                       size_t *nodes_n)
{
    struct real_curve *c = &a->curves[at];

    *c = *real;
    c->live = live;
    for (unsigned k = 0; k < c->n; k++)
        c->node[k] = frame_live(c, k) ? node_of(a, real->node[k], nodes_n) : ACTIVE_NONE;
}

static enum err memory_take(struct active *a, struct arena *arena, size_t assets_n, size_t curves_n)
{
    a->asset = ARENA_NEW(arena, assets_n, uint32_t);
    a->node = ARENA_NEW(arena, assets_n, uint32_t);
    a->curves = ARENA_NEW(arena, curves_n + 1, struct real_curve);
    if (a->asset == NULL || a->node == NULL || a->curves == NULL)
        return ERR_NOMEM;
    memset(a->node, 0xff, assets_n * sizeof *a->node);
    return ERR_OK;
}

static enum err build(struct active *a, struct arena *arena, const struct route_market *m,
                      uint32_t sell, uint32_t buy)
{
    struct choice c;
    size_t nodes_n = 0, curves_n = 0;

    TRY(choose(&c, arena, m, sell, buy));
    for (size_t i = 0; i < m->curves_n; i++)
        curves_n += c.live[i] != 0;
    TRY(memory_take(a, arena, m->assets_n, curves_n));
    curves_n = 0;
    for (size_t i = 0; i < m->curves_n; i++) {
        if (c.live[i] != 0)
            curve_take(a, curves_n++, &m->real[i], c.live[i], &nodes_n);
    }
    a->core_only = a->core_only && a->node[sell] != ACTIVE_NONE && a->node[buy] != ACTIVE_NONE;
    (void)node_of(a, sell, &nodes_n);
    (void)node_of(a, buy, &nodes_n);
    return frame_build(&a->frame, arena, nodes_n, a->curves, curves_n);
}

/* The same curves, with what they offer now. */
static void refresh(struct active *a, const struct route_market *m)
{
    for (size_t i = 0; i < a->frame.curves_n; i++) {
        struct real_curve *c = &a->curves[i], old = *c;

        *c = m->real[old.curve];
        c->live = old.live;
        memcpy(c->node, old.node, sizeof c->node);
    }
    a->changes = m->changes;
}

static bool in_core(const struct route_market *m, uint32_t asset)
{
    return m->core.link[asset] == CORE_NONE;
}

enum err active_build(struct active *a, struct arena *arena, const struct route_market *m,
                      uint32_t sell, uint32_t buy)
{
    bool core_only = in_core(m, sell) && in_core(m, buy);

    if (a->shape == m->shape && a->core_only && core_only && a->node[sell] != ACTIVE_NONE &&
        a->node[buy] != ACTIVE_NONE) {
        if (a->changes != m->changes)
            refresh(a, m);
        return ERR_OK;
    }
    arena_reset(arena);
    *a = (struct active){ .core_only = core_only, .changes = m->changes };
    TRY(build(a, arena, m, sell, buy));
    a->shape = m->shape;
    return ERR_OK;
}

enum err active_reduce(struct active *out, struct arena *arena, const struct active *a,
                       size_t assets_n, const bool *keep)
{
    size_t nodes_n = 0, curves_n = 0;

    *out = (struct active){ 0 };
    TRY(memory_take(out, arena, assets_n, a->frame.curves_n));
    for (size_t i = 0; i < a->frame.n; i++) {
        if (keep[i])
            (void)node_of(out, a->asset[i], &nodes_n);
    }
    for (size_t i = 0; i < a->frame.curves_n; i++) {
        struct real_curve *c = &out->curves[curves_n];

        *c = a->curves[i];
        for (unsigned k = 0; k < c->n; k++) {
            if (!frame_live(c, k))
                continue;
            if (!keep[c->node[k]])
                c->live &= (uint8_t) ~(1U << k);
            c->node[k] = frame_live(c, k) ? out->node[a->asset[c->node[k]]] : ACTIVE_NONE;
        }
        curves_n += __builtin_popcount(c->live) > 1;
    }
    return frame_build(&out->frame, arena, nodes_n, out->curves, curves_n);
}
