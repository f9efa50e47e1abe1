/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/leg_size.h"

#include <math.h>

#include "solver/core/check.h"
#include "solver/market/curve_copy.h"
#include "solver/route/edge.h"
#include "solver/route/leg_walk.h"

#define ROUNDS 16
#define EVEN 1e-13 /* of what an asset is to bring: less is no excess */

/* What is left to give, or to get, of an asset of the curve, and in how many legs. */
struct due {
    struct u256 left;
    double sum; /* of the plan */
    unsigned legs;
    size_t last;  /* leg */
    size_t guess; /* last leg that gets the asset by its plan; LEG_SIZE_MAX: none */
};

struct sizes {
    const struct leg_graph *g;
    struct leg_edge *const *legs;
    size_t n;
    double plan[LEG_SIZE_MAX]; /* in */
    bool guess[LEG_SIZE_MAX];  /* it took its plan */
    struct due give[REAL_ASSETS_MAX];
    struct due get[REAL_ASSETS_MAX];
};

static void due_take(struct due *d, const struct u256 *amount)
{
    d->legs--;
    if (u256_sub(&d->left, &d->left, amount) != ERR_OK)
        d->left = u256_of(0);
}

static struct u256 offer_of(struct sizes *s, size_t i)
{
    const struct leg_edge *e = s->legs[i];
    const struct due *give = &s->give[e->way.give];
    struct due *get = &s->get[e->way.get];
    struct u256 plan = edge_atoms(s->plan[i]);
    struct trade t;

    s->guess[i] = false;
    if (give->legs == 1)
        return give->left;
    if (get->legs == 1 && !u256_is_zero(&get->left) &&
        curve_in(&t, e->state, e->way, &get->left) == ERR_OK)
        plan = t.in;
    else {
        get->guess = i;
        s->guess[i] = true;
    }
    return u256_cmp(&plan, &give->left) < 0 ? plan : give->left;
}

static void sizes_start(struct sizes *s)
{
    for (unsigned k = 0; k < REAL_ASSETS_MAX; k++)
        s->give[k] = s->get[k] = (struct due){ .guess = LEG_SIZE_MAX };
    for (size_t i = 0; i < s->n; i++) {
        struct due *give = &s->give[s->legs[i]->way.give], *get = &s->get[s->legs[i]->way.get];

        give->sum += s->legs[i]->in;
        get->sum += s->legs[i]->out;
        give->legs++;
        get->legs++;
        give->last = i;
    }
    for (unsigned k = 0; k < REAL_ASSETS_MAX; k++) {
        s->give[k].left = edge_atoms(s->give[k].sum);
        s->get[k].left = edge_atoms(s->get[k].sum);
    }
}

static enum err sizes_run(struct trade *done, struct sizes *s)
{
    sizes_start(s);
    curve_copy_restore(s->legs[0]->state, &s->g->curves[s->legs[0]->curve]);
    for (size_t i = 0; i < s->n; i++) {
        struct leg_edge *e = s->legs[i];

        e->offer = offer_of(s, i);
        done[i] = leg_walk_try(s->g, e, &e->offer);
        if (!u256_is_zero(&done[i].out))
            TRY(curve_apply(e->state, e->way, &done[i]));
        due_take(&s->give[e->way.give], &done[i].in);
        due_take(&s->get[e->way.get], &done[i].out);
    }
    return ERR_OK;
}

/* What the legs brought of an asset beyond the plan, in atoms given by leg i; 0: hardly anything. */
static double excess_of(const struct sizes *s, const struct trade *done, size_t i)
{
    uint32_t k = s->legs[i]->way.get;
    double excess = -s->get[k].sum;

    for (size_t j = 0; j < s->n; j++)
        excess += s->legs[j]->way.get == k ? edge_double(&done[j].out) : 0;
    if (fabs(excess) <= s->get[k].sum * EVEN || u256_is_zero(&done[i].out))
        return 0;
    return excess * (edge_double(&done[i].in) / edge_double(&done[i].out));
}

/*
 * Change legs that took their plan: the last one that brings too much of an asset, or too little,
 * takes as much less; another one takes what the last leg of its giver has too much.
 */
static bool sizes_correct(struct sizes *s, const struct trade *done)
{
    bool any = false;

    for (size_t i = 0; i < s->n; i++) {
        const struct due *give = &s->give[s->legs[i]->way.give];
        double off = 0;

        if (!s->guess[i] || u256_is_zero(&done[i].out))
            continue;
        if (s->get[s->legs[i]->way.get].guess == i)
            off = -excess_of(s, done, i);
        if (off == 0 && give->last != i)
            off = excess_of(s, done, give->last);
        double in = edge_double(&done[i].in);

        any = any || off != 0;
        s->plan[i] = fmin(fmax(in + off, in / 2), 2 * in);
    }
    return any;
}

enum err leg_size(struct trade *done, const struct leg_graph *g, struct leg_edge *const *legs,
                  size_t n)
{
    struct sizes s = { .g = g, .legs = legs, .n = n };

    CHECK(n > 0 && n <= LEG_SIZE_MAX);
    for (size_t i = 0; i < n; i++)
        s.plan[i] = legs[i]->in;
    for (int round = 0; round < ROUNDS; round++) {
        TRY(sizes_run(done, &s));
        if (!sizes_correct(&s, done))
            break;
    }
    return ERR_OK;
}
