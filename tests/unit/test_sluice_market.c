/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/sluice/route.h"
#include "tests/support/test_support.h"

#define ASSETS 6
#define ONE UINT64_C(1000000000000000000)

static struct sluice_amount of(uint64_t v)
{
    return (struct sluice_amount){ { v } };
}

static struct sluice_curve constant_product(uint64_t a, uint64_t b)
{
    struct sluice_curve c = { .kind = SLUICE_CONSTANT_PRODUCT, .assets_n = 2, .asset = { 0, 1 } };

    c.as.constant_product = (struct sluice_constant_product){ { of(a), of(b) }, 997, 1000 };
    return c;
}

static const struct sluice_level bids[] = { { { { 1990 } }, { { 500 } } },
                                            { { { 1980 } }, { { 900 } } } };
static const struct sluice_level asks[] = { { { { 2010 } }, { { 500 } } } };

static struct sluice_curve book(void)
{
    struct sluice_curve c = { .kind = SLUICE_BOOK, .assets_n = 2, .asset = { 0, 2 } };

    c.as.book = (struct sluice_book){ .scale = of(1000),
                                      .lot = of(10),
                                      .keep_num = 999,
                                      .keep_den = 1000,
                                      .bids = bids,
                                      .asks = asks,
                                      .bids_n = 2,
                                      .asks_n = 1 };
    return c;
}

static struct sluice_pool pool(uint32_t n)
{
    struct sluice_pool p = { .fee = ONE / 1000 };

    for (uint32_t k = 0; k < n; k++) {
        p.balance[k] = of(1000000 + k);
        p.scaling[k] = of(ONE);
    }
    return p;
}

static struct sluice_curve weighted(void)
{
    struct sluice_curve c = { .kind = SLUICE_WEIGHTED, .assets_n = 3, .asset = { 1, 2, 3 } };

    c.as.weighted =
        (struct sluice_weighted){ .pool = pool(3), .weight = { ONE / 2, ONE / 4, ONE / 4 } };
    return c;
}

static struct sluice_curve stable(void)
{
    struct sluice_curve c = { .kind = SLUICE_STABLE, .assets_n = 3, .asset = { 3, 4, 5 } };

    c.as.stable = (struct sluice_stable){ .pool = pool(3), .amplification = 100000 };
    return c;
}

static const struct sluice_tick ticks[] = { { -600, 0, { { 1000000000 } } },
                                            { 600, 1, { { 1000000000 } } } };

static struct sluice_curve concentrated(void)
{
    struct sluice_curve c = { .kind = SLUICE_CONCENTRATED, .assets_n = 2, .asset = { 4, 0 } };

    c.as.concentrated = (struct sluice_concentrated){ .sqrt_price = { { 0, UINT64_C(1) << 32 } },
                                                      .liquidity = of(1000000000),
                                                      .tick = 0,
                                                      .fee = 500,
                                                      .ticks = ticks,
                                                      .ticks_n = 2 };
    return c;
}

static struct sluice_curve fixed_rate(void)
{
    struct sluice_curve c = { .kind = SLUICE_FIXED_RATE, .assets_n = 2, .asset = { 5, 0 } };

    c.as.fixed_rate = (struct sluice_fixed_rate){
        .num = of(2), .den = of(1), .keep_num = 1, .keep_den = 1, .capacity = { of(0), of(5000) }
    };
    return c;
}

static struct sluice_market *market_new(void)
{
    struct sluice_market *m;

    assert_int_equal(sluice_market_new(&m, ASSETS, 0), SLUICE_OK);
    return m;
}

static void test_sluice_market_takes_every_kind(void **state)
{
    const struct sluice_curve all[] = {
        constant_product(1000, 2000), book(), weighted(), concentrated(), stable(), fixed_rate()
    };
    struct sluice_market *m = market_new();
    uint32_t number = 99;

    (void)state;
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(sluice_market_add(&number, m, &all[i]), SLUICE_OK);
        assert_int_equal(number, i);
    }
    assert_int_equal(sluice_market_add(NULL, m, &all[0]), SLUICE_OK);
    assert_int_equal(sluice_market_curves(m), 7);
    assert_int_equal(sluice_market_assets(m), ASSETS);
    assert_int_equal(sluice_market_seal(m), SLUICE_OK);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(sluice_market_update(m, i, &all[i]), SLUICE_OK);
    sluice_market_free(m);
}

