/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/leg_settle.h"

#include <math.h>

#include "solver/market/curve_copy.h"
#include "solver/route/edge.h"
#include "solver/route/leg_size.h"
#include "solver/route/leg_walk.h"

#define ROUNDS 24
#define ROUNDS_EXACT 6 /* then more than what lacks is taken back, so that it ends */
#define TREE_STEP 64   /* the tree takes flows of this fraction of the largest, then of this, ... */
#define TREE_STEPS 12

/* An asset's account, and how it is evened out. */
struct account {
    struct u256 got;   /* what legs bring, and the amount sold */
    struct u256 given; /* what legs take, and the amount to be bought */
    uint32_t edge;     /* the leg that is changed; LEG_NONE: not in the tree, or its root */
    bool takes;        /* that leg brings the asset, instead of taking it */
    bool joined;
};

struct settle {
    struct leg_graph *g;
    struct account *accounts; /* [nodes_n] */
    uint32_t *joined;         /* [joined_n] nodes in the order in which the tree grew */
    size_t joined_n;
    uint32_t *legs_at; /* [shared_n + 1] of a shared curve in legs */
    uint32_t *legs;    /* its edges in order of execution */
    int round;
};

static double value_of(const struct leg_graph *g, const struct leg_edge *e)
{
    return e->in * g->nodes[e->from].price;
}

static void join(struct settle *s, uint32_t v, uint32_t edge, bool takes)
{
    struct account *a = &s->accounts[v];

    a->edge = edge;
    a->takes = takes;
    a->joined = true;
    s->joined[s->joined_n++] = v;
}

/* Let nodes join over edges of at least this value: away from the tree (takes) or towards it. */
static void grow(struct settle *s, double least, bool takes)
{
    const struct leg_graph *g = s->g;

    for (size_t k = 0; k < s->joined_n; k++) {
        uint32_t v = s->joined[k];
        const uint32_t *at = takes ? g->out_at : g->in_at;

        for (uint32_t i = at[v]; i < at[v + 1]; i++) {
            uint32_t edge = takes ? i : g->in[i];
            const struct leg_edge *e = &g->edges[edge];
            uint32_t w = takes ? e->to : e->from;

            if (e->curve != LEG_NONE && !s->accounts[w].joined && value_of(g, e) >= least)
                join(s, w, edge, takes);
        }
    }
}

static void tree_make(struct settle *s, bool exact_out)
{
    const struct leg_graph *g = s->g;
    double largest = 0;

    for (size_t i = 0; i < g->edges_n; i++)
        largest = fmax(largest, value_of(g, &g->edges[i]));
    join(s, exact_out ? g->source : g->bought, LEG_NONE, false);
    for (int pass = exact_out ? 0 : 1; pass < 3; pass++) {
        double least = largest;

        for (int i = 0; i < TREE_STEPS; i++, least /= TREE_STEP)
            grow(s, i + 1 < TREE_STEPS ? least : 0, pass != 1);
    }
}

static enum err done_set(struct settle *s, struct leg_edge *e, const struct trade *t)
{
    struct account *from = &s->accounts[e->from], *to = &s->accounts[e->to];

    TRY(u256_sub(&from->given, &from->given, &e->done.in));
    TRY(u256_add(&from->given, &from->given, &t->in));
    TRY(u256_sub(&to->got, &to->got, &e->done.out));
    TRY(u256_add(&to->got, &to->got, &t->out));
    e->done = *t;
    return ERR_OK;
}

/* Run all legs of a shared curve in sequence. want, if any, is what `edge` is to yield. */
static enum err shared_run(struct settle *s, const struct leg_edge *edge, const struct u256 *want)
{
    struct leg_graph *g = s->g;

