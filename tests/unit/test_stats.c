/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/stats.h"
#include "tests/support/test_support.h"

static void test_stats_small_values_are_exact(void **state)
{
    static struct stats s;

    (void)state;
    stats_init(&s);
    assert_int_equal(stats_quantile(&s, 0.5), 0);
    for (uint64_t us = 1; us <= 20; us++)
        stats_record(&s, us);
    assert_int_equal(s.count, 20);
    assert_int_equal(s.max_us, 20);
    assert_int_equal(stats_quantile(&s, 0), 1);
    assert_int_equal(stats_quantile(&s, 0.5), 10);
    assert_int_equal(stats_quantile(&s, 0.99), 20);
    assert_int_equal(stats_quantile(&s, 1), 20);
}

static void test_stats_quantiles_are_never_below_and_at_most_a_step_above(void **state)
{
    static struct stats s;

    (void)state;
    for (unsigned power = 5; power < 64; power++) {
        uint64_t us = ((uint64_t)1 << power) + ((uint64_t)1 << power) / 3;

        stats_init(&s);
        stats_record(&s, us);
        stats_record(&s, UINT64_MAX);
        assert_in_range(stats_quantile(&s, 0.5), us, us + us / 32);
        assert_true(stats_quantile(&s, 1) == UINT64_MAX);
    }
}

static void test_stats_steps_cover_all_values_without_gaps(void **state)
{
    static struct stats s;

    (void)state;
    for (uint64_t us = 0; us < 5000; us++) {
        stats_init(&s);
        stats_record(&s, us);
        s.max_us = UINT64_MAX; /* so that the top of the step is seen, not the maximum */
        assert_in_range(stats_quantile(&s, 1), us, us + us / 32);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stats_small_values_are_exact),
        cmocka_unit_test(test_stats_quantiles_are_never_below_and_at_most_a_step_above),
        cmocka_unit_test(test_stats_steps_cover_all_values_without_gaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