static void test_sluice_market_new_checks_its_arguments(void **state)
{
    struct sluice_market *m = (struct sluice_market *)&m;

    (void)state;
    assert_int_equal(sluice_market_new(NULL, 3, 0), SLUICE_ARGUMENT);
    assert_int_equal(sluice_market_new(&m, 1, 0), SLUICE_ARGUMENT);
    assert_null(m);
    assert_int_equal(sluice_market_new(&m, SLUICE_ASSETS_MAX + 1, 0), SLUICE_ARGUMENT);
    sluice_market_free(NULL);
    assert_int_equal(sluice_market_assets(NULL), 0);
    assert_int_equal(sluice_market_curves(NULL), 0);
}

static void test_sluice_market_knows_its_state(void **state)
{
    const struct sluice_curve c = constant_product(1000, 2000);
    struct sluice_market *m = market_new();

    (void)state;
    assert_int_equal(sluice_market_update(m, 0, &c), SLUICE_STATE);
    assert_int_equal(sluice_market_add(NULL, m, &c), SLUICE_OK);
    assert_int_equal(sluice_market_seal(m), SLUICE_OK);
    assert_int_equal(sluice_market_seal(m), SLUICE_STATE);
    assert_int_equal(sluice_market_add(NULL, m, &c), SLUICE_STATE);
    assert_int_equal(sluice_market_seal(NULL), SLUICE_ARGUMENT);
    sluice_market_free(m);
}

/* An edit of a sound curve, and what it is answered. */
static void refuse(struct sluice_curve c, enum sluice_status want)
{
    struct sluice_market *m = market_new();
    uint32_t number = 99;

    assert_int_equal(sluice_market_add(&number, m, &c), want);
    assert_int_equal(number, 99);
    assert_int_equal(sluice_market_curves(m), 0);
    sluice_market_free(m);
}

static void test_sluice_market_refuses_arguments_out_of_range(void **state)
{
    struct sluice_curve c = constant_product(1000, 2000);
    struct sluice_market *m = market_new();

    (void)state;
    assert_int_equal(sluice_market_add(NULL, NULL, &c), SLUICE_ARGUMENT);
    assert_int_equal(sluice_market_add(NULL, m, NULL), SLUICE_ARGUMENT);
    sluice_market_free(m);
    c.kind = 0;
    refuse(c, SLUICE_ARGUMENT);
    c.kind = UINT32_MAX;
    refuse(c, SLUICE_ARGUMENT);
    c = constant_product(1000, 2000);
    c.asset[1] = ASSETS;
    refuse(c, SLUICE_ARGUMENT);
    c.asset[1] = 1;
    c.assets_n = SLUICE_CURVE_ASSETS_MAX + 1;
    refuse(c, SLUICE_ARGUMENT);
    c.assets_n = UINT32_MAX;
    refuse(c, SLUICE_ARGUMENT);
}

static void test_sluice_market_refuses_curves_that_make_no_sense(void **state)
{
    struct sluice_curve c = constant_product(0, 2000);

    (void)state;
    refuse(c, SLUICE_CURVE);
    c = constant_product(1000, 2000);
    c.as.constant_product.keep_num = 1001;
    refuse(c, SLUICE_CURVE);
    c = constant_product(1000, 2000);
    c.assets_n = 3;
    refuse(c, SLUICE_CURVE);
    c.assets_n = 0;
    refuse(c, SLUICE_CURVE);
    c = constant_product(1000, 2000);
    c.asset[1] = 0;
    refuse(c, SLUICE_CURVE);
    c = fixed_rate();
    c.as.fixed_rate.den = of(0);
    refuse(c, SLUICE_CURVE);
    c = weighted();
    c.as.weighted.weight[1] = 0;
    refuse(c, SLUICE_CURVE);
    c = weighted();
    c.as.weighted.pool.fee = ONE;
    refuse(c, SLUICE_CURVE);
    c = stable();
    c.as.stable.amplification = 999;
    refuse(c, SLUICE_CURVE);
    c = stable();
    c.as.stable.pool.balance[2] = (struct sluice_amount){ { 0, 0, 0, UINT64_MAX } };
    refuse(c, SLUICE_CURVE);
    c = stable();
    c.as.stable.pool.balance[1] = of(0);
    refuse(c, SLUICE_CURVE);
}

