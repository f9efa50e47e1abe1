/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * product -- the best trade of a x * y = k pool, or of a stretch of liquidity that acts as one.
 *
 * With A = e_in R_in / keep and B = e_out R_out it trades where A < B: it takes m - A and gives
 * B - m, m = sqrt(A B), at a profit of (sqrt B - sqrt A)^2 and a weight of m / 2 (docs/math.md 1).
 * The roots of the reserves are kept, so that no product overflows before its root is taken.
 */
#ifndef SLUICE_ROUTE_PRODUCT_H
#define SLUICE_ROUTE_PRODUCT_H

#include <math.h>

#define PRODUCT_NEAR 0x1p-8 /* the series is exact to rounding below, the difference above */

struct product_trade {
    double in;
    double out;
    double weight;
    double profit;
};

/* from and to are the roots of A and B, half is half of log(B / A) >= 0. */
static inline struct product_trade product_trade(double from, double to, double half)
{
    double gain = to - from;

    if (half < PRODUCT_NEAR)
        gain = from * half * (1 + half / 2 * (1 + half / 3 * (1 + half / 4 * (1 + half / 5))));
    return (struct product_trade){ from * gain, to * gain, from * to / 2, gain * gain };
}

/* The weight of one that does not trade, but is only slack >= 0 of log price away. */
static inline double product_near(double from, double to, double slack, double tight)
{
    return slack < tight ? from * to / 2 * (1 - slack / tight) : 0;
}

#endif
