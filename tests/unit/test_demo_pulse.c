/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/pulse.h"
#include "tests/support/test_support.h"

/* Several batches may have settled since the last look, and looks overlap: each counts once. */
static void test_pulse_counts_every_batch_once(void **state)
{
    struct wire_op_batch batches[] = {
        { .auction = 9, .fills = 4, .legs = 1, .surplus_micro = 40, .better_micro = -2 },
        { .auction = 7, .fills = 2, .legs = 3, .surplus_micro = 20, .better_micro = 5 },
        { .auction = 4, .fills = 1, .legs = 0, .surplus_micro = 10, .better_micro = 1 },
    };
    const struct wire_op_answer earlier = { .batches = &batches[2], .batches_n = 1 };
    const struct wire_op_answer later = { .batches = batches, .batches_n = 3 };
    struct pulse_view v = { .batches = 0 };

    (void)state;
    pulse_count(&v, &earlier);
    assert_int_equal(v.fills, 1);
    pulse_count(&v, &later);
    pulse_count(&v, &later);
    assert_int_equal(v.batches, 3);
    assert_int_equal(v.fills, 7);
    assert_int_equal(v.legs, 4);
    assert_int_equal(v.surplus_micro, 70);
    assert_int_equal(v.better_micro, 4);
    assert_int_equal(v.last.auction, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pulse_counts_every_batch_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
