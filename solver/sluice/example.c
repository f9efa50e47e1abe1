/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One order over four pools: 250 units of asset 0 for asset 2, directly and through asset 1.
 *
 *   cc example.c $(pkg-config --cflags --libs sluice-route) -o example && ./example
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <sluice/route.h>

static void need(enum sluice_status s)
{
    if (s == SLUICE_OK)
        return;
    fprintf(stderr, "example: %s\n", sluice_status_text((int)s));
    exit(1);
}

static struct sluice_amount amount(const char *atoms)
{
    struct sluice_amount a;

    need(sluice_amount_parse(&a, atoms));
    return a;
}

static void pool_add(struct sluice_market *m, uint32_t a, uint32_t b, const char *reserve_a,
                     const char *reserve_b)
{
    struct sluice_curve c = { .kind = SLUICE_CONSTANT_PRODUCT, .assets_n = 2, .asset = { a, b } };

    c.as.constant_product = (struct sluice_constant_product){
        .reserve = { amount(reserve_a), amount(reserve_b) }, .keep_num = 997, .keep_den = 1000
    };
    need(sluice_market_add(NULL, m, &c));
}

int main(void)
{
    const struct sluice_order order = { .sell = 0, .buy = 2, .amount = amount("250000000") };
    char in[SLUICE_AMOUNT_TEXT], out[SLUICE_AMOUNT_TEXT];
    struct sluice_market *market;
    struct sluice_router *router;
    struct sluice_route route;
    struct sluice_proof proof;

    need(sluice_market_new(&market, 3, 0));
    pool_add(market, 0, 2, "4000000000", "8000000000000");
    pool_add(market, 0, 2, "900000000", "1805000000000");
    pool_add(market, 0, 1, "3000000000", "150000000");
    pool_add(market, 1, 2, "200000000", "8010000000000");
    need(sluice_market_seal(market));

    need(sluice_router_new(&router));
    need(sluice_router_route(&route, router, market, &order, NULL));
    for (uint64_t i = 0; i < route.legs_n; i++) {
        const struct sluice_leg *l = &route.legs[i];
        printf("pool %" PRIu32 ": %s of asset %" PRIu32 " for %s of asset %" PRIu32 "\n", l->curve,
               sluice_amount_text(in, &l->in), l->give, sluice_amount_text(out, &l->out), l->get);
    }
    printf("bought %s, no route buys more than %s\n", sluice_amount_text(in, &route.bought),
           sluice_amount_text(out, &route.bound));
    for (uint32_t i = 0; i < route.prices_n; i++)
        printf("price of asset %" PRIu32 ": %s\n", i, sluice_amount_text(in, &route.prices[i]));
    need(sluice_verify(&proof, market, &order, NULL, &route));
    printf("gap %" PRIu64 "e-18: %s\n", proof.gap_e18, sluice_fault_text((int)proof.fault));
    sluice_router_free(router);
    sluice_market_free(market);
    return proof.fault == SLUICE_PROVED ? 0 : 1;
}
