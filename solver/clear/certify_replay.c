/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/certify_replay.h"

#include <string.h>

#include "solver/market/curve_copy.h"

enum err replay_init(struct replay *r, struct arena *arena, const struct auction *a,
                     const struct solution *s)
{
    bool *seen = ARENA_NEW(arena, a->curves_n, bool);

    *r = (struct replay){
        .a = a,
        .s = s,
        .curves = ARENA_NEW(arena, a->curves_n, struct curve),
        .shared = ARENA_NEW(arena, a->curves_n, bool),
        .failed = ARENA_NEW(arena, s->legs_n, bool),
        .pot = ARENA_NEW(arena, a->assets_n, struct u256),
        .done = ARENA_NEW(arena, s->legs_n, struct trade),
    };
    if (seen == NULL || r->curves == NULL || r->shared == NULL || r->failed == NULL ||
        r->pot == NULL || r->done == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < s->legs_n; i++) {
        uint32_t c = s->legs[i].curve;

        if (seen[c] && !r->shared[c]) {
            TRY(curve_copy(&r->curves[c], arena, &a->curves[c]));
            r->shared[c] = true;
        }
        seen[c] = true;
    }
    return ERR_OK;
}

bool replay_home(const struct auction *a, const struct solution_leg *l)
{
    struct name home = { DOMAIN_HOME };

    return name_equal(&a->venues[a->curves[l->curve].venue].domain, &home);
}

/* The pot at the start: what the fills sell. */
static enum err pot_fill(struct replay *r)
{
    memset(r->pot, 0, r->a->assets_n * sizeof(*r->pot));
    for (size_t i = 0; i < r->s->fills_n; i++) {
        const struct solution_fill *f = &r->s->fills[i];
        struct u256 *pot = &r->pot[r->a->intents[f->intent].sell];

        TRY(u256_add(pot, pot, &f->paid));
    }
    return ERR_OK;
}

static enum err leg_trade(struct trade *t, struct replay *r, const struct solution_leg *l,
                          const struct u256 *offer)
{
    bool shared = r->shared[l->curve];
    const struct curve *c = shared ? &r->curves[l->curve] : &r->a->curves[l->curve];

    TRY(curve_out(t, c, l->way, offer));
    return shared ? curve_apply(&r->curves[l->curve], l->way, t) : ERR_OK;
}

static enum err leg_exact(struct replay *r, size_t i)
{
    const struct solution_leg *l = &r->s->legs[i];
    struct trade *t = &r->done[i];

    TRY(leg_trade(t, r, l, &l->in));
    if (u256_cmp(&t->in, &l->in) != 0 || u256_cmp(&t->out, &l->min_out) != 0)
        return ERR_INVALID;
    return ERR_OK;
}

static enum err leg_shrunk(struct replay *r, size_t i)
{
    const struct solution_leg *l = &r->s->legs[i];
    const struct curve *c = &r->a->curves[l->curve];
    struct u256 *source = &r->pot[c->asset[l->way.give]], *target = &r->pot[c->asset[l->way.get]];
    struct u256 offer = l->in;
    bool home = replay_home(r->a, l);

    r->done[i] = (struct trade){ 0 };
    if (home && u256_cmp(source, &offer) < 0)
        offer = *source;
    if (r->failed[i] || u256_is_zero(&offer))
        return ERR_OK;
    TRY(leg_trade(&r->done[i], r, l, &offer));
    if (!home)
        return ERR_OK;
    TRY(u256_sub(source, source, &r->done[i].in));
    return u256_add(target, target, &r->done[i].out);
}

/* What the pot holds of leg j's input once the legs [first, j) of its group ran as planned. */
static enum err group_pot(struct u256 *have, const struct replay *r, size_t first, size_t j)
{
    const struct solution_leg *legs = r->s->legs;
    const struct curve *curves = r->a->curves;
    uint32_t asset = curves[legs[j].curve].asset[legs[j].way.give];

    *have = r->pot[asset];
    for (size_t k = first; k < j; k++) {
        const struct curve *c = &curves[legs[k].curve];

        if (c->asset[legs[k].way.get] == asset)
            TRY(u256_add(have, have, &legs[k].min_out));
    }
    for (size_t k = first; k < j; k++) {
        const struct curve *c = &curves[legs[k].curve];

        if (c->asset[legs[k].way.give] == asset && u256_sub(have, have, &legs[k].in) != ERR_OK)
            *have = u256_of(0);
    }
    return ERR_OK;
}

/* A group runs whole or not at all: close it when the pot cannot pay one of its legs. */
static enum err group_close(struct replay *r, size_t first)
{
    uint32_t group = r->s->legs[first].group;
    bool closed = false;
    size_t end = first;

    while (end < r->s->legs_n && r->s->legs[end].group == group) {
        struct u256 have;

        TRY(group_pot(&have, r, first, end));
        closed = closed || u256_cmp(&have, &r->s->legs[end].in) < 0;
        end++;
    }
    for (size_t j = first; closed && j < end; j++)
        r->failed[j] = true;
    return ERR_OK;
}

static bool group_starts(const struct solution *s, size_t i)
{
    return s->legs[i].group != 0 && (i == 0 || s->legs[i - 1].group != s->legs[i].group);
}

enum err replay_run(struct replay *r, bool exact)
{
    for (size_t c = 0; c < r->a->curves_n; c++) {
        if (r->shared[c])
            curve_copy_restore(&r->curves[c], &r->a->curves[c]);
    }
    TRY(pot_fill(r));
    for (size_t i = 0; i < r->s->legs_n; i++) {
        r->bad_leg = i;
        if (!exact && group_starts(r->s, i))
            TRY(group_close(r, i));
        TRY(exact ? leg_exact(r, i) : leg_shrunk(r, i));
    }
    return ERR_OK;
}
