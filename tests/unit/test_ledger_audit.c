/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit, table and vec: the parts that sums are made of. */
#include <stdio.h>
#include <string.h>

#include "solver/ledger/audit.h"
#include "solver/ledger/vec.h"
#include "tests/support/ledger_fixture.h"

struct sums {
    struct arena arena;
    struct audit audit;
    struct ledger_reply reply;
};

static void sums_open(struct sums *s)
{
    *s = (struct sums){ 0 };
    arena_init(&s->arena, (size_t)1 << 20);
    audit_init(&s->audit, &s->arena);
}

static void sums_close(struct sums *s)
{
    audit_fini(&s->audit);
    arena_fini(&s->arena);
}

static struct owner owner(const char *text)
{
    struct owner o;

    assert_ok(owner_parse(&o, text, strlen(text)));
    return o;
}

static void post(struct sums *s, const char *who, bool negative, uint64_t atoms)
{
    struct owner o = owner(who);

    audit_post(&s->audit, &o, 1, false, delta_of(AMOUNT_OF(atoms), negative));
}

static void compare(struct sums *s, const char *who, uint64_t atoms)
{
    struct owner o = owner(who);
    struct holding h = { .available = AMOUNT_OF(atoms) };

    audit_compare(&s->audit, &o, 1, &h);
}

static void test_audit_owners_have_one_text(void **state)
{
    static const char *const good[] = { "user:alice", "inv:home", "pot:00ff", "dust",
                                        "fees",       "venue:v",  "outside" };
    static const char *const bad[] = { "", "user", "user:", "user:A", "dusty", "outside:x", "inv" };
    char buf[TABLE_KEY];
    struct owner o;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        o = owner(good[i]);
        assert_string_equal(owner_text(buf, &o), good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_err(owner_parse(&o, bad[i], strlen(bad[i])), ERR_INVALID);
}

static void test_audit_of_a_sound_ledger_is_zero(void **state)
{
    struct sums s;

    (void)state;
    sums_open(&s);
    post(&s, "outside", true, 9);
    post(&s, "user:a", false, 9);
    post(&s, "user:a", true, 4);
    post(&s, "venue:v", false, 4);
    compare(&s, "user:a", 5);
    assert_ok(audit_result(&s.reply, &s.audit));
    assert_true(s.reply.sound);
    assert_int_equal(s.reply.audit_n, 1);
    assert_int_equal(s.reply.audit[0].owned.atoms, 5);
    assert_int_equal(s.reply.audit[0].world.atoms, 5);
    assert_true(s.reply.audit[0].world.negative);
    assert_int_equal(s.reply.venues_n, 1);
    sums_close(&s);
}

static void test_audit_sees_each_kind_of_damage(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        struct sums s;

        sums_open(&s);
        post(&s, "outside", true, 9);
        post(&s, "user:a", false, kind == 0 ? 8 : 9); /* an entry that does not balance */
        if (kind == 1)
            compare(&s, "user:a", 8); /* a balance that differs */
        if (kind == 2)
            audit_compare_rest(&s.audit, "", NULL); /* a balance that is gone */
        if (kind == 3)
            post(&s, "user:a", true, 10); /* below zero */
        assert_ok(audit_result(&s.reply, &s.audit));
        assert_false(s.reply.sound);
        if (kind < 2)
            assert_int_equal(s.reply.audit[0].difference.atoms, 1);
        sums_close(&s);
    }
}

static void test_audit_ranges_hold_their_owners(void **state)
{
    struct sums s;

    (void)state;
    sums_open(&s);
    post(&s, "user:a", false, 1);
    post(&s, "user:a-b", false, 1);
    post(&s, "user:b", false, 1);
    audit_clear(&s.audit, "user:a", "user:a-b"); /* after a, up to a-b */
    compare(&s, "user:a", 1);
    compare(&s, "user:a-b", 0);
    audit_compare_rest(&s.audit, "", "user:a-b"); /* b is not in it */
    post(&s, "outside", true, 2);
    assert_ok(audit_result(&s.reply, &s.audit));
    assert_true(s.reply.sound);
    sums_close(&s);
}

static void test_audit_without_memory_is_not_sound(void **state)
{
    struct sums s;

    (void)state;
    sums_open(&s);
    s.arena.cap = 64;
    post(&s, "user:a", false, 1);
    assert_true(s.audit.broken);
    sums_close(&s);
}

static void test_table_keeps_keys_in_order(void **state)
{
    static char keys[200][8];
    struct table t = { 0 };

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "%03u", (i * 77) % 200);
        table_put(&t, keys[i], keys[i]);
    }
    for (unsigned i = 1; i < 200; i++)
        assert_true(strcmp(t.rows[i - 1].key, t.rows[i].key) < 0);
    assert_ptr_equal(table_get(&t, "077"), keys[1]);
    assert_ptr_equal(table_take(&t, "077"), keys[1]);
    assert_null(table_take(&t, "077"));
    assert_null(table_get(&t, "077"));
    assert_int_equal(table_lower(&t, "0770"), 77);
    assert_int_equal(table_lower(&t, "999"), 199);
    table_fini(&t);
}

static void test_vec_grows_and_stops_at_the_cap(void **state)
{
    struct arena arena;
    struct vec v = { 0 };

    (void)state;
    arena_init(&arena, 4096);
    for (uint64_t i = 0; i < 100; i++)
        *VEC_ADD(&v, &arena, uint64_t) = i;
    for (uint64_t i = 0; i < 100; i++)
        assert_int_equal(((uint64_t *)v.rows)[i], i);
    while (VEC_ADD(&v, &arena, uint64_t) != NULL)
        assert_true(v.n < 1000);
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_audit_owners_have_one_text),
        cmocka_unit_test(test_audit_of_a_sound_ledger_is_zero),
        cmocka_unit_test(test_audit_sees_each_kind_of_damage),
        cmocka_unit_test(test_audit_ranges_hold_their_owners),
        cmocka_unit_test(test_audit_without_memory_is_not_sound),
        cmocka_unit_test(test_table_keeps_keys_in_order),
        cmocka_unit_test(test_vec_grows_and_stops_at_the_cap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
