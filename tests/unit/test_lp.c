/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/test_support.h"

#include <math.h>

#include "solver/route/lp.h"

#define PIVOTS 10000

static struct lp *lp;

static int setup(void **state)
{
    (void)state;
    lp = lp_new();
    return lp == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    lp_free(lp);
    return 0;
}

static enum err solve(enum lp_status *status)
{
    uint64_t pivots = PIVOTS;

    return lp_solve(status, lp, &pivots);
}

#define assert_near(x, wanted) assert_true(fabs((x) - (wanted)) < 1e-9)

/* min -3x - 5y,  x <= 4,  2y <= 12,  3x + 2y <= 18:  x = 2, y = 6, duals 0, -1.5, -1. */
static void known(void)
{
    lp_clear(lp);
    (void)lp_row(lp, -LP_FREE, 4);
    (void)lp_row(lp, -LP_FREE, 12);
    (void)lp_row(lp, -LP_FREE, 18);
    (void)lp_column(lp, -3, 0, LP_FREE);
    (void)lp_column(lp, -5, 0, 100);
    lp_entry(lp, 0, 0, 1);
    lp_entry(lp, 1, 1, 2);
    lp_entry(lp, 2, 0, 3);
    lp_entry(lp, 2, 1, 2);
}

/* min -1e-11 x,  x + y <= 1: a reduced cost that is noise, unless the program is sharp. */
static void test_lp_sees_smaller_costs_when_sharp(void **state)
{
    (void)state;

    for (int sharp = 0; sharp < 2; sharp++) {
        enum lp_status status;

        lp_clear(lp);
        (void)lp_row(lp, -LP_FREE, 1);
        for (size_t k = 0; k < 2; k++)
            lp_entry(lp, 0, lp_column(lp, k == 0 ? -1e-11 : 0, 0, LP_FREE), 1);
        if (sharp)
            lp_sharpen(lp);
        assert_ok(solve(&status));
        assert_int_equal(status, LP_OPTIMAL);
        assert_near(lp_value(lp, 0), sharp);
    }
}

static void test_lp_finds_the_known_optimum_and_duals(void **state)
{
    (void)state;
    enum lp_status status;

    known();
    assert_ok(solve(&status));
    assert_int_equal(status, LP_OPTIMAL);
    assert_near(lp_value(lp, 0), 2);
    assert_near(lp_value(lp, 1), 6);
    assert_near(lp_objective(lp), -36);
    assert_near(lp_dual(lp, 0), 0);
    assert_near(lp_dual(lp, 1), -1.5);
    assert_near(lp_dual(lp, 2), -1);
    assert_int_equal(lp_columns(lp), 2);
}

static void assert_known(uint64_t pivots_most)
{
    uint64_t pivots = PIVOTS;
    enum lp_status status;

    assert_ok(lp_solve(&status, lp, &pivots));
    assert_int_equal(status, LP_OPTIMAL);
    assert_near(lp_objective(lp), -36);
    assert_true(PIVOTS - pivots <= pivots_most);
}

static void test_lp_starts_where_it_is_told(void **state)
{
    (void)state;
    enum lp_place row[3], column[2];

    known();
    assert_known(PIVOTS);
    for (size_t i = 0; i < 3; i++)
        row[i] = lp_row_place(lp, i);
    for (size_t j = 0; j < 2; j++)
        column[j] = lp_column_place(lp, j);
    assert_int_equal(row[0], LP_BASIC);
    assert_int_equal(column[1], LP_BASIC);
    known();
    for (size_t i = 0; i < 3; i++)
        lp_place_row(lp, i, row[i]);
    for (size_t j = 0; j < 2; j++)
        lp_place(lp, j, column[j]);
    assert_known(0);
}