    curve_copy_restore(edge->state, &g->curves[edge->curve]);
    for (uint32_t k = s->legs_at[edge->shared]; k < s->legs_at[edge->shared + 1]; k++) {
        struct leg_edge *e = &g->edges[s->legs[k]];
        struct trade t;

        if (e == edge && want != NULL) {
            TRY(curve_in(&t, e->state, e->way, want));
            e->offer = t.in;
        }
        t = leg_walk_try(g, e, &e->offer);
        TRY(done_set(s, e, &t));
        if (!u256_is_zero(&t.out))
            TRY(curve_apply(e->state, e->way, &t));
    }
    return ERR_OK;
}

static enum err offer_set(struct settle *s, struct leg_edge *e, const struct u256 *offer)
{
    e->offer = *offer;
    if (e->state != NULL)
        return shared_run(s, e, NULL);
    struct trade t = leg_walk_try(s->g, e, offer);

    return done_set(s, e, &t);
}

static enum err want_set(struct settle *s, struct leg_edge *e, const struct u256 *want)
{
    struct trade t = { 0 };

    if (u256_is_zero(want)) /* no input is needed */
        return offer_set(s, e, want);
    if (e->state != NULL)
        return shared_run(s, e, want);
    TRY(curve_in(&t, &s->g->curves[e->curve], e->way, want));
    e->offer = t.in;
    return done_set(s, e, &t);
}

/* got less given, or given less got. */
static enum err off_of(struct u256 *off, const struct account *a, bool spare)
{
    return u256_sub(off, spare ? &a->got : &a->given, spare ? &a->given : &a->got);
}

static bool spare_of(const struct account *a)
{
    return u256_cmp(&a->got, &a->given) >= 0;
}

/* Change the leg of the tree: what is too much is passed on, what lacks is taken back. */
static enum err tree_change(struct settle *s, uint32_t v, const struct u256 *off)
{
    const struct account *a = &s->accounts[v];
    struct leg_edge *e = &s->g->edges[a->edge];
    struct u256 next = a->takes ? e->done.out : e->done.in;

    if (a->takes && e->capped && !spare_of(a))
        return ERR_OK;
    if (spare_of(a) != a->takes)
        TRY(u256_add(&next, &next, off));
    else if (u256_sub(&next, &next, off) != ERR_OK)
        next = u256_of(0);
    if (!a->takes)
        return offer_set(s, e, &next);
    /* A curve that cannot give that much leaves a lack. */
    enum err err = want_set(s, e, &next);

    return err == ERR_NOT_FOUND || err == ERR_OVERFLOW ? ERR_OK : err;
}

/* Where the leg of the tree cannot: any other that takes the asset gives back what lacks, or takes
 * what is too much, the largest first. */
static enum err others_change(struct settle *s, uint32_t v)
{
    const struct leg_graph *g = s->g;
    const struct account *a = &s->accounts[v];

    for (uint32_t i = g->out_at[v + 1]; i-- > g->out_at[v];) {
        struct leg_edge *e = &g->edges[i];
        bool spare = spare_of(a);
        struct u256 off, next;

        TRY(off_of(&off, a, spare));
        if (u256_is_zero(&off))
            return ERR_OK;
        if (e->curve == LEG_NONE || i == a->edge)
            continue;
        if (spare)
            TRY(u256_add(&next, &e->done.in, &off));
        else if (u256_sub(&next, &e->done.in, &off) != ERR_OK)
            next = u256_of(0);
        e->capped = e->capped || !spare;
        TRY(offer_set(s, e, &next));
    }
    return ERR_OK;
}

static enum err even_out(struct settle *s, uint32_t v)
{
    const struct account *a = &s->accounts[v];
    struct u256 off;

    TRY(off_of(&off, a, spare_of(a)));
    if (u256_is_zero(&off))
        return ERR_OK;
    if (!spare_of(a) && s->round >= ROUNDS_EXACT)
        TRY(u256_add(&off, &off, &off));
    TRY(tree_change(s, v, &off));
    /* What an exact sale does not sell is worth another leg; elsewhere it is dust. */
    if (spare_of(a) && v != s->g->source)
        return ERR_OK;
    return others_change(s, v);
}

