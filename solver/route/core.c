/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/core.h"

#include <stdbool.h>

/* While peeling: who touches an asset, and how many curves of two live assets still do. */
struct peel {
    struct core *c;
    uint32_t *first; /* [assets_n + 1] */
    uint32_t *touch;
    uint32_t *degree; /* [assets_n] */
    bool *queued;
};

static bool live(const struct core *c, uint32_t curve, unsigned k)
{
    return (c->live[curve] >> k & 1) != 0;
}

static unsigned live_n(const struct core *c, uint32_t curve)
{
    return (unsigned)__builtin_popcount(c->live[curve]);
}

static enum err peel_init(struct peel *p, struct arena *arena)
{
    const struct core *c = p->c;
    size_t touches = 0;

    for (uint32_t i = 0; i < c->curves_n; i++)
        touches += live_n(c, i);
    p->first = ARENA_NEW(arena, c->assets_n + 2, uint32_t);
    p->touch = ARENA_NEW(arena, touches + 1, uint32_t);
    p->degree = ARENA_NEW(arena, c->assets_n + 1, uint32_t);
    p->queued = ARENA_NEW(arena, c->assets_n + 1, bool);
    if (p->first == NULL || p->touch == NULL || p->degree == NULL || p->queued == NULL)
        return ERR_NOMEM;
    for (uint32_t i = 0; i < c->curves_n; i++) {
        for (unsigned k = 0; k < c->curves[i].n; k++)
            p->degree[c->curves[i].node[k]] += live(c, i, k);
    }
    for (size_t i = 0; i < c->assets_n; i++)
        p->first[i + 1] = p->first[i] + p->degree[i];
    for (uint32_t i = (uint32_t)c->curves_n; i-- > 0;) {
        for (unsigned k = 0; k < c->curves[i].n; k++) {
            uint32_t asset = c->curves[i].node[k];

            if (live(c, i, k))
                p->touch[p->first[asset] + --p->degree[asset]] = i;
        }
    }
    for (size_t i = 0; i < c->assets_n; i++)
        p->degree[i] = p->first[i + 1] - p->first[i];
    return ERR_OK;
}

static void queue_add(struct peel *p, uint32_t asset)
{
    if (p->degree[asset] > 1 || p->queued[asset])
        return;
    p->queued[asset] = true;
    p->c->peeled[p->c->peeled_n++] = asset;
}

/* Take an asset out of the one curve that it still trades on. */
static void asset_peel(struct peel *p, uint32_t asset)
{
    struct core *c = p->c;

    for (uint32_t t = p->first[asset]; t < p->first[asset + 1]; t++) {
        uint32_t curve = p->touch[t];
        unsigned mine = 0;

        while (c->curves[curve].node[mine] != asset)
            mine++;
        if (!live(c, curve, mine))
            continue;
        if (live_n(c, curve) > 1)
            c->link[asset] = curve;
        c->live[curve] &= (uint8_t) ~(1U << mine);
        if (live_n(c, curve) != 1)
            continue;
        unsigned last = (unsigned)__builtin_ctz(c->live[curve]);
        p->degree[c->curves[curve].node[last]]--;
        queue_add(p, c->curves[curve].node[last]);
    }
}

enum err core_find(struct core *c, struct arena *arena, const struct real_curve *curves,
                   size_t curves_n, size_t assets_n)
{
    struct peel p = { .c = c };

    *c = (struct core){ .assets_n = assets_n, .curves = curves, .curves_n = curves_n };
    c->live = ARENA_NEW(arena, curves_n + 1, uint8_t);
    c->link = ARENA_NEW(arena, assets_n + 1, uint32_t);
    c->peeled = ARENA_NEW(arena, assets_n + 1, uint32_t);
    if (c->live == NULL || c->link == NULL || c->peeled == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < curves_n; i++)
        c->live[i] = curves[i].live;
    for (size_t i = 0; i < assets_n; i++)
        c->link[i] = CORE_NONE;
    TRY(peel_init(&p, arena));
    for (uint32_t i = 0; i < assets_n; i++)
        queue_add(&p, i);
    for (size_t i = 0; i < c->peeled_n; i++)
        asset_peel(&p, c->peeled[i]);
    for (size_t i = 0; i < curves_n; i++)
        c->live[i] = live_n(c, (uint32_t)i) > 1 ? c->live[i] : 0;
    return ERR_OK;
}

void core_branch(struct core_branch *b, const struct core *c, uint32_t asset)
{
    size_t depth = 0;

    b->stack[depth++] = asset;
    while (depth > 0) {
        uint32_t i = b->stack[--depth], curve = c->link[i];

        if (b->seen[i] != 0 || curve == CORE_NONE)
            continue;
        b->seen[i] = 1;
        b->marks[b->marks_n++] = i;
        for (unsigned k = 0; k < c->curves[curve].n; k++) {
            uint32_t other = c->curves[curve].node[k];
            bool hangs = c->link[other] == curve;

            if (other != i && hangs && b->seen[other] == 0)
                continue; /* a branch of its own */
            b->set(b->context, curve, k);
            if (other != i && b->seen[other] == 0)
                b->stack[depth++] = other;
        }
    }
}