static void test_sluice_market_refuses_levels_and_ticks_that_make_no_sense(void **state)
{
    const struct sluice_level crossed[] = { { { { 2020 } }, { { 500 } } } };
    struct sluice_tick wrong[2] = { ticks[0], ticks[1] };
    struct sluice_curve c = book();

    (void)state;
    c.as.book.bids = NULL;
    refuse(c, SLUICE_CURVE);
    c = book();
    c.as.book.bids = crossed;
    c.as.book.bids_n = 1;
    refuse(c, SLUICE_CURVE);
    c = book();
    c.as.book.lot = of(7);
    refuse(c, SLUICE_CURVE);
    c = concentrated();
    c.as.concentrated.ticks = NULL;
    refuse(c, SLUICE_CURVE);
    c.as.concentrated.ticks_n = UINT32_MAX;
    refuse(c, SLUICE_CURVE);
    c = concentrated();
    c.as.concentrated.ticks = wrong;
    wrong[0].index = 600;
    refuse(c, SLUICE_CURVE);
    wrong[0].index = INT32_MIN;
    refuse(c, SLUICE_CURVE);
    wrong[0] = ticks[0];
    wrong[1].net.limb[2] = 1;
    refuse(c, SLUICE_CURVE);
    c = concentrated();
    c.as.concentrated.fee = 1000000;
    refuse(c, SLUICE_CURVE);
}

static void test_sluice_market_update_changes_state_only(void **state)
{
    struct sluice_curve c = constant_product(1000, 2000), other = c;
    struct sluice_market *m = market_new();

    (void)state;
    assert_int_equal(sluice_market_add(NULL, m, &c), SLUICE_OK);
    assert_int_equal(sluice_market_seal(m), SLUICE_OK);
    assert_int_equal(sluice_market_update(NULL, 0, &c), SLUICE_ARGUMENT);
    assert_int_equal(sluice_market_update(m, 0, NULL), SLUICE_ARGUMENT);
    assert_int_equal(sluice_market_update(m, 1, &c), SLUICE_ARGUMENT);
    assert_int_equal(sluice_market_update(m, UINT32_MAX, &c), SLUICE_ARGUMENT);
    other.asset[0] = 1;
    other.asset[1] = 0;
    assert_int_equal(sluice_market_update(m, 0, &other), SLUICE_ARGUMENT);
    other = fixed_rate();
    other.asset[0] = 0;
    other.asset[1] = 1;
    assert_int_equal(sluice_market_update(m, 0, &other), SLUICE_ARGUMENT);
    c.as.constant_product.reserve[0] = of(0);
    assert_int_equal(sluice_market_update(m, 0, &c), SLUICE_CURVE);
    c.as.constant_product.reserve[0] = of(7000);
    assert_int_equal(sluice_market_update(m, 0, &c), SLUICE_OK);
    sluice_market_free(m);
}

/* Many updates leave nothing behind: even within a small limit they go on for ever. */
static void test_sluice_market_updates_do_not_pile_up(void **state)
{
    static const uint64_t limits[] = { UINT64_C(64) << 10, UINT64_C(4) << 20 };
    const struct sluice_curve b = book(), w = weighted();
    struct sluice_market *m;

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        assert_int_equal(sluice_market_new(&m, ASSETS, limits[k]), SLUICE_OK);
        assert_int_equal(sluice_market_add(NULL, m, &b), SLUICE_OK);
        assert_int_equal(sluice_market_add(NULL, m, &w), SLUICE_OK);
        assert_int_equal(sluice_market_seal(m), SLUICE_OK);
        for (int i = 0; i < 10000; i++) {
            assert_int_equal(sluice_market_update(m, 0, &b), SLUICE_OK);
            assert_int_equal(sluice_market_update(m, 1, &w), SLUICE_OK);
        }
        sluice_market_free(m);
    }
}

