/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/engine/split.h"

#define PART_NONE UINT32_MAX

/* Union-find over assets: the root of an asset names its part. */
static uint32_t root_of(uint32_t *parent, uint32_t asset)
{
    while (parent[asset] != asset) {
        parent[asset] = parent[parent[asset]];
        asset = parent[asset];
    }
    return asset;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    uint32_t ra = root_of(parent, a);
    uint32_t rb = root_of(parent, b);

    if (ra < rb)
        parent[rb] = ra;
    else
        parent[ra] = rb;
}

static uint32_t leg_asset(const struct auction *a, const struct solution_leg *leg, bool given)
{
    return a->curves[leg->curve].asset[given ? leg->way.give : leg->way.get];
}

static void join_all(uint32_t *parent, const struct auction *a, const struct solution *s)
{
    for (size_t i = 0; i < s->fills_n; i++) {
        const struct auction_intent *t = &a->intents[s->fills[i].intent];
        join(parent, t->sell, t->buy);
    }
    for (size_t i = 0; i < s->legs_n; i++)
        join(parent, leg_asset(a, &s->legs[i], true), leg_asset(a, &s->legs[i], false));
}

/* Number the parts in the order of their first fill; part[root] = PART_NONE for the others. */
static size_t parts_number(uint32_t *part, uint32_t *parent, const struct auction *a,
                           const struct solution *s)
{
    size_t n = 0;

    for (size_t i = 0; i < a->assets_n; i++)
        part[i] = PART_NONE;
    for (size_t i = 0; i < s->fills_n; i++) {
        uint32_t root = root_of(parent, a->intents[s->fills[i].intent].sell);
        if (part[root] == PART_NONE)
            part[root] = (uint32_t)n++;
    }
    return n;
}

static enum err parts_alloc(struct split *out, struct arena *arena, const struct solution *s)
{
    for (size_t i = 0; i < out->n; i++) {
        struct split_part *p = &out->parts[i];
        p->fills = ARENA_NEW(arena, s->fills_n + 1, uint32_t);
        p->legs = ARENA_NEW(arena, s->legs_n + 1, uint32_t);
        p->covers = ARENA_NEW(arena, s->covers_n + 1, uint32_t);
        if (p->fills == NULL || p->legs == NULL || p->covers == NULL)
            return ERR_NOMEM;
    }
    return ERR_OK;
}

static void parts_fill(struct split *out, const uint32_t *part, uint32_t *parent,
                       const struct auction *a, const struct solution *s)
{
    for (size_t i = 0; i < s->fills_n; i++) {
        struct split_part *p =
            &out->parts[part[root_of(parent, a->intents[s->fills[i].intent].sell)]];
        p->fills[p->fills_n++] = (uint32_t)i;
    }
    for (size_t i = 0; i < s->legs_n; i++) {
        uint32_t no = part[root_of(parent, leg_asset(a, &s->legs[i], true))];
        if (no != PART_NONE)
            out->parts[no].legs[out->parts[no].legs_n++] = (uint32_t)i;
    }
    for (size_t i = 0; i < s->covers_n; i++) {
        uint32_t no = part[root_of(parent, s->covers[i].asset)];
        if (no != PART_NONE)
            out->parts[no].covers[out->parts[no].covers_n++] = (uint32_t)i;
    }
}

enum err split_solution(struct split *out, struct arena *arena, const struct auction *a,
                        const struct solution *s)
{
    uint32_t *parent = ARENA_NEW(arena, a->assets_n + 1, uint32_t);
    uint32_t *part = ARENA_NEW(arena, a->assets_n + 1, uint32_t);

    if (parent == NULL || part == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < a->assets_n; i++)
        parent[i] = (uint32_t)i;
    join_all(parent, a, s);
    out->n = parts_number(part, parent, a, s);
    out->parts = ARENA_NEW(arena, out->n + 1, struct split_part);
    if (out->parts == NULL)
        return ERR_NOMEM;
    TRY(parts_alloc(out, arena, s));
    parts_fill(out, part, parent, a, s);
    return ERR_OK;
}
