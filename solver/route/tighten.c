/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/tighten.h"

#include <math.h>
#include <string.h>

#include "solver/route/dual.h"
#include "solver/route/reference.h"

#define STEPS_MAX 300 /* Newton steps */
#define DUAL_BITS 119 /* the largest dual lies near 2^119 */

/* The problem in value at reference prices; u are log prices over them. */
struct tighten {
    const struct auction *a;
    size_t n;      /* assets */
    double *price; /* [n] reference, value per atom */
    struct real_curve *curves;
    size_t curves_n;
    double *paid; /* [n] s */
    double *made; /* [n] e */
    double *u;    /* [n] */
};

/* False when an asset is out of reach: it keeps the price zero, at which nothing pays. */
static bool prices_of(double *price, const struct tighten *t, const struct curve *c)
{
    bool known = true;

    for (uint32_t k = 0; k < c->assets_n; k++) {
        price[k] = t->price[c->asset[k]];
        known = known && price[k] > 0;
    }
    return known;
}

static enum err curves_take(struct tighten *t, struct arena *arena)
{
    t->curves = ARENA_NEW(arena, t->a->curves_n + 1, struct real_curve);
    if (t->curves == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < t->a->curves_n; i++) {
        const struct curve *c = &t->a->curves[i];
        struct real_curve *real = &t->curves[t->curves_n];
        double price[CURVE_ASSETS_MAX];

        enum err err =
            prices_of(price, t, c) ? real_curve_init(real, arena, c, price) : ERR_NOT_FOUND;
        if (err == ERR_NOT_FOUND)
            continue;
        if (err != ERR_OK)
            return err;
        memcpy(real->node, c->asset, c->assets_n * sizeof *real->node);
        t->curves_n++;
    }
    return ERR_OK;
}

/* Payments, and payments plus what the legs gave less what they took. */
static void amounts_take(struct tighten *t, const struct solution *s)
{
    for (size_t i = 0; i < s->fills_n; i++) {
        uint32_t sold = t->a->intents[s->fills[i].intent].sell;
        t->paid[sold] += real_double(&s->fills[i].paid) * t->price[sold];
    }
    memcpy(t->made, t->paid, t->n * sizeof *t->made);
    for (size_t i = 0; i < s->legs_n; i++) {
        const struct solution_leg *l = &s->legs[i];
        const uint32_t *asset = t->a->curves[l->curve].asset;
        t->made[asset[l->way.give]] -= real_double(&l->in) * t->price[asset[l->way.give]];
        t->made[asset[l->way.get]] += real_double(&l->min_out) * t->price[asset[l->way.get]];
    }
}

/* Log prices over the reference, around zero; the reference itself where there is no dual. */
static enum err start_take(struct tighten *t, const struct solution *s)
{
    double mean = 0;
    size_t known = 0;

    for (size_t i = 0; i < t->n; i++) {
        struct u256 dual = u256_of_amount(s->duals[i]);
        double d = real_double(&dual);
        t->u[i] = d > 0 && t->price[i] > 0 ? log(d / t->price[i]) : NAN;
        mean += isnan(t->u[i]) ? 0 : t->u[i];
        known += isnan(t->u[i]) ? 0 : 1;
    }
    if (known == 0)
        return ERR_UNSUPPORTED;
    for (size_t i = 0; i < t->n; i++)
        t->u[i] = isnan(t->u[i]) ? 0 : t->u[i] - mean / (double)known;
    return ERR_OK;
}

static enum err duals_write(struct solution *s, const struct tighten *t)
{
    double most = 0;

    for (size_t i = 0; i < t->n; i++)
        most = fmax(most, t->price[i] * exp(t->u[i]));
    if (!(most > 0) || !isfinite(most))
        return ERR_NUMERIC;
    for (size_t i = 0; i < t->n; i++) {
        double d = ldexp(t->price[i] * exp(t->u[i]) / most, DUAL_BITS);
        if (t->price[i] > 0)
            s->duals[i] = (struct amount){ d >= 1 ? (u128)d : 1 };
    }
    return ERR_OK;
}

static enum err tighten_init(struct tighten *t, struct arena *arena, const struct auction *a)
{
    *t = (struct tighten){ .a = a, .n = a->assets_n };
    t->price = ARENA_NEW(arena, t->n, double);
    t->paid = ARENA_NEW(arena, t->n, double);
    t->made = ARENA_NEW(arena, t->n, double);
    t->u = ARENA_NEW(arena, t->n, double);
    if (t->price == NULL || t->paid == NULL || t->made == NULL || t->u == NULL)
        return ERR_NOMEM;
    TRY(reference_prices(t->price, arena, a));
    return curves_take(t, arena);
}

enum err tighten_duals(struct solution *s, struct arena *arena, const struct auction *a)
{
    struct tighten t;

    if (a->assets_n == 0 || s->duals_n != a->assets_n)
        return ERR_UNSUPPORTED;
    TRY(tighten_init(&t, arena, a));
    amounts_take(&t, s);
    TRY(start_take(&t, s));
    struct frame frame;
    TRY(frame_build(&frame, arena, t.n, t.curves, t.curves_n));
    const struct dual d = { .frame = &frame, .supply = t.paid, .basket = t.made };
    struct dual_result result;
    TRY(dual_minimise(&result, t.u, arena, &d, STEPS_MAX));
    return duals_write(s, &t);
}
