/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/core/system.h"
#include "tests/support/test_support.h"

static void test_system_clock_never_goes_back(void **state)
{
    struct clock_port clock = system_clock();
    uint64_t last = clock.now_ns(clock.self);

    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t now_ns = clock.now_ns(clock.self);

        assert_true(now_ns >= last);
        last = now_ns;
    }
}

static void test_system_clock_tells_unix_milliseconds(void **state)
{
    struct clock_port clock = system_clock();

    (void)state;
    assert_in_range(clock.unix_ms(clock.self), 1600000000000, 10000000000000); /* 2020 .. 2286 */
}

static void test_system_rng_fills_every_byte(void **state)
{
    struct rng_port rng = system_rng();
    uint8_t seen[64] = { 0 };

    (void)state;
    for (int round = 0; round < 20; round++) {
        uint8_t out[64];

        memset(out, 0, sizeof(out));
        rng.fill(rng.self, out, sizeof(out));
        for (size_t i = 0; i < sizeof(out); i++)
            seen[i] |= out[i];
    }
    for (size_t i = 0; i < sizeof(seen); i++)
        assert_int_not_equal(seen[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_system_clock_never_goes_back),
        cmocka_unit_test(test_system_clock_tells_unix_milliseconds),
        cmocka_unit_test(test_system_rng_fills_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
