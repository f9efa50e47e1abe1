/* SPDX-License-Identifier: GPL-3.0-or-later */
/* constant_product against the published vectors of Uniswap V2, and at its edges. */
#include "tests/support/test_support.h"

#include "solver/market/curve.h"
#include "tests/support/vectors.h"

static const struct u256 max = { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };

static struct constant_product pool(const char *r0, const char *r1)
{
    return (struct constant_product){ { vectors_u256(r0), vectors_u256(r1) }, 997, 1000 };
}

static void test_constant_product_matches_the_out_vectors(void **state)
{
    json_t *root, *group = vectors_group(&root, "uniswap_v2"), *v;
    size_t i;

    (void)state;
    json_t *list = json_object_get(group, "get_amount_out");

    assert_true(json_array_size(list) >= 5);
    json_array_foreach(list, i, v)
    {
        struct constant_product c = pool(vectors_text(v, "r0"), vectors_text(v, "r1"));
        struct u256 in = vectors_number(v, "in0");
        struct trade t;
        enum err err = constant_product_out(&t, &c, 0, &in);

        if (vectors_text(v, "out1") == NULL) {
            assert_err(err, ERR_OVERFLOW);
            continue;
        }
        assert_ok(err);
        vectors_equal(&t.out, vectors_text(v, "out1"));
        assert_int_equal(u256_cmp(&t.in, &in), 0);
    }
    json_decref(root);
}

static void test_constant_product_matches_the_in_vectors(void **state)
{
    json_t *root, *group = vectors_group(&root, "uniswap_v2"), *v;
    size_t i;

    (void)state;
    json_t *list = json_object_get(group, "get_amount_in");

    assert_true(json_array_size(list) >= 4);
    json_array_foreach(list, i, v)
    {
        struct constant_product c = pool(vectors_text(v, "r0"), vectors_text(v, "r1"));
        struct u256 out = vectors_number(v, "out1");
        struct trade t;
        enum err err = constant_product_in(&t, &c, 0, &out);

        if (vectors_text(v, "in0") == NULL) {
            assert_err(err, ERR_NOT_FOUND);
            continue;
        }
        assert_ok(err);
        vectors_equal(&t.in, vectors_text(v, "in0"));
        assert_true(u256_cmp(&t.out, &out) >= 0);
    }
    json_decref(root);
}

/* Sell: through the pools forwards. Buy: through them backwards; NULL when there is no way. */
static void path_check(const json_t *pools, const char *given, const char *wanted, bool sell)
{
    struct u256 amount = vectors_u256(given);
    size_t n = json_array_size(pools);
    enum err err = ERR_OK;

    for (size_t k = 0; err == ERR_OK && k < n; k++) {
        const json_t *p = json_array_get(pools, sell ? k : n - 1 - k);
        struct constant_product c =
            pool(json_string_value(json_array_get(p, 0)), json_string_value(json_array_get(p, 1)));
        struct trade t;

        err = sell ? constant_product_out(&t, &c, 0, &amount)
                   : constant_product_in(&t, &c, 0, &amount);
        if (err == ERR_OK)
            amount = sell ? t.out : t.in;
    }
    if (wanted == NULL) {
        assert_err(err, ERR_NOT_FOUND);
        return;
    }
    assert_ok(err);
    vectors_equal(&amount, wanted);
}

static void test_constant_product_matches_the_path_vectors(void **state)
{
    json_t *root, *group = vectors_group(&root, "uniswap_v2_path"), *v;
    size_t i;

    (void)state;
    json_t *list = json_object_get(group, "cases");

    assert_true(json_array_size(list) >= 2);
    json_array_foreach(list, i, v)
    {
        const json_t *pools = json_object_get(v, "pools");

        if (vectors_text(v, "sell") != NULL)
            path_check(pools, vectors_text(v, "sell"), vectors_text(v, "buy"), true);
        else
            path_check(pools, vectors_text(v, "buy"), NULL, false);
    }
    json_decref(root);
}

static void test_constant_product_check_refuses_what_is_no_pool(void **state)
{
    struct constant_product good = pool("1", "1"), c;

    (void)state;
    assert_ok(constant_product_check(&good));
    c = good, c.reserve[0] = u256_of(0);
    assert_err(constant_product_check(&c), ERR_INVALID);
    c = good, c.reserve[1] = u256_of(0);
    assert_err(constant_product_check(&c), ERR_INVALID);
    c = good, c.keep_num = 0;
    assert_err(constant_product_check(&c), ERR_INVALID);
    c = good, c.keep_num = 1001;
    assert_err(constant_product_check(&c), ERR_INVALID);
    c = good, c.keep_num = c.keep_den = 0;
    assert_err(constant_product_check(&c), ERR_INVALID);
}

static void test_constant_product_takes_nothing_for_nothing(void **state)
{
    struct constant_product c = pool("1000000", "10");
    struct u256 dust = u256_of(100), none = u256_of(0);
    struct trade t = { u256_of(7), u256_of(7) };

    (void)state;
    assert_ok(constant_product_out(&t, &c, 0, &dust));
    assert_true(u256_is_zero(&t.in) && u256_is_zero(&t.out));
    assert_ok(constant_product_in(&t, &c, 0, &none));
    assert_true(u256_is_zero(&t.in) && u256_is_zero(&t.out));
}

static void test_constant_product_apply_keeps_the_pool_on_an_error(void **state)
{
    struct constant_product c = pool("100", "100"), before = c;
    struct trade all = { u256_of(1), u256_of(100) }, huge = { max, u256_of(1) };

    (void)state;
    assert_err(constant_product_apply(&c, 0, &all), ERR_INVALID);
    assert_err(constant_product_apply(&c, 0, &huge), ERR_OVERFLOW);
    assert_memory_equal(&c, &before, sizeof c);
}

static void test_constant_product_refuses_an_input_that_overflows(void **state)
{
    struct constant_product c = pool("100", "100");
    struct u256 want = u256_of(99);
    struct trade t = { u256_of(7), u256_of(7) };

    (void)state;
    assert_err(constant_product_out(&t, &c, 0, &max), ERR_OVERFLOW);
    assert_int_equal(t.in.limb[0], 7);
    c.reserve[0] = max;
    assert_err(constant_product_in(&t, &c, 0, &want), ERR_OVERFLOW);
    assert_int_equal(t.in.limb[0], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant_product_matches_the_out_vectors),
        cmocka_unit_test(test_constant_product_matches_the_in_vectors),
        cmocka_unit_test(test_constant_product_matches_the_path_vectors),
        cmocka_unit_test(test_constant_product_check_refuses_what_is_no_pool),
        cmocka_unit_test(test_constant_product_takes_nothing_for_nothing),
        cmocka_unit_test(test_constant_product_apply_keeps_the_pool_on_an_error),
        cmocka_unit_test(test_constant_product_refuses_an_input_that_overflows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
