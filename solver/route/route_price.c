/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/route_price.h"

#include <math.h>

#include "solver/route/dual.h"

#define PRICE_BITS 119
#define PRICE_BITS_MOST 127 /* of assets outside the network */
#define STEP_FIRST 0.25     /* of a search over log prices */
#define STEPS 64
#define BEYOND 1.0 /* log price from the edge of a band that is open on the other side */

/* Log price over the reference; -INFINITY for what is worthless. */
static double log_price(const double *value, const struct route_market *m, uint32_t asset)
{
    return log(value[asset] / m->price[asset]);
}

/*
 * A log price at which a curve of several assets leaves asset k alone while it trades the others at
 * their prices: then the band of its present state is not the one it comes to rest in. What it does
 * with k grows with the price of k.
 */
static double idle_beside(const struct real_curve *c, unsigned k, const struct route_market *m,
                          const double *value, double start)
{
    const struct real_smooth sharp = { DUAL_WIDTH, 0 };
    double u[REAL_ASSETS_MAX] = { 0 }, e[REAL_ASSETS_MAX] = { 0 };
    double low = -INFINITY, high = INFINITY, step = STEP_FIRST, at = start;
    struct real_curve alone = *c;
    struct real_pull p;

    alone.live = 0;
    for (unsigned j = 0; j < c->n; j++) {
        bool priced = j != k && value[c->node[j]] > 0;

        alone.node[j] = j;
        alone.live |= (uint8_t)((priced || j == k) << j);
        u[j] = priced ? log_price(value, m, c->node[j]) : 0;
        e[j] = exp(u[j]);
    }
    for (int i = 0; i < STEPS; i++) {
        u[k] = at;
        e[k] = exp(at);
        if (real_curve_pull(&p, &alone, u, e, &sharp) != REAL_TRADES || p.net[k] == 0)
            return at;
        if (p.net[k] > 0)
            high = at;
        else
            low = at;
        if (isinf(low) || isinf(high)) {
            at += isinf(low) ? -step : step;
            step *= 2;
        } else {
            at = low + (high - low) / 2;
        }
    }
    return at;
}

/* A price of an asset at which the one curve it hangs on does not trade it. */
static double idle_value(const double *value, const struct route_market *m, uint32_t asset)
{
    const struct real_curve *c = &m->real[m->core.link[asset]];
    double low = -INFINITY, high = INFINITY;
    unsigned k = 0;

    while (c->node[k] != asset)
        k++;
    for (unsigned j = 0; j < c->n; j++) {
        if (j == k || !(value[c->node[j]] > 0))
            continue;
        double u = log_price(value, m, c->node[j]);
        low = fmax(low, u + real_curve_top(c, (struct way){ k, j }));
        high = fmin(high, u - real_curve_top(c, (struct way){ j, k }));
    }
    if (isinf(low) && isinf(high))
        return 0;
    double u = isinf(low) ? high - BEYOND : isinf(high) ? low + BEYOND : (low + high) / 2;
    return m->price[asset] * exp(c->n > 2 ? idle_beside(c, k, m, value, u) : u);
}

void route_price_values(double *value, const struct route_market *m, const struct active *a,
                        const double *u)
{
    for (size_t i = 0; i < m->assets_n; i++)
        value[i] = 0;
    for (size_t i = 0; i < a->frame.n; i++)
        value[a->asset[i]] = m->price[a->asset[i]] * exp(u[i]);
    for (size_t i = m->core.peeled_n; i-- > 0;) {
        uint32_t asset = m->core.peeled[i];

        if (m->core.link[asset] != CORE_NONE && a->node[asset] == ACTIVE_NONE)
            value[asset] = idle_value(value, m, asset);
    }
}

/* The value of an atom that becomes the price 1. */
static double unit_of(const double *value, const struct route_market *m, const struct active *a)
{
    double active = 0, most = 0;

    for (size_t i = 0; i < a->frame.n; i++)
        active = fmax(active, value[a->asset[i]]);
    for (size_t i = 0; i < m->assets_n; i++)
        most = fmax(most, value[i]);
    return fmax(ldexp(active, -PRICE_BITS), ldexp(most, -PRICE_BITS_MOST));
}

void route_price_round(struct amount *price, const double *value, const struct route_market *m,
                       const struct active *a)
{
    double unit = unit_of(value, m, a);

    for (size_t i = 0; i < m->assets_n; i++) {
        double p = value[i] / unit;

        price[i] = (struct amount){ p >= 1 ? (u128)p : value[i] > 0 ? 1 : 0 };
    }
}
