/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stable against a swap on chain, golden solutions, and at its edges. */
#include "tests/support/test_support.h"

#include <string.h>

#include "solver/market/curve.h"
#include "solver/market/fixed18.h"
#include "solver/market/stable.h"
#include "tests/support/vectors.h"

static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
static const struct way forth = { 0, 1 };
static const struct trade untouched = { { { 7 } }, { { 9 } } };

/* A million each of n assets with 18 decimals, amplification 100, no fee. */
static struct stable even_pool(uint32_t n)
{
    struct stable s = { .pool.n = n, .amplification = 100 * STABLE_PRECISION };

    for (uint32_t k = 0; k < n; k++) {
        s.pool.balance[k] = vectors_u256("1000000000000000000000000");
        s.pool.scaling[k] = u256_of(FIXED18_ONE);
    }
    assert_ok(stable_invariant(&s.invariant, &s));
    return s;
}

static struct u256 power_of_ten(json_int_t exponent)
{
    struct u256 v = u256_of(1), ten = u256_of(10);

    for (json_int_t i = 0; i < exponent; i++)
        assert_ok(u256_mul(&v, &v, &ten));
    return v;
}

static uint64_t thousandths(const char *text)
{
    struct u256 a = vectors_fixed18(text), unit = u256_of(FIXED18_ONE / STABLE_PRECISION);

    assert_ok(u256_div_floor(&a, &a, &unit));
    return a.limb[0];
}

static void test_stable_matches_a_swap_on_chain(void **state)
{
    json_t *root, *group = vectors_group(&root, "balancer_onchain_swaps");
    const json_t *v = json_array_get(json_object_get(group, "cases"), 1);
    const json_t *balances = json_object_get(v, "balances");
    const json_t *scales = json_object_get(v, "scaling_exp10");
    struct u256 in = vectors_number(v, "amount_in");
    struct stable s = even_pool(3);
    struct trade t;

    (void)state;
    assert_string_equal(vectors_text(v, "pool"), "stable");
    for (size_t k = 0; k < 3; k++) {
        s.pool.balance[k] = vectors_u256(json_string_value(json_array_get(balances, k)));
        s.pool.scaling[k] = power_of_ten(18 + json_integer_value(json_array_get(scales, k)));
    }
    s.amplification = thousandths(vectors_text(v, "amp"));
    s.pool.fee = vectors_number(v, "swap_fee").limb[0];
    assert_ok(stable_invariant(&s.invariant, &s));
    assert_ok(stable_check(&s));
    assert_ok(stable_out(&t, &s, forth, &in));
    vectors_equal(&t.out, vectors_text(v, "amount_out"));
    json_decref(root);
}

/* The pool of the golden request: its tokens stand in the order of their addresses. */
static struct stable golden_pool(const json_t *pool)
{
    struct stable s = { .amplification =
                            thousandths(vectors_text(pool, "amplificationParameter")) };
    const char *token;
    json_t *v;

    s.pool.fee = vectors_fixed18(vectors_text(pool, "fee")).limb[0];
    json_object_foreach(json_object_get(pool, "tokens"), token, v)
    {
        s.pool.balance[s.pool.n] = vectors_number(v, "balance");
        s.pool.scaling[s.pool.n++] = vectors_fixed18(vectors_text(v, "scalingFactor"));
    }
    assert_int_equal(s.pool.n, 3);
    assert_ok(stable_invariant(&s.invariant, &s));
    assert_ok(stable_check(&s));
    return s;
}

/* One solution sells 10 DAI, the other buys 10 USDC. */
static void test_stable_matches_the_golden_solutions(void **state)
{
    json_t *request =
        vectors_file("data/cow/solver-engine/baseline-bal_liquidity-stable/request.json");
    json_t *answer =
        vectors_file("data/cow/solver-engine/baseline-bal_liquidity-stable/expected.json");
    struct stable s = golden_pool(json_array_get(json_object_get(request, "liquidity"), 0));
    json_t *solution;
    size_t i;

    (void)state;
    json_array_foreach(json_object_get(answer, "solutions"), i, solution)
    {
        const json_t *leg = json_array_get(json_object_get(solution, "interactions"), 0);
        struct u256 in = vectors_number(leg, "inputAmount");
        struct u256 out = vectors_number(leg, "outputAmount");
        struct trade t;

        assert_ok(i == 0 ? stable_out(&t, &s, forth, &in) : stable_in(&t, &s, forth, &out));
        vectors_equal(&t.in, vectors_text(leg, "inputAmount"));
        vectors_equal(&t.out, vectors_text(leg, "outputAmount"));
    }
    assert_int_equal(i, 2);
    json_decref(request);
    json_decref(answer);
}

/* Balanced, D is the sum, and a small trade is one to one less the rounding of the formula. */
static void test_stable_pays_one_for_one_in_the_middle(void **state)
{
    (void)state;
    for (uint32_t n = 2; n <= BALANCER_ASSETS_MAX; n++) {
        struct stable s = even_pool(n);
        struct u256 in = u256_of(FIXED18_ONE), total = u256_of(n);
        struct way way = { n - 1, n / 2 - 1 };
        struct trade t;

        assert_ok(stable_check(&s));
        assert_ok(u256_mul(&total, &total, &s.pool.balance[0]));
        assert_int_equal(u256_cmp(&s.invariant, &total), 0);
        assert_ok(stable_out(&t, &s, way, &in));
        assert_true(u256_cmp(&t.out, &in) < 0);
        assert_true(t.out.limb[0] > FIXED18_ONE - FIXED18_ONE / 10000000);
        assert_ok(stable_apply(&s, way, &t));
        assert_ok(stable_check(&s));
        vectors_equal(&s.pool.balance[n - 1], "1000001000000000000000000");
    }
}

