/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_support -- what every test includes: cmocka with the headers it needs, the assertions for
 * enum err, and the fixtures of this folder. Fixtures fail the running test when they cannot do
 * their work, so they return nothing to check.
 */
#ifndef SLUICE_TESTS_SUPPORT_TEST_SUPPORT_H
#define SLUICE_TESTS_SUPPORT_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "solver/core/err.h"
#include "tests/support/prng.h"
#include "tests/support/process.h"
#include "tests/support/redis.h"
#include "tests/support/shared.h"
#include "tests/support/tmpdir.h"

/* Evaluate EXPR once; the test fails at this line, naming both errors, unless it is WANTED. */
#define assert_err(expr, wanted)                                                                   \
    do {                                                                                           \
        enum err assert_err_ = (expr);                                                             \
        if (assert_err_ != (wanted))                                                               \
            fail_msg("%s: ERR_%s, not ERR_%s", #expr, err_name(assert_err_), err_name(wanted));    \
    } while (0)

#define assert_ok(expr) assert_err(expr, ERR_OK)

#endif
