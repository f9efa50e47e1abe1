/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "solver/core/hash.h"
#include "tests/support/test_support.h"

static void assert_digest(struct digest d, const char *wanted)
{
    char buf[DIGEST_TEXT];

    assert_string_equal(digest_text(buf, d), wanted);
}

/* Expected values: Python's hashlib.blake2b(digest_size=32) over the bytes in the comment. */
static void test_hash_is_blake2b_of_the_fed_bytes(void **state)
{
    struct hash h;

    (void)state;
    hash_init(&h, "tag"); /* 0000000000000003 "tag" */
    assert_digest(hash_digest(&h),
                  "5b5702e2810134eacdd73b3921ca35fe250e22affe61e8790ea20a0eadcfdce7");
    hash_init(&h, "tag"); /* ... 0000000000000002 "ab" 0102030405060708 and 15 zero bytes, 9 */
    hash_bytes(&h, "ab", 2);
    hash_u64(&h, 0x0102030405060708u);
    hash_amount(&h, AMOUNT_OF(9));
    assert_digest(hash_digest(&h),
                  "18407761f93fab81c094747eb0502680f0dfbc5b0251dcd94fedcf4c7db0287c");
}

static void test_hash_id_is_the_start_of_the_digest(void **state)
{
    struct hash h;
    struct digest d = digest_of("tag", "ab", 2);
    struct id id;

    (void)state;
    hash_init(&h, "tag");
    hash_bytes(&h, "ab", 2);
    id = hash_id(&h);
    assert_memory_equal(id.bytes, d.bytes, ID_BYTES);
}

static void test_hash_length_keeps_neighbours_apart(void **state)
{
    struct hash a, b;

    (void)state;
    hash_init(&a, "tag");
    hash_bytes(&a, "ab", 2);
    hash_bytes(&a, "c", 1);
    hash_init(&b, "tag");
    hash_bytes(&b, "a", 1);
    hash_bytes(&b, "bc", 2);
    assert_false(digest_equal(hash_digest(&a), hash_digest(&b)));
}

static void test_hash_tag_keeps_domains_apart(void **state)
{
    (void)state;
    assert_false(digest_equal(digest_of("tag", "x", 1), digest_of("tagx", "", 0)));
    assert_false(digest_equal(digest_of("a", "x", 1), digest_of("b", "x", 1)));
    assert_true(digest_equal(digest_of("a", NULL, 0), digest_of("a", "", 0)));
}

static void test_hash_changes_with_every_byte(void **state)
{
    uint8_t data[300] = { 0 };
    struct digest plain = digest_of("tag", data, sizeof(data));

    (void)state;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = 1;
        assert_false(digest_equal(plain, digest_of("tag", data, sizeof(data))));
        data[i] = 0;
    }
    assert_false(digest_equal(plain, digest_of("tag", data, sizeof(data) - 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_is_blake2b_of_the_fed_bytes),
        cmocka_unit_test(test_hash_id_is_the_start_of_the_digest),
        cmocka_unit_test(test_hash_length_keeps_neighbours_apart),
        cmocka_unit_test(test_hash_tag_keeps_domains_apart),
        cmocka_unit_test(test_hash_changes_with_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
