/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "solver/core/asset.h"
#include "tests/support/test_support.h"

static struct asset asset_of(uint32_t id, const char *symbol, uint8_t decimals)
{
    struct asset a = { .id = id,
                       .decimals = decimals,
                       .class_of = ASSET_SPOT,
                       .mark = AMOUNT_OF(3000000000u),
                       .lot = AMOUNT_OF(1) };

    snprintf(a.symbol, sizeof(a.symbol), "%s", symbol);
    return a;
}

struct world {
    struct asset items[3];
    struct asset_table table;
};

static struct asset_table *world_init(struct world *w)
{
    w->items[0] = asset_of(1, "USDC", 6);
    w->items[1] = asset_of(5, "ETH", 18);
    w->items[2] = asset_of(9, "BTC", 8);
    w->table = (struct asset_table){ .items = w->items, .n = 3 };
    return &w->table;
}

static void test_asset_sealed_table_finds_by_id_and_symbol(void **state)
{
    struct world w;
    struct asset_table *t = world_init(&w);

    (void)state;
    assert_ok(asset_table_seal(t));
    assert_string_equal(asset_get(t, 5)->symbol, "ETH");
    assert_int_equal(asset_by_symbol(t, "BTC")->id, 9);
    assert_null(asset_get(t, 2));
    assert_null(asset_get(t, UINT32_MAX));
    assert_null(asset_by_symbol(t, "btc"));
    assert_null(asset_by_symbol(t, ""));
    for (size_t i = 1; i < t->n; i++)
        assert_true(t->items[i - 1].id < t->items[i].id); /* sealing kept the order */
}

static void test_asset_empty_table_is_legal(void **state)
{
    struct asset_table t = { .items = NULL, .n = 0 };

    (void)state;
    assert_ok(asset_table_seal(&t));
    assert_null(asset_get(&t, 1));
    assert_null(asset_by_symbol(&t, "ETH"));
}

/* One way to spoil or change a table; the same list serves validity and digest. */
#define CHANGES(X)                                                                                 \
    X(symbols_twice, w->items[2] = asset_of(9, "USDC", 8), ERR_INVALID)                            \
    X(ids_twice, w->items[1].id = 1, ERR_INVALID)                                                  \
    X(ids_unsorted, w->items[1].id = 10, ERR_INVALID)                                              \
    X(symbol_empty, w->items[1].symbol[0] = '\0', ERR_INVALID)                                     \
    X(symbol_space, w->items[1].symbol[1] = ' ', ERR_INVALID)                                      \
    X(symbol_control, w->items[1].symbol[1] = '\n', ERR_INVALID)                                   \
    X(symbol_high, w->items[1].symbol[1] = (char)0xc3, ERR_INVALID)                                \
    X(symbol_open, memset(w->items[1].symbol, 'a', ASSET_SYMBOL_TEXT), ERR_INVALID)                \
    X(decimals_37, w->items[1].decimals = 37, ERR_INVALID)                                         \
    X(class_0, w->items[1].class_of = (enum asset_class)0, ERR_INVALID)                            \
    X(scale_19, w->items[1].mark_scale = 19, ERR_INVALID)                                          \
    X(lot_0, w->items[1].lot = AMOUNT_ZERO, ERR_INVALID)                                           \
    X(too_many, w->table.n = ASSETS_MAX + 1, ERR_INVALID)                                          \
    X(id, w->items[1].id = 6, ERR_OK)                                                              \
    X(symbol, w->items[1].symbol[0] = 'W', ERR_OK)                                                 \
    X(decimals, w->items[1].decimals = 36, ERR_OK)                                                 \
    X(mark, w->items[1].mark = AMOUNT_ZERO, ERR_OK)                                                \
    X(scale, w->items[1].mark_scale = 18, ERR_OK)                                                  \
    X(lot, w->items[1].lot = AMOUNT_MAX, ERR_OK)                                                   \
    X(count, w->table.n = 2, ERR_OK)

#define X(name, change, wanted)                                                                    \
    static void change_##name(struct world *w)                                                     \
    {                                                                                              \
        (void)(change);                                                                            \
    }
