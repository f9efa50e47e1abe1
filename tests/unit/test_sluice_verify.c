/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/sluice/route.h"
#include "tests/support/sluice_scene.h"
#include "tests/support/test_support.h"

static void test_sluice_verify_checks_its_arguments(void **state)
{
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    sluice_scene_proved(&s, SLUICE_DONE);
    assert_int_equal(sluice_verify(NULL, s.market, &s.order, NULL, &s.route), SLUICE_ARGUMENT);
    assert_int_equal(sluice_verify(&s.proof, NULL, &s.order, NULL, &s.route), SLUICE_ARGUMENT);
    assert_int_equal(sluice_verify(&s.proof, s.market, NULL, NULL, &s.route), SLUICE_ARGUMENT);
    assert_int_equal(sluice_verify(&s.proof, s.market, &s.order, NULL, NULL), SLUICE_ARGUMENT);
    s.route.legs = NULL;
    assert_int_equal(sluice_scene_verify(&s), SLUICE_ARGUMENT);
    s.route.legs_n = 0;
    s.route.buffers = NULL;
    s.route.buffers_n = 1;
    assert_int_equal(sluice_scene_verify(&s), SLUICE_ARGUMENT);
    s.route.buffers_n = 0;
    s.route.prices = NULL;
    assert_int_equal(sluice_scene_verify(&s), SLUICE_ARGUMENT);
    sluice_scene_close(&s);
}

static void assert_fault(struct sluice_scene *s, enum sluice_fault want)
{
    assert_int_equal(sluice_scene_verify(s), SLUICE_OK);
    assert_string_equal(sluice_fault_text((int)s->proof.fault), sluice_fault_text((int)want));
}

/* One lie at a time in an honest route. */
static void test_sluice_verify_finds_every_lie_about_legs(void **state)
{
    const struct sluice_buffer stranger = { SLUICE_SCENE_ASSETS, 0, sluice_scene_amount(1) },
                               gift = { 1, 0, sluice_scene_amount(1) };
    struct sluice_leg legs[8];
    struct sluice_route honest;
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    sluice_scene_proved(&s, SLUICE_DONE);
    honest = s.route;
    assert_true(honest.legs_n <= 8);
    memcpy(legs, honest.legs, honest.legs_n * sizeof *legs);
    s.route.legs = legs;
    s.route.sold.limb[0]++;
    assert_fault(&s, SLUICE_FAULT_SOLD);
    s.route.sold = honest.sold;
    legs[1].curve = SLUICE_SCENE_CURVES;
    assert_fault(&s, SLUICE_FAULT_LEG);
    assert_int_equal(s.proof.at, 1);
    legs[1] = honest.legs[1];
    legs[1].get = 3;
    assert_fault(&s, SLUICE_FAULT_LEG);
    legs[1] = honest.legs[1];
    legs[1].out.limb[0]++;
    assert_fault(&s, SLUICE_FAULT_TRADE);
    assert_int_equal(s.proof.want.limb[0], s.proof.have.limb[0] + 1);
    legs[1] = honest.legs[1];
    legs[0].in = sluice_scene_amount(250000001);
    assert_fault(&s, SLUICE_FAULT_SHORT);
    legs[0] = honest.legs[0];
    s.route.buffers = &stranger;
    s.route.buffers_n = 1;
    assert_fault(&s, SLUICE_FAULT_BUFFER);
    s.route.buffers = &gift;
    assert_fault(&s, SLUICE_PROVED); /* lent, not used, given back */
    s.route.buffers_n = 0;
    s.route.bought.limb[0]++;
    assert_fault(&s, SLUICE_FAULT_BOUGHT);
    sluice_scene_close(&s);
}

static void test_sluice_verify_finds_every_lie_about_the_bound(void **state)
{
    struct sluice_amount prices[SLUICE_SCENE_ASSETS];
    struct sluice_route honest;
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    sluice_scene_proved(&s, SLUICE_DONE);
    honest = s.route;
    memcpy(prices, honest.prices, sizeof prices);
    s.route.prices = prices;
    s.route.prices_n = SLUICE_SCENE_ASSETS - 1;
    assert_fault(&s, SLUICE_FAULT_PRICES);
    s.route.prices_n = SLUICE_SCENE_ASSETS;
    prices[2] = sluice_scene_amount(0);
    assert_fault(&s, SLUICE_FAULT_PRICES);
    prices[2].limb[2] = 1;
    assert_fault(&s, SLUICE_FAULT_PRICES);
    prices[2] = honest.prices[2];
    prices[1].limb[1] *= 2;
    assert_fault(&s, SLUICE_FAULT_BOUND);
    prices[1] = honest.prices[1];
    s.route.bound.limb[0]--;
    assert_fault(&s, SLUICE_FAULT_BOUND);
    assert_memory_equal(&s.proof.bound, &honest.bound, sizeof honest.bound);
    s.route.bound = honest.bound;
    s.route.gap_e18++;
    assert_fault(&s, SLUICE_FAULT_GAP);
    assert_int_equal(s.proof.gap_e18, honest.gap_e18);
    sluice_scene_close(&s);
}

/* A price that makes the bound exceed 256 bits proves nothing, and says so. */
static void test_sluice_verify_reports_overflow(void **state)
{
    struct sluice_amount prices[SLUICE_SCENE_ASSETS] = {
        { { 0, UINT64_MAX } }, { { 1 } }, { { 1 } }, { { 1 } }
    };
    struct sluice_scene s;

    (void)state;
    sluice_scene_open(&s);
    s.order.amount = (struct sluice_amount){ { 0, 0, 0, UINT64_MAX } };
    s.route = (struct sluice_route){ .prices = prices, .prices_n = SLUICE_SCENE_ASSETS };
    s.proof.at = 77;
    assert_int_equal(sluice_scene_verify(&s), SLUICE_OVERFLOW);
    assert_int_equal(s.proof.at, 77);
    sluice_scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sluice_verify_checks_its_arguments),
        cmocka_unit_test(test_sluice_verify_finds_every_lie_about_legs),
        cmocka_unit_test(test_sluice_verify_finds_every_lie_about_the_bound),
        cmocka_unit_test(test_sluice_verify_reports_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
