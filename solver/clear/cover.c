/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/pass.h"

#include "solver/clear/certify_replay.h"

/*
 * House inventory that lets every fill be paid as planned, whatever legs of other domains bring, and
 * in a robust plan also when one leg or venue fills nothing: per asset the most that any such failure leaves missing, as far as there is inventory of domain
 * home above its minimum. Whether that is enough is certify's to say.
 */
struct covering {
    struct replay r;
    struct u256 *worst; /* [assets_n] */
    struct u256 *owed;  /* [assets_n] */
};

static enum err covering_init(struct covering *c, struct pass *p)
{
    c->worst = ARENA_NEW(p->arena, p->a->assets_n, struct u256);
    c->owed = ARENA_NEW(p->arena, p->a->assets_n, struct u256);
    p->solution.covers = ARENA_NEW(p->arena, p->a->assets_n, struct solution_cover);
    if (c->worst == NULL || c->owed == NULL || p->solution.covers == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < p->solution.fills_n; i++) {
        const struct solution_fill *f = &p->solution.fills[i];
        struct u256 *owed = &c->owed[p->a->intents[f->intent].buy];

        TRY(u256_add(owed, owed, &f->got));
    }
    return replay_init(&c->r, p->arena, p->a, &p->solution);
}

/* Run with the failures marked and remember what is missing of each asset. */
static enum err failure_add(struct covering *c)
{
    TRY(replay_run(&c->r, false));
    for (size_t i = 0; i < c->r.a->assets_n; i++) {
        struct u256 missing;

        if (u256_sub(&missing, &c->owed[i], &c->r.pot[i]) == ERR_OK &&
            u256_cmp(&missing, &c->worst[i]) > 0)
            c->worst[i] = missing;
    }
    return ERR_OK;
}

static enum err failures_add(struct covering *c)
{
    const struct solution *s = c->r.s;
    const struct auction *a = c->r.a;

    for (size_t j = 0; j < s->legs_n; j++)
        c->r.failed[j] = false;
    TRY(failure_add(c)); /* legs of other domains never pay into the pot */
    if (!a->options.robust)
        return ERR_OK;
    for (size_t i = 0; i < s->legs_n; i++) {
        for (size_t j = 0; j < s->legs_n; j++)
            c->r.failed[j] =
                i == j || (s->legs[i].group != 0 && s->legs[i].group == s->legs[j].group);
        TRY(failure_add(c));
    }
    for (uint32_t v = 0; v < a->venues_n; v++) {
        for (size_t j = 0; j < s->legs_n; j++)
            c->r.failed[j] = a->curves[s->legs[j].curve].venue == v;
        TRY(failure_add(c));
    }
    return ERR_OK;
}

static enum err covers_take(struct covering *c, struct pass *p)
{
    const struct name home = { DOMAIN_HOME };

    for (uint32_t i = 0; i < p->a->assets_n; i++) {
        struct amount want;

        if (u256_is_zero(&c->worst[i]))
            continue;
        TRY(u256_to_amount(&want, &c->worst[i]));
        want = amount_min(want, caps_spare(p->a, &home, i));
        if (!amount_is_zero(want))
            p->solution.covers[p->solution.covers_n++] = (struct solution_cover){ i, want };
    }
    return ERR_OK;
}

enum err pass_cover(enum pass_result *next, struct pass *p)
{
    struct covering c;
    enum err e = ERR_OK;

    *next = PASS_NEXT;
    if (p->solution.legs_n == 0)
        return ERR_OK;
    e = covering_init(&c, p);
    if (e == ERR_OK)
        e = failures_add(&c);
    if (e == ERR_OK)
        e = covers_take(&c, p);
    return e == ERR_NOMEM ? e : ERR_OK;
}