/* An update that does not fit leaves the curve as it was. */
static void test_sluice_market_update_keeps_to_its_memory(void **state)
{
    static struct sluice_level many[5000];
    struct sluice_curve b = book();
    struct sluice_market *m;

    (void)state;
    for (size_t i = 0; i < 5000; i++)
        many[i] = (struct sluice_level){ of(1990 + i), of(10) };
    assert_int_equal(sluice_market_new(&m, ASSETS, 65536), SLUICE_OK);
    assert_int_equal(sluice_market_add(NULL, m, &b), SLUICE_OK);
    assert_int_equal(sluice_market_seal(m), SLUICE_OK);
    b.as.book.bids_n = 0;
    b.as.book.asks = many;
    b.as.book.asks_n = 5000;
    assert_int_equal(sluice_market_update(m, 0, &b), SLUICE_MEMORY);
    b = book();
    assert_int_equal(sluice_market_update(m, 0, &b), SLUICE_OK);
    sluice_market_free(m);
}

static void test_sluice_market_keeps_to_its_memory(void **state)
{
    const struct sluice_curve w = weighted();
    enum sluice_status s = SLUICE_OK;
    struct sluice_market *m;
    uint32_t n = 0;

    (void)state;
    assert_int_equal(sluice_market_new(&m, ASSETS, 32768), SLUICE_OK);
    while (s == SLUICE_OK && n < 1000) {
        s = sluice_market_add(NULL, m, &w);
        n += s == SLUICE_OK;
    }
    assert_int_equal(s, SLUICE_MEMORY);
    assert_int_equal(sluice_market_curves(m), n);
    assert_int_equal(sluice_market_seal(m), SLUICE_MEMORY); /* as many again do not fit */
    assert_int_equal(sluice_market_update(m, 0, &w), SLUICE_STATE);
    sluice_market_free(m);
}

/* Bytes of chance in every number; pointers and counts stay honest. */
static void scramble(struct sluice_curve *c, struct prng *r)
{
    const struct sluice_curve old = *c;
    uint8_t *bytes = (uint8_t *)&c->as;

    for (unsigned n = 1 + (unsigned)prng_below(r, 4); n > 0; n--)
        bytes[prng_below(r, sizeof c->as)] = (uint8_t)prng_u64(r);
    if (c->kind == SLUICE_BOOK) {
        c->as.book.bids = old.as.book.bids;
        c->as.book.asks = old.as.book.asks;
        c->as.book.bids_n = old.as.book.bids_n;
        c->as.book.asks_n = old.as.book.asks_n;
    }
    if (c->kind == SLUICE_CONCENTRATED) {
        c->as.concentrated.ticks = old.as.concentrated.ticks;
        c->as.concentrated.ticks_n = old.as.concentrated.ticks_n;
    }
    if (prng_below(r, 8) == 0)
        c->kind = (uint32_t)prng_below(r, 8);
}

/* Every pair of assets: a status, and what is claimed is proved. */
static void route_all(const struct sluice_market *m, struct prng *r)
{
    struct sluice_router *router;
    struct sluice_route route;
    struct sluice_proof proof;

    assert_int_equal(sluice_router_new(&router), SLUICE_OK);
    for (uint32_t i = 0; i < ASSETS * ASSETS; i++) {
        const struct sluice_order order = { .sell = i / ASSETS,
                                            .buy = i % ASSETS,
                                            .amount = of(1 + prng_sized(r, 40)),
                                            .exact_out = (uint32_t)prng_below(r, 2) };
        if (sluice_router_route(&route, router, m, &order, NULL) != SLUICE_OK ||
            route.verdict == SLUICE_NO_ROUTE)
            continue;
        assert_int_equal(sluice_verify(&proof, m, &order, NULL, &route), SLUICE_OK);
        assert_string_equal(sluice_fault_text((int)proof.fault), sluice_fault_text(SLUICE_PROVED));
    }
    sluice_router_free(router);
}

