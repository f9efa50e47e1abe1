/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/alone.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Where an asset's curves of the venue stand in list. */
struct places {
    uint32_t *head; /* [assets_n + 1] */
    uint32_t *list; /* curve numbers */
};

struct search {
    const struct auction *a;
    struct places at;
    bool sells;
    uint32_t target; /* where the path must end: the buy asset (sell), the sell asset (buy) */
    uint32_t path[ALONE_HOPS];
    struct way ways[ALONE_HOPS];
    struct u256 exact;
    bool found;
    struct alone best;
};

static enum err places_init(struct places *p, struct arena *scratch, const struct auction *a)
{
    size_t n = 0;

    for (size_t i = 0; i < a->curves_n; i++)
        n += a->curves[i].assets_n;
    p->head = ARENA_NEW(scratch, a->assets_n + 2, uint32_t);
    p->list = ARENA_NEW(scratch, n, uint32_t);
    return p->head == NULL || p->list == NULL ? ERR_NOMEM : ERR_OK;
}

/* List the curves of one venue under all their assets, in order. */
static void places_fill(struct places *p, const struct auction *a, uint32_t venue)
{
    memset(p->head, 0, (a->assets_n + 2) * sizeof(*p->head));
    for (size_t i = 0; i < a->curves_n; i++) {
        if (a->curves[i].venue != venue)
            continue;
        for (uint32_t k = 0; k < a->curves[i].assets_n; k++)
            p->head[a->curves[i].asset[k] + 2]++;
    }
    for (size_t i = 2; i < a->assets_n + 2; i++)
        p->head[i] += p->head[i - 1];
    for (uint32_t i = 0; i < a->curves_n; i++) {
        if (a->curves[i].venue != venue)
            continue;
        for (uint32_t k = 0; k < a->curves[i].assets_n; k++)
            p->list[p->head[a->curves[i].asset[k] + 1]++] = i;
    }
}

static bool used(const struct search *s, uint32_t curve, uint32_t hops)
{
    for (uint32_t i = 0; i < hops; i++) {
        if (s->path[i] == curve)
            return true;
    }
    return false;
}

/* A path reached its end with `amount`: got (sell), paid (buy). */
static void candidate(struct search *s, uint32_t venue, uint32_t hops, const struct u256 *amount)
{
    const struct u256 *best = s->sells ? &s->best.got : &s->best.paid;
    int order = u256_cmp(amount, best);

    if (s->found && (s->sells ? order <= 0 : order >= 0))
        return;
    s->found = true;
    s->best = (struct alone){ .venue = venue,
                              .hops = hops,
                              .paid = s->sells ? s->exact : *amount,
                              .got = s->sells ? *amount : s->exact };
    memcpy(s->best.curves, s->path, hops * sizeof(*s->path));
    memcpy(s->best.ways, s->ways, hops * sizeof(*s->ways));
}

/* One hop over a curve: what comes out of `amount` (sell), what must go in for it (buy). */
static bool hop(struct u256 *next, const struct search *s, const struct curve *c, struct way way,
                const struct u256 *amount)
{
    struct trade t;

    if (s->sells) {
        if (curve_out(&t, c, way, amount) != ERR_OK)
            return false;
        *next = t.out;
    } else {
        if (curve_in(&t, c, way, amount) != ERR_OK)
            return false;
        *next = t.in;
    }
    return !u256_is_zero(next);
}

static void walk(struct search *s, uint32_t asset, uint32_t hops, const struct u256 *amount);

/* Follow the paths that go on from `asset` over one curve to its other assets. */
static void walk_over(struct search *s, uint32_t number, uint32_t asset, uint32_t hops,
                      const struct u256 *amount)
{
    const struct curve *c = &s->a->curves[number];
    struct u256 next;
    struct way *way = &s->ways[hops];

    for (uint32_t k = 0; k < c->assets_n; k++) {
        uint32_t other = c->asset[k];

        if ((hops + 1 == ALONE_HOPS && other != s->target) ||
            !curve_way(way, c, s->sells ? asset : other, s->sells ? other : asset) ||
            !hop(&next, s, c, *way, amount))
            continue;
        s->path[hops] = number;
        if (other == s->target)
            candidate(s, c->venue, hops + 1, &next);
        else
            walk(s, other, hops + 1, &next);
    }
}

/* Follow all paths from `asset`; at most ALONE_HOPS deep. */
static void walk(struct search *s, uint32_t asset, uint32_t hops, const struct u256 *amount)
{
    for (uint32_t k = s->at.head[asset]; k < s->at.head[asset + 1]; k++) {
        if (!used(s, s->at.list[k], hops))
            walk_over(s, s->at.list[k], asset, hops, amount);
    }
}

enum err alone_best(struct alone *out, struct arena *scratch, const struct auction *a,
                    const struct auction_intent *i, const struct u256 *exact)
{
    bool sells = i->kind == INTENT_SELL;
    struct search s = {
        .a = a, .sells = sells, .target = sells ? i->buy : i->sell, .exact = *exact
    };

    TRY(places_init(&s.at, scratch, a));
    for (uint32_t v = 0; v < a->venues_n; v++) {
        places_fill(&s.at, a, v);
        walk(&s, sells ? i->sell : i->buy, 0, exact);
    }
    if (!s.found)
        return ERR_NOT_FOUND;
    *out = s.best;
    return ERR_OK;
}