static void test_stable_takes_nothing_for_nothing(void **state)
{
    struct stable s = even_pool(2);
    struct u256 none = u256_of(0), dust = u256_of(1);
    struct trade t = untouched;

    (void)state;
    assert_ok(stable_out(&t, &s, forth, &none));
    assert_true(u256_is_zero(&t.in) && u256_is_zero(&t.out));
    t = untouched;
    assert_ok(stable_out(&t, &s, forth, &dust)); /* the formula takes one off */
    assert_true(u256_is_zero(&t.in) && u256_is_zero(&t.out));
    t = untouched;
    assert_ok(stable_in(&t, &s, forth, &none));
    assert_true(u256_is_zero(&t.in) && u256_is_zero(&t.out));
}

static void test_stable_never_gives_all(void **state)
{
    struct stable s = even_pool(3);
    struct u256 all = s.pool.balance[1], huge = vectors_u256("1000000000000000000000000000000");
    struct trade t = untouched;

    (void)state;
    assert_err(stable_in(&t, &s, forth, &all), ERR_NOT_FOUND);
    assert_err(stable_in(&t, &s, forth, &max), ERR_OVERFLOW);
    assert_err(stable_out(&t, &s, forth, &max), ERR_OVERFLOW);
    assert_memory_equal(&t, &untouched, sizeof t);
    assert_ok(stable_out(&t, &s, forth, &huge));
    assert_true(u256_cmp(&t.out, &all) < 0);
}

/* Eight assets, amplification 1: the steps to D go three up and three down for ever. */
static struct stable restless_pool(void)
{
    static const char *const balances[] = { "67553994410557440", "54043195528445960",
                                            "49539595901075456", "40532400000000000",
                                            "4503599627370496",  "9007199254740992",
                                            "4503599627371000",  "9007199254740992" };
    struct stable s = even_pool(BALANCER_ASSETS_MAX);

    s.amplification = STABLE_PRECISION;
    for (uint32_t k = 0; k < BALANCER_ASSETS_MAX; k++)
        s.pool.balance[k] = vectors_u256(balances[k]);
    return s;
}

static void test_stable_check_refuses_a_pool_without_d(void **state)
{
    struct stable s = restless_pool();
    struct u256 d = u256_of(7);

    (void)state;
    assert_err(stable_check(&s), ERR_INVALID);
    assert_err(stable_invariant(&d, &s), ERR_OVERFLOW);
    assert_int_equal(d.limb[0], 7);
}

/* A trade that leads there is done, and is the last one. */
static void test_stable_trades_no_more_without_d(void **state)
{
    struct stable s = restless_pool();
    struct trade onto = { u256_of(4), u256_of(4) }, t = untouched;
    struct u256 offer = u256_of(1000000);

    (void)state;
    s.pool.balance[0].limb[0] -= 4;
    s.pool.balance[1].limb[0] += 4;
    assert_ok(stable_apply(&s, forth, &onto));
    assert_true(u256_is_zero(&s.invariant));
    assert_err(stable_check(&s), ERR_INVALID);
    assert_err(stable_out(&t, &s, forth, &offer), ERR_OVERFLOW);
    assert_memory_equal(&t, &untouched, sizeof t);
}

static void test_stable_check_refuses_what_is_no_pool(void **state)
{
    struct stable good = even_pool(3), s;

    (void)state;
    assert_ok(stable_check(&good));
    s = good, s.invariant.limb[0]++;
    assert_err(stable_check(&s), ERR_INVALID);
    s = good, s.amplification = STABLE_PRECISION - 1;
    assert_err(stable_check(&s), ERR_INVALID);
    s = good, s.amplification = STABLE_AMPLIFICATION_MAX + 1;
    assert_err(stable_check(&s), ERR_INVALID);
    s = good, s.pool.n = BALANCER_ASSETS_MAX + 1;
    assert_err(stable_check(&s), ERR_INVALID);
    s = good, s.pool.fee = FIXED18_ONE;
    assert_err(stable_check(&s), ERR_INVALID);
    s = good, s.pool.balance[2] = u256_of(0);
    assert_err(stable_check(&s), ERR_INVALID);
    s = good, s.pool.balance[2] = (struct u256){ { 0, 0, 1 } }; /* d^2 overflows */
    assert_err(stable_check(&s), ERR_INVALID);
}

static void test_stable_apply_keeps_the_pool_on_an_error(void **state)
{
    struct stable s = even_pool(2), before = s;
    struct trade all = { u256_of(1), s.pool.balance[1] }, huge = { max, u256_of(1) };

    (void)state;
    assert_err(stable_apply(&s, forth, &all), ERR_INVALID);
    assert_err(stable_apply(&s, forth, &huge), ERR_OVERFLOW);
    assert_memory_equal(&s, &before, sizeof s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stable_matches_a_swap_on_chain),
        cmocka_unit_test(test_stable_matches_the_golden_solutions),
        cmocka_unit_test(test_stable_pays_one_for_one_in_the_middle),
        cmocka_unit_test(test_stable_takes_nothing_for_nothing),
        cmocka_unit_test(test_stable_never_gives_all),
        cmocka_unit_test(test_stable_check_refuses_a_pool_without_d),
        cmocka_unit_test(test_stable_trades_no_more_without_d),
        cmocka_unit_test(test_stable_check_refuses_what_is_no_pool),
        cmocka_unit_test(test_stable_apply_keeps_the_pool_on_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
