/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound.h"
#include "solver/route/router_plan.h"

#define EARNS_NEARLY (1 - 1e-9) /* of the bound of a curve: its legs may be why all exceed theirs */

/* Of a trade; what it earns is missed by the square of what is left out. */
static const double part[] = { 1, 1 - 0x1p-10, 1 - 0x1p-7, 1 - 0x1p-5, 1 - 0x1p-3 };

#define PARTS_N (sizeof part / sizeof part[0])

/* What the legs on each curve earn at the prices of the bound, and how many they are. */
struct earned {
    double *value;
    uint32_t *legs;
};

static bool exceeds(const struct job *j)
{
    const struct router_result *r = j->result;

    if (!j->planned)
        return false;
    if (j->options->cost != NULL)
        return (j->order->exact_out ? -j->net : j->net) > 0 && router_gap(j) < 0;
    if (!j->order->exact_out)
        return u256_cmp(&r->bought, &r->bound) > 0;
    return u256_cmp(&r->bought, &j->order->amount) >= 0 && u256_cmp(&r->sold, &r->bound) < 0;
}

static enum err earned_find(struct earned *e, struct job *j)
{
    const struct legs *legs = &j->result->legs;

    e->value = ARENA_NEW(&j->r->scratch, j->m->curves_n, double);
    e->legs = ARENA_NEW(&j->r->scratch, j->m->curves_n, uint32_t);
    if (e->value == NULL || e->legs == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < legs->n; i++) {
        const struct leg *l = &legs->leg[i];
        const uint32_t *asset = j->m->curves[l->curve].asset;
        double give = (double)j->result->prices[asset[l->way.give]].atoms;
        double get = (double)j->result->prices[asset[l->way.get]].atoms;

        e->value[l->curve] += real_double(&l->out) * get - real_double(&l->in) * give;
        e->legs[l->curve]++;
    }
    return ERR_OK;
}

/* A curve that earns as much as its bound, or any at all, trades less, and in the end in one way. */
static enum err trim_mark(struct job *j, bool any, bool *marked)
{
    struct earned e;

    TRY(earned_find(&e, j));
    for (size_t i = 0; i < j->m->curves_n; i++) {
        const struct curve *c = &j->m->curves[i];
        struct amount price[CURVE_ASSETS_MAX];
        struct u256 most;

        if (e.legs[i] < 2 || j->trims[i] == PARTS_N)
            continue;
        for (uint32_t k = 0; k < c->assets_n; k++)
            price[k] = j->result->prices[c->asset[k]];
        TRY(bound_profit(&most, c, price));
        if (any || e.value[i] > real_double(&most) * EARNS_NEARLY) {
            j->trims[i]++;
            *marked = true;
        }
    }
    return ERR_OK;
}

enum err router_trim_need(struct job *j, bool *again)
{
    *again = false;
    if (!exceeds(j))
        return ERR_OK;
    if (j->trims == NULL)
        j->trims = ARENA_NEW(&j->r->scratch, j->m->curves_n, uint8_t);
    if (j->trims == NULL)
        return ERR_NOMEM;
    TRY(trim_mark(j, false, again));
    if (!*again)
        TRY(trim_mark(j, true, again));
    j->planned = false;
    return ERR_OK;
}

/* The asset of which most value is given (sign -1) or got (1). */
static unsigned most_of(const struct leg_trade *t, const uint32_t *asset, const double *value,
                        double sign, uint32_t n)
{
    unsigned most = 0;

    for (unsigned k = 1; k < n; k++)
        if (sign * t->net[k] * value[asset[k]] > sign * t->net[most] * value[asset[most]])
            most = k;
    return most;
}

void router_trim_keep(struct leg_trade *trades, size_t n, const struct job *j, const double *value)
{
    for (size_t i = 0; i < n; i++) {
        struct leg_trade *t = &trades[i];
        const struct curve *c = &j->m->curves[t->curve];

        uint8_t times = j->trims[t->curve];

        if (times < PARTS_N) {
            for (unsigned k = 0; k < c->assets_n; k++)
                t->net[k] *= part[times];
            continue;
        }
        unsigned give = most_of(t, c->asset, value, -1, c->assets_n);
        unsigned get = most_of(t, c->asset, value, 1, c->assets_n);

        for (unsigned k = 0; k < c->assets_n; k++)
            t->net[k] = k == give || k == get ? t->net[k] : 0;
    }
}
