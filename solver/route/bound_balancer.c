/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/route/bound_balancer.h"

#include "solver/market/fixed18.h"

static const struct u256 one18 = { { FIXED18_ONE } };

enum err bound_balancer_scale(struct u256 *scaled, const struct balancer *b)
{
    for (uint32_t k = 0; k < b->n; k++)
        TRY(balancer_scale(&scaled[k], b, k, &b->balance[k]));
    return ERR_OK;
}

void bound_balancer_low(struct interval *low, const struct balancer *b, uint32_t k,
                        struct amount price)
{
    struct u256 p = u256_of_amount(price);

    interval_set(low, &p);
    interval_times(low, &one18);
    interval_over(low, &b->scaling[k]);
}

void bound_balancer_high(struct interval *high, const struct balancer *b,
                         const struct interval *low)
{
    struct u256 keep = u256_of(FIXED18_ONE - b->fee);

    mpfi_set(high->v, low->v);
    interval_times(high, &one18);
    interval_over(high, &keep);
}

struct rough bound_balancer_rough(const struct balancer *b, uint32_t k, struct amount price)
{
    return rough_div(rough_mul(rough_of_amount(price), rough_of_u64(FIXED18_ONE)),
                     rough_of(&b->scaling[k]));
}

bool bound_balancer_idle(struct rough *most, const struct balancer *b, const struct rough *rate,
                         int bits)
{
    struct rough least = *most = rate[0];

    for (uint32_t k = 1; k < b->n; k++) {
        if (rough_less(rate[k], least))
            least = rate[k];
        if (rough_less(*most, rate[k]))
            *most = rate[k];
    }
    return rough_surely_less(rough_mul(*most, rough_of_u64(FIXED18_ONE - b->fee)),
                             rough_mul(least, rough_of_u64(FIXED18_ONE)), bits);
}

enum err bound_balancer_whole(struct u256 *profit, const struct balancer *b,
                              const struct u256 *scaled, const struct amount *price)
{
    struct interval sum, worth;

    interval_init(&sum);
    interval_init(&worth);
    for (uint32_t k = 0; k < b->n; k++) {
        bound_balancer_low(&worth, b, k, price[k]);
        interval_times(&worth, &scaled[k]);
        mpfi_add(sum.v, sum.v, worth.v);
    }
    return interval_ceil(profit, &sum);
}
