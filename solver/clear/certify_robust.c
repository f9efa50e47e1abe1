/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/clear/certify_robust.h"

#include "solver/clear/allocate.h"
#include "solver/core/check.h"

struct robust {
    struct replay *r;
    struct allocate x;
    struct allocate_leg *legs; /* x.legs, writable */
};

static enum err fills_take(struct robust *b)
{
    const struct auction *a = b->r->a;
    const struct solution *s = b->r->s;

    for (size_t i = 0; i < s->fills_n; i++) {
        const struct auction_intent *in = &a->intents[s->fills[i].intent];
        struct allocate_fill *f = &b->x.fills[i];

        *f = (struct allocate_fill){
            .intent = in->id, .sell_asset = in->sell, .buy_asset = in->buy, .partial = in->partial
        };
        TRY(u256_to_amount(&f->signed_sell, &in->signed_sell));
        TRY(u256_to_amount(&f->signed_buy, &in->signed_buy));
        TRY(u256_to_amount(&f->planned_paid, &s->fills[i].paid));
        TRY(u256_to_amount(&f->planned_got, &s->fills[i].got));
    }
    return ERR_OK;
}

static enum err robust_init(struct robust *b, struct arena *scratch, struct replay *r)
{
    const struct auction *a = r->a;
    const struct solution *s = r->s;

    *b = (struct robust){ .r = r, .legs = ARENA_NEW(scratch, s->legs_n, struct allocate_leg) };
    b->x.fills = ARENA_NEW(scratch, s->fills_n, struct allocate_fill);
    b->x.assets = ARENA_NEW(scratch, a->assets_n, struct allocate_asset);
    if (b->legs == NULL || b->x.fills == NULL || b->x.assets == NULL)
        return ERR_NOMEM;
    b->x.fills_n = s->fills_n;
    b->x.assets_n = a->assets_n;
    for (size_t i = 0; i < a->assets_n; i++)
        b->x.assets[i].asset = (uint32_t)i;
    for (size_t i = 0; i < s->covers_n; i++)
        b->x.assets[s->covers[i].asset].cover = s->covers[i].amount;
    return fills_take(b);
}

/* The home legs as the replay left them. */
static enum err legs_take(struct robust *b)
{
    const struct solution *s = b->r->s;

    b->x.legs = b->legs;
    b->x.legs_n = 0;
    for (size_t i = 0; i < s->legs_n; i++) {
        const struct curve *c = &b->r->a->curves[s->legs[i].curve];
        struct allocate_leg *l = &b->legs[b->x.legs_n];

        if (!replay_home(b->r->a, &s->legs[i]))
            continue;
        *l = (struct allocate_leg){ .in_asset = c->asset[s->legs[i].way.give],
                                    .out_asset = c->asset[s->legs[i].way.get] };
        TRY(u256_to_amount(&l->in, &b->r->done[i].in));
        TRY(u256_to_amount(&l->out, &b->r->done[i].out));
        l->promised = l->out;
        b->x.legs_n++;
    }
    return ERR_OK;
}

/* Replay with the failures marked in r->failed; is every fill settled? */
static enum err failure_settles(bool *settles, struct robust *b)
{
    enum allocate_result result;

    TRY(replay_run(b->r, false));
    TRY(legs_take(b));
    for (size_t i = 0; i < b->x.fills_n; i++)
        b->x.fills[i].state = ALLOCATE_PLANNED;
    TRY(allocate_run(&result, &b->x));
    *settles = result == ALLOCATE_DONE;
    return ERR_OK;
}

/* Do legs i and j stand and fall together? */
static bool same_group(const struct solution *s, size_t i, size_t j)
{
    return i == j || (s->legs[i].group != 0 && s->legs[i].group == s->legs[j].group);
}

static uint32_t venue_of(const struct replay *r, size_t leg)
{
    return r->a->curves[r->s->legs[leg].curve].venue;
}

static enum err each_leg(struct verdict *v, struct robust *b)
{
    const struct solution *s = b->r->s;
    bool settles;

    for (size_t i = 0; i < s->legs_n; i++) {
        if (i > 0 && same_group(s, i, i - 1))
            continue;
        for (size_t j = 0; j < s->legs_n; j++)
            b->r->failed[j] = same_group(s, i, j);
        TRY(failure_settles(&settles, b));
        if (!settles) {
            *v = (struct verdict){ .rule = CERTIFY_ROBUST_LEG, .at = i };
            return ERR_OK;
        }
    }
    return ERR_OK;
}

static enum err each_venue(struct verdict *v, struct robust *b)
{
    const struct solution *s = b->r->s;
    bool settles, used;

    for (uint32_t venue = 0; venue < b->r->a->venues_n; venue++) {
        used = false;
        for (size_t j = 0; j < s->legs_n; j++) {
            b->r->failed[j] = venue_of(b->r, j) == venue;
            used = used || b->r->failed[j];
        }
        if (!used)
            continue;
        TRY(failure_settles(&settles, b));
        if (!settles) {
            *v = (struct verdict){ .rule = CERTIFY_ROBUST_VENUE, .at = venue };
            return ERR_OK;
        }
    }
    return ERR_OK;
}

static enum err checks(struct verdict *v, struct replay *r, struct arena *scratch)
{
    struct robust b;

    TRY(robust_init(&b, scratch, r));
    TRY(each_leg(v, &b));
    return v->rule == CERTIFY_OK ? each_venue(v, &b) : ERR_OK;
}

void robust_check(struct verdict *v, struct replay *r, struct arena *scratch)
{
    enum err e;

    v->rule = CERTIFY_OK;
    e = checks(v, r, scratch);
    if (e != ERR_OK)
        *v = (struct verdict){ .rule = e == ERR_NOMEM ? CERTIFY_MEMORY : CERTIFY_WIDTH };
}