CHANGES(X)
#undef X

static const struct change {
    const char *name;
    void (*apply)(struct world *w);
    enum err wanted;
} changes[] = {
#define X(name, change, wanted) { #name, change_##name, wanted },
    CHANGES(X)
#undef X
};

#define CHANGES_COUNT (sizeof(changes) / sizeof(changes[0]))

static void test_asset_seal_judges_every_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHANGES_COUNT; i++) {
        struct world w;
        struct asset_table *t = world_init(&w);
        enum err got;

        changes[i].apply(&w);
        got = asset_table_seal(t);
        if (got != changes[i].wanted)
            fail_msg("%s: ERR_%s", changes[i].name, err_name(got));
    }
}

static void test_asset_digest_covers_every_field(void **state)
{
    struct world plain;

    (void)state;
    assert_ok(asset_table_seal(world_init(&plain)));
    for (size_t i = 0; i < CHANGES_COUNT; i++) {
        struct world w;

        world_init(&w);
        changes[i].apply(&w);
        if (changes[i].wanted != ERR_OK)
            continue;
        assert_ok(asset_table_seal(&w.table));
        if (digest_equal(w.table.digest, plain.table.digest))
            fail_msg("%s does not change the digest", changes[i].name);
    }
}

static void test_asset_digest_ignores_bytes_behind_the_symbol(void **state)
{
    struct world a, b;

    (void)state;
    world_init(&a);
    world_init(&b);
    b.items[0].symbol[20] = 'x'; /* behind the NUL */
    assert_ok(asset_table_seal(&a.table));
    assert_ok(asset_table_seal(&b.table));
    assert_true(digest_equal(a.table.digest, b.table.digest));
}

static void assert_value(const struct asset *a, u128 atoms, u128 wanted)
{
    struct amount value;

    assert_ok(asset_value_ceil(&value, a, AMOUNT_OF(atoms)));
    assert_true(value.atoms == wanted);
}

static void test_asset_value_rounds_up(void **state)
{
    struct asset eth = asset_of(1, "ETH", 18); /* 3000 units of account */

    (void)state;
    assert_value(&eth, 1000000000000000000u, 3000000000u);
    assert_value(&eth, 1500000000000000000u, 4500000000u);
    assert_value(&eth, 1, 1);
    assert_value(&eth, 0, 0);
    assert_value(&eth, 333333334, 2);
}

static void test_asset_value_honours_the_mark_scale(void **state)
{
    struct asset tiny = asset_of(1, "TINY", 36);

    (void)state;
    tiny.mark_scale = 18; /* 3e9 micro-units per 10^18 units of 10^36 atoms */
    assert_value(&tiny, U128_MAX, 1);
    tiny.mark = AMOUNT_MAX;
    /* (2^128 - 1)^2 / 10^54, rounded up */
    assert_value(&tiny, U128_MAX, U128_OF(6277, 1876686641339929939u));
}

static void test_asset_value_reports_no_mark_and_overflow(void **state)
{
    struct asset a = asset_of(1, "A", 0);
    struct amount value = AMOUNT_OF(7);

    (void)state;
    assert_err(asset_value_ceil(&value, &a, AMOUNT_MAX), ERR_OVERFLOW);
    a.mark = AMOUNT_MAX;
    assert_err(asset_value_ceil(&value, &a, AMOUNT_MAX), ERR_OVERFLOW);
    a.mark = AMOUNT_ZERO;
    assert_err(asset_value_ceil(&value, &a, AMOUNT_OF(1)), ERR_NOT_FOUND);
    assert_true(value.atoms == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asset_sealed_table_finds_by_id_and_symbol),
        cmocka_unit_test(test_asset_empty_table_is_legal),
        cmocka_unit_test(test_asset_seal_judges_every_field),
        cmocka_unit_test(test_asset_digest_covers_every_field),
        cmocka_unit_test(test_asset_digest_ignores_bytes_behind_the_symbol),
        cmocka_unit_test(test_asset_value_rounds_up),
        cmocka_unit_test(test_asset_value_honours_the_mark_scale),
        cmocka_unit_test(test_asset_value_reports_no_mark_and_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
