/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kinks -- the zero of a rising function made of straight pieces, exactly.
 *
 *   f(m) = sum over k of weight[k] (max(min(m - low[k], 0), least) + min(max(m - high[k], 0), most))
 *
 * Its zero says which assets of a pool are got, m < low, which are given, m > high, and which rest.
 * It is kept as a kink and the rest of the way from there, so that a shift far smaller than m does
 * not drown in it.
 */
#ifndef SLUICE_ROUTE_KINKS_H
#define SLUICE_ROUTE_KINKS_H

#define KINKS_MAX 8

struct kinks {
    unsigned n;
    double least;             /* < 0, may be infinite */
    double most;              /* > 0, likewise */
    double weight[KINKS_MAX]; /* > 0 */
    double low[KINKS_MAX];
    double high[KINKS_MAX]; /* >= low */
};

struct kinks_zero {
    double base;
    double rest; /* m = base + rest, rest >= 0 */
};

/* Where f is zero; a kink beside it when it is zero on a whole piece. n > 0. */
struct kinks_zero kinks_solve(const struct kinks *k);

/* How far m lies below low (negative) or above high (positive), within the limits; 0 between. */
static inline double kinks_shift(const struct kinks *k, unsigned i, const struct kinks_zero *m)
{
    double below = m->base - k->low[i] + m->rest, above = m->base - k->high[i] + m->rest;

    if (below < 0)
        return below > k->least ? below : k->least;
    if (above > 0)
        return above < k->most ? above : k->most;
    return 0;
}

/* How near a piece that rests is to a kink: 1 at it, 0 from `tight` away on. */
static inline double kinks_near(const struct kinks *k, unsigned i, const struct kinks_zero *m,
                                double tight)
{
    double above = m->base - k->low[i] + m->rest, below = k->high[i] - m->base - m->rest;
    double slack = above < below ? above : below;

    return slack < tight ? 1 - slack / tight : 0;
}

#endif