/* The legs of every shared curve in order of execution. */
static enum err shared_list(struct settle *s)
{
    const struct leg_graph *g = s->g;
    uint32_t *end = ARENA_NEW(g->arena, g->shared_n + 1, uint32_t);

    s->legs_at = ARENA_NEW(g->arena, g->shared_n + 1, uint32_t);
    s->legs = ARENA_NEW(g->arena, g->edges_n, uint32_t);
    if (end == NULL || s->legs_at == NULL || s->legs == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < g->edges_n; i++)
        if (g->edges[i].state != NULL)
            s->legs_at[g->edges[i].shared + 1]++;
    for (size_t i = 0; i < g->shared_n; i++)
        end[i + 1] = s->legs_at[i + 1] += s->legs_at[i];
    for (size_t k = 0; k < g->edges_n; k++) {
        const struct leg_edge *e = &g->edges[g->sequence[k]];

        if (e->state != NULL)
            s->legs[end[e->shared]++] = g->sequence[k];
    }
    return ERR_OK;
}

/* The offers of the legs of a shared curve, so that they are its joint trade in this order. */
static enum err shared_size(struct settle *s, uint32_t shared)
{
    struct leg_edge *legs[LEG_SIZE_MAX] = { NULL };
    struct trade done[LEG_SIZE_MAX];
    uint32_t first = s->legs_at[shared], n = s->legs_at[shared + 1] - first;

    if (n == 0)
        return ERR_OK;
    for (uint32_t i = 0; i < n; i++)
        legs[i] = &s->g->edges[s->legs[first + i]];
    TRY(leg_size(done, s->g, legs, n));
    for (uint32_t i = 0; i < n; i++)
        TRY(done_set(s, legs[i], &done[i]));
    return ERR_OK;
}

static enum err start(struct settle *s)
{
    struct leg_graph *g = s->g;

    TRY(shared_list(s));
    for (size_t i = 0; i < g->edges_n; i++) {
        struct leg_edge *e = &g->edges[i];
        struct u256 plan = edge_atoms(e->in);

        e->done = (struct trade){ 0 };
        e->capped = false;
        if (e->curve != LEG_NONE && e->state == NULL)
            TRY(offer_set(s, e, &plan));
    }
    for (uint32_t k = 0; k < g->shared_n; k++)
        TRY(shared_size(s, k));
    return ERR_OK;
}

/* Does any asset lack something, but the one whose amount is free? */
static bool lacking(const struct settle *s, uint32_t free_node)
{
    for (uint32_t v = 0; v < s->g->nodes_n; v++)
        if (v != free_node && u256_cmp(&s->accounts[v].got, &s->accounts[v].given) < 0)
            return true;
    return false;
}

enum err leg_settle(struct u256 *supply, struct leg_graph *g, const struct u256 *amount,
                    bool exact_out)
{
    struct settle s = { .g = g,
                        .accounts = ARENA_NEW(g->arena, g->nodes_n, struct account),
                        .joined = leg_graph_scratch(g, 1) };
    uint32_t free_node = exact_out ? g->source : g->bought;

    if (s.accounts == NULL)
        return ERR_NOMEM;
    if (exact_out)
        s.accounts[g->bought].given = *amount;
    else
        s.accounts[g->source].got = *amount;
    TRY(start(&s));
    tree_make(&s, exact_out);
    for (; s.round < ROUNDS && (s.round == 0 || lacking(&s, free_node)); s.round++)
        for (size_t k = s.joined_n; k-- > 1;)
            TRY(even_out(&s, s.joined[k]));
    if (lacking(&s, free_node))
        return ERR_NOT_FOUND;
    *supply = *amount;
    const struct account *source = &s.accounts[g->source];

    if (exact_out && u256_sub(supply, &source->given, &source->got) != ERR_OK)
        *supply = u256_of(0);
    return ERR_OK;
}