static void test_lp_mends_a_start_that_is_no_basis(void **state)
{
    (void)state;
    enum lp_status status;

    known();
    assert_ok(lp_fault(lp));
    lp_place_row(lp, 0, LP_UPPER); /* too few */
    assert_known(PIVOTS);
    known();
    lp_place(lp, 0, LP_BASIC); /* too many */
    lp_place(lp, 1, LP_BASIC);
    assert_known(PIVOTS);
    lp_clear(lp);
    for (size_t i = 0; i < 2; i++) {
        (void)lp_row(lp, -LP_FREE, 1);
        (void)lp_column(lp, -1, 0, 1);
        lp_entry(lp, 0, i, 1);
        lp_place_row(lp, i, LP_UPPER);
        lp_place(lp, i, LP_BASIC); /* both stand in one row: singular */
    }
    assert_ok(solve(&status));
    assert_near(lp_objective(lp), -1);
}

static void test_lp_says_infeasible_and_unbounded(void **state)
{
    (void)state;
    enum lp_status status;

    (void)lp_row(lp, 5, LP_FREE);
    (void)lp_column(lp, 1, 0, 1);
    lp_entry(lp, 0, 0, 1);
    assert_ok(solve(&status));
    assert_int_equal(status, LP_INFEASIBLE);
    lp_clear(lp);
    (void)lp_row(lp, 0, LP_FREE);
    (void)lp_column(lp, -1, 0, LP_FREE);
    lp_entry(lp, 0, 0, 1);
    assert_ok(solve(&status));
    assert_int_equal(status, LP_UNBOUNDED);
}

static void test_lp_refuses_what_glpk_would_take_or_abort_on(void **state)
{
    (void)state;
    enum lp_status status;
    double bad[] = { NAN, INFINITY, -INFINITY, 1e18 };

    for (size_t i = 0; i < 4; i++) {
        known();
        lp_entry(lp, 1, 0, bad[i]);
        assert_err(solve(&status), ERR_INVALID);
        lp_clear(lp);
        (void)lp_row(lp, 0, LP_FREE);
        (void)lp_column(lp, bad[i], 0, 1);
        assert_err(solve(&status), ERR_INVALID);
    }
    lp_clear(lp);
    (void)lp_row(lp, NAN, 1);
    assert_err(solve(&status), ERR_INVALID);
    lp_clear(lp);
    (void)lp_row(lp, 2, 1);
    assert_err(solve(&status), ERR_INVALID);
    known();
    lp_entry(lp, 99, 0, 1);
    assert_err(solve(&status), ERR_INVALID);
    known();
    lp_entry(lp, 0, 99, 1);
    assert_err(solve(&status), ERR_INVALID);
    known();
    lp_entry(lp, 0, 0, 1); /* twice */
    assert_err(solve(&status), ERR_INVALID);
}

static void test_lp_recovers_after_a_refusal(void **state)
{
    (void)state;
    enum lp_status status;

    (void)lp_row(lp, NAN, 1);
    assert_err(solve(&status), ERR_INVALID);
    known();
    assert_ok(solve(&status));
    assert_near(lp_objective(lp), -36);
}

static void test_lp_counts_pivots_and_stops_at_the_limit(void **state)
{
    (void)state;
    enum lp_status status;
    uint64_t pivots = PIVOTS;

    known();
    assert_ok(lp_solve(&status, lp, &pivots));
    assert_true(pivots < PIVOTS);
    pivots = 1;
    assert_err(lp_solve(&status, lp, &pivots), ERR_TIMEOUT);
    assert_int_equal(pivots, 0);
    assert_err(lp_solve(&status, lp, &pivots), ERR_TIMEOUT);
}

static void test_lp_refuses_an_empty_program(void **state)
{
    (void)state;
    enum lp_status status;

    assert_err(solve(&status), ERR_INVALID);
    lp_free(NULL);
}

#define T(name) cmocka_unit_test_setup_teardown(test_lp_##name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(sees_smaller_costs_when_sharp), T(finds_the_known_optimum_and_duals),
        T(starts_where_it_is_told),       T(mends_a_start_that_is_no_basis),
        T(says_infeasible_and_unbounded), T(refuses_what_glpk_would_take_or_abort_on),
        T(recovers_after_a_refusal),      T(counts_pivots_and_stops_at_the_limit),
        T(refuses_an_empty_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