/* Whatever the numbers: a status, and what was taken can be sealed and routed over. */
static void test_sluice_market_survives_chance(void **state)
{
    const struct sluice_curve all[] = {
        constant_product(1000, 2000), weighted(), stable(), fixed_rate(), book(), concentrated()
    };
    struct sluice_market *m = market_new();
    struct prng r;

    (void)state;
    prng_init(&r, 7);
    for (int i = 0; i < 400; i++) {
        struct sluice_curve c = all[prng_below(&r, 6)];
        enum sluice_status s;

        const uint32_t kind = c.kind;
        scramble(&c, &r);
        if (c.kind != kind && (c.kind == SLUICE_BOOK || c.kind == SLUICE_CONCENTRATED))
            c.kind = 0; /* its pointers would be anything */
        s = sluice_market_add(NULL, m, &c);
        assert_true(s == SLUICE_OK || s == SLUICE_CURVE || s == SLUICE_ARGUMENT);
    }
    assert_true(sluice_market_curves(m) > 50);
    assert_int_equal(sluice_market_seal(m), SLUICE_OK);
    route_all(m, &r);
    sluice_market_free(m);
}

static void test_sluice_amount_text_and_back(void **state)
{
    const struct sluice_amount most = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
    struct sluice_amount a = of(7);
    char text[SLUICE_AMOUNT_TEXT + 2];

    (void)state;
    assert_string_equal(sluice_amount_text(text, &most),
                        "11579208923731619542357098500868790785326998466564056403945758400791312963"
                        "9935");
    assert_int_equal(sluice_amount_parse(&a, text), SLUICE_OK);
    assert_memory_equal(&a, &most, sizeof a);
    text[77] = '6';
    assert_int_equal(sluice_amount_parse(&a, text), SLUICE_OVERFLOW);
    assert_memory_equal(&a, &most, sizeof a);
    assert_int_equal(sluice_amount_parse(&a, ""), SLUICE_ARGUMENT);
    assert_int_equal(sluice_amount_parse(&a, "01"), SLUICE_ARGUMENT);
    assert_int_equal(sluice_amount_parse(&a, "-1"), SLUICE_ARGUMENT);
    assert_int_equal(sluice_amount_parse(&a, NULL), SLUICE_ARGUMENT);
    assert_int_equal(sluice_amount_parse(NULL, "1"), SLUICE_ARGUMENT);
    assert_null(sluice_amount_text(NULL, &most));
    assert_null(sluice_amount_text(text, NULL));
}

static void test_sluice_texts_exist_for_any_number(void **state)
{
    (void)state;
    assert_int_equal(sluice_version(), SLUICE_VERSION);
    for (int i = 0; i <= SLUICE_FAILED; i++)
        assert_string_not_equal(sluice_status_text(i), "unknown");
    for (int i = 0; i <= SLUICE_WORK; i++)
        assert_string_not_equal(sluice_verdict_text(i), "unknown");
    for (int i = 0; i <= SLUICE_FAULT_GAP; i++)
        assert_string_not_equal(sluice_fault_text(i), "unknown");
    assert_string_equal(sluice_status_text(SLUICE_FAILED + 1), "unknown");
    assert_string_equal(sluice_status_text(-1), "unknown");
    assert_string_equal(sluice_verdict_text(SLUICE_WORK + 1), "unknown");
    assert_string_equal(sluice_verdict_text(INT32_MIN), "unknown");
    assert_string_equal(sluice_fault_text(SLUICE_FAULT_GAP + 1), "unknown");
    assert_string_equal(sluice_fault_text(-1), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sluice_market_takes_every_kind),
        cmocka_unit_test(test_sluice_market_new_checks_its_arguments),
        cmocka_unit_test(test_sluice_market_knows_its_state),
        cmocka_unit_test(test_sluice_market_refuses_arguments_out_of_range),
        cmocka_unit_test(test_sluice_market_refuses_curves_that_make_no_sense),
        cmocka_unit_test(test_sluice_market_refuses_levels_and_ticks_that_make_no_sense),
        cmocka_unit_test(test_sluice_market_update_changes_state_only),
        cmocka_unit_test(test_sluice_market_updates_do_not_pile_up),
        cmocka_unit_test(test_sluice_market_update_keeps_to_its_memory),
        cmocka_unit_test(test_sluice_market_keeps_to_its_memory),
        cmocka_unit_test(test_sluice_market_survives_chance),
        cmocka_unit_test(test_sluice_amount_text_and_back),
        cmocka_unit_test(test_sluice_texts_exist_for_any_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
