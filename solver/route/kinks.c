/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/kinks.h"

#include <math.h>
#include <stdbool.h>

static double value_at(const struct kinks *k, double m)
{
    struct kinks_zero at = { m, 0 };
    double sum = 0;

    for (unsigned i = 0; i < k->n; i++)
        sum += k->weight[i] * kinks_shift(k, i, &at);
    return sum;
}

/* The last kink at which f is not positive; at the first one nothing is. */
struct search {
    double last, next;
    double value; /* at last */
};

static void search_try(struct search *s, const struct kinks *k, double kink)
{
    double value;

    if (!(kink > s->last) || !(kink < s->next))
        return;
    value = value_at(k, kink);
    if (value > 0) {
        s->next = kink;
        return;
    }
    s->last = kink;
    s->value = value;
}

struct kinks_zero kinks_solve(const struct kinks *k)
{
    struct search s = { -INFINITY, INFINITY, 0 };
    double slope = 0;

    for (unsigned i = 0; i < k->n; i++) {
        search_try(&s, k, k->low[i]);
        search_try(&s, k, k->high[i]);
        search_try(&s, k, k->low[i] + k->least);
        search_try(&s, k, k->high[i] + k->most);
    }
    for (unsigned i = 0; i < k->n; i++) {
        bool got = k->low[i] + k->least <= s.last && s.last < k->low[i];
        bool given = k->high[i] <= s.last && s.last < k->high[i] + k->most;

        if (got || given)
            slope += k->weight[i];
    }
    return (struct kinks_zero){ s.last, slope > 0 ? -s.value / slope : 0 };
}
