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
    size_t guess; /* last leg that gets the asset by its plan; LEG_SIZE_MAX: none */
};

struct sizes {
    const struct leg_graph *g;
    struct leg_edge *const *legs;
    size_t n;
    double plan[LEG_SIZE_MAX]; /* in */
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

    if (give->legs == 1)
        return give->left;
    if (get->legs == 1 && !u256_is_zero(&get->left) &&
        curve_in(&t, e->state, e->way, &get->left) == ERR_OK)
        plan = t.in;
    else
        get->guess = i;
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

/* Where legs by their plan bring too much of an asset, or too little, change the last of them. */
static bool sizes_correct(struct sizes *s, const struct trade *done)
{
    bool any = false;

    for (unsigned k = 0; k < REAL_ASSETS_MAX; k++) {
        const struct due *get = &s->get[k];
        double brought = -get->sum;

        for (size_t i = 0; i < s->n; i++)
            brought += s->legs[i]->way.get == k ? edge_double(&done[i].out) : 0;
        if (get->guess == LEG_SIZE_MAX || fabs(brought) <= get->sum * EVEN ||
            u256_is_zero(&done[get->guess].out))
            continue;
        double in = edge_double(&done[get->guess].in), out = edge_double(&done[get->guess].out);

        s->plan[get->guess] = fmax(in - brought * (in / out), in / 2);
        any = true;
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
