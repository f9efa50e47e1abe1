/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/stages.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct plan {
    struct solution_leg *legs;
    size_t n;
    const struct auction *a;
    uint32_t *unit;  /* [n] legs of one unit run together: a leg's number, or its group's first */
    uint32_t *stage; /* [n] of a unit, by its number */
};

static uint32_t asset_in(const struct plan *p, size_t i)
{
    return p->a->curves[p->legs[i].curve].asset[p->legs[i].way.give];
}

static uint32_t asset_out(const struct plan *p, size_t i)
{
    return p->a->curves[p->legs[i].curve].asset[p->legs[i].way.get];
}

/* Legs only depend on earlier ones: what comes later on a circle is lent by the reader. */
static bool depends(const struct plan *p, size_t later, size_t earlier)
{
    return earlier < later && asset_out(p, earlier) == asset_in(p, later);
}

/* Raise stages until every unit is behind what it needs. False: the units wait for each other. */
static bool stages_raise(struct plan *p)
{
    bool changed = true;

    memset(p->stage, 0, p->n * sizeof(*p->stage));
    for (size_t round = 0; changed && round <= p->n; round++) {
        changed = false;
        for (size_t i = 0; i < p->n; i++) {
            for (size_t j = 0; j < i; j++) {
                uint32_t *mine = &p->stage[p->unit[i]], other = p->stage[p->unit[j]];

                if (p->unit[i] == p->unit[j] || !depends(p, i, j) || *mine > other)
                    continue;
                *mine = other + 1;
                changed = true;
            }
        }
    }
    return !changed;
}

static bool may_group(const struct plan *p, size_t i, uint32_t venue)
{
    const struct auction_venue *v = &p->a->venues[venue];
    struct name home = { DOMAIN_HOME };

    return p->a->curves[p->legs[i].curve].venue == venue && v->atomic &&
           name_equal(&v->domain, &home);
}

/* Make one unit of a venue's legs, unless that cannot be ordered. */
static void venue_group(struct plan *p, uint32_t venue)
{
    size_t first = p->n, count = 0;

    for (size_t i = 0; i < p->n; i++) {
        if (!may_group(p, i, venue))
            continue;
        first = first == p->n ? i : first;
        p->unit[i] = (uint32_t)first;
        count++;
    }
    if (count == 0 || stages_raise(p))
        return;
    for (size_t i = 0; i < p->n; i++) {
        if (may_group(p, i, venue))
            p->unit[i] = (uint32_t)i;
    }
}

static void groups_number(struct plan *p)
{
    uint32_t number = 0;

    for (size_t i = 0; i < p->n; i++)
        p->legs[i].group = 0;
    for (size_t i = 0; i < p->n; i++) {
        size_t first = p->unit[i];

        p->legs[i].stage = p->stage[first];
        if (first == i)
            continue;
        if (p->legs[first].group == 0)
            p->legs[first].group = ++number;
        p->legs[i].group = p->legs[first].group;
    }
}

static int leg_cmp(const void *x, const void *y)
{
    const struct solution_leg *l = x, *m = y;

    if (l->stage != m->stage)
        return l->stage < m->stage ? -1 : 1;
    return l->group != m->group ? (l->group < m->group ? -1 : 1) : 0;
}

/* A stable insertion sort: legs are few and nearly in order. */
static void legs_sort(struct solution_leg *legs, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct solution_leg l = legs[i];
        size_t j = i;

        for (; j > 0 && leg_cmp(&legs[j - 1], &l) > 0; j--)
            legs[j] = legs[j - 1];
        legs[j] = l;
    }
}

enum err stages_assign(struct solution_leg *legs, size_t n, struct arena *arena,
                       const struct auction *a)
{
    struct plan p = { .legs = legs,
                      .n = n,
                      .a = a,
                      .unit = ARENA_NEW(arena, n, uint32_t),
                      .stage = ARENA_NEW(arena, n, uint32_t) };

    if (p.unit == NULL || p.stage == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        p.unit[i] = (uint32_t)i;
    if (!a->options.cycles) {
        for (uint32_t v = 0; v < a->venues_n; v++)
            venue_group(&p, v);
    }
    stages_raise(&p);
    groups_number(&p);
    legs_sort(legs, n);
    return ERR_OK;
}
