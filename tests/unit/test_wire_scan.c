/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "proto/batch.pb-c.h"
#include "proto/intent.pb-c.h"
#include "proto/venue.pb-c.h"
#include "proto/wire_scan.h"
#include "tests/support/test_support.h"

#define ANSWER &sluice__v1__answer__descriptor
#define BATCH &sluice__v1__batch__descriptor
#define ITEM &sluice__v1__item__descriptor
#define ENVELOPE &sluice__v1__envelope__descriptor
#define FILL &sluice__v1__receipt_fill__descriptor
#define QUOTES &sluice__v1__quotes_answer__descriptor

struct scan_row {
    const char *why;
    const ProtobufCMessageDescriptor *type;
    enum err wanted;
    const char *bytes;
    size_t n;
};

#define ROW(why, type, wanted, text)                                                               \
    {                                                                                              \
        why, type, ERR_##wanted, text, sizeof(text) - 1                                            \
    }

static const struct scan_row rows[] = {
    ROW("nothing", ANSWER, OK, ""),
    ROW("one field", ANSWER, OK, "\x08\x01"),
    ROW("fields in any order", ANSWER, OK, "\x10\x07\x08\x01"),
    ROW("tag without value", ANSWER, INVALID, "\x08"),
    ROW("tag cut", ANSWER, INVALID, "\x88"),
    ROW("tag 0", ANSWER, INVALID, "\x00\x01"),
    ROW("unknown field", ANSWER, INVALID, "\x30\x01"),
    ROW("unknown field with a long number", ANSWER, INVALID, "\xf8\xff\xff\xff\x0f\x01"),
    ROW("tag above 32 bits", ANSWER, INVALID, "\x88\x80\x80\x80\x10\x01"),
    ROW("tag in a long form", ANSWER, INVALID, "\x88\x00\x01"),
    ROW("group start", ANSWER, INVALID, "\x0b\x0c"),
    ROW("wire type 32-bit for a varint", ANSWER, INVALID, "\x0d\x01\x00\x00\x00"),
    ROW("wire type 64-bit for a varint", ANSWER, INVALID, "\x11\x01\x00\x00\x00\x00\x00\x00\x00"),
    ROW("wire type 7", ANSWER, INVALID, "\x0f\x01"),
    ROW("varint for a string", ANSWER, INVALID, "\x20\x01"),
    ROW("singular field twice", ANSWER, INVALID, "\x08\x01\x08\x01"),
    ROW("singular string twice", ANSWER, INVALID, "\x22\x01\x61\x22\x01\x61"),
    ROW("varint in a long form", ANSWER, INVALID, "\x08\x81\x00"),
    ROW("varint zero in a long form", ANSWER, INVALID, "\x08\x80\x00"),
    ROW("uint32 at its end", ANSWER, OK, "\x18\xff\xff\xff\xff\x0f"),
    ROW("uint32 above its end", ANSWER, INVALID, "\x18\x80\x80\x80\x80\x10"),
    ROW("uint64 at its end", ANSWER, OK, "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ROW("uint64 above its end", ANSWER, INVALID, "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
    ROW("varint of 11 bytes", ANSWER, INVALID, "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ROW("varint without end", ANSWER, INVALID, "\x10\xff\xff\xff"),
    ROW("sint64 takes 64 bits", FILL, OK, "\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ROW("boolean true", QUOTES, OK, "\x10\x01"),
    ROW("boolean two", QUOTES, INVALID, "\x10\x02"),
    ROW("enum in range", ENVELOPE, OK, "\x10\x01"),
    ROW("enum without this value", ENVELOPE, INVALID, "\x10\x02"),
    ROW("enum minus one", ENVELOPE, INVALID, "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ROW("enum beyond 32 bits", ENVELOPE, INVALID, "\x10\x81\x80\x80\x80\x10"),
    ROW("string", ANSWER, OK, "\x22\x02\x6f\x6b"),
    ROW("string with NUL", ANSWER, INVALID, "\x22\x02\x6f\x00"),
    ROW("string of two and three and four bytes", ANSWER, OK,
        "\x22\x09\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa7"),
    ROW("a stray continuation", ANSWER, INVALID, "\x22\x01\x80"),
    ROW("a cut sequence", ANSWER, INVALID, "\x22\x02\xe2\x82"),
    ROW("a broken third byte", ANSWER, INVALID, "\x22\x03\xe2\x82\x41"),
    ROW("overlong of two", ANSWER, INVALID, "\x22\x02\xc0\xaf"),
    ROW("overlong of three", ANSWER, INVALID, "\x22\x03\xe0\x80\xaf"),
    ROW("overlong of four", ANSWER, INVALID, "\x22\x04\xf0\x80\x80\xaf"),
    ROW("surrogate", ANSWER, INVALID, "\x22\x03\xed\xa0\x80"),
    ROW("last code point", ANSWER, OK, "\x22\x04\xf4\x8f\xbf\xbf"),
    ROW("above the last code point", ANSWER, INVALID, "\x22\x04\xf4\x90\x80\x80"),
    ROW("byte 0xff", ANSWER, INVALID, "\x22\x01\xff"),
    ROW("string one short", ANSWER, INVALID, "\x22\x03\x6f\x6b"),
    ROW("length of almost 2^64", ANSWER, INVALID,
        "\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x61"),
    ROW("bytes may hold anything", ENVELOPE, OK, "\x0a\x03\x00\xff\x80"),
    ROW("nested", BATCH, OK, "\x1a\x04\x12\x02\x0a\x00"),
    ROW("nested longer than its parent", BATCH, INVALID, "\x1a\x02\x12\x02\x0a\x00"),
    ROW("nested shorter than its field", BATCH, INVALID, "\x1a\x03\x12\x01\x0a\x00"),
    ROW("child ends in the middle of a tag", BATCH, INVALID, "\x1a\x01\x92\x01\x00"),
    ROW("two members of a oneof", ITEM, INVALID, "\x12\x00\x1a\x00"),
    ROW("one member twice", ITEM, INVALID, "\x12\x00\x12\x00"),
    ROW("packed numbers", QUOTES, OK, "\x2a\x03\x01\xac\x02"),
    ROW("unpacked numbers", QUOTES, OK, "\x28\x01\x28\x02"),
    ROW("packed run ends in a number", QUOTES, INVALID, "\x2a\x02\x01\xac\x02"),
    ROW("packed number in a long form", QUOTES, INVALID, "\x2a\x02\x81\x00"),
    ROW("empty packed run", QUOTES, INVALID, "\x2a\x00"),
    ROW("singular number as a packed run", QUOTES, INVALID, "\x0a\x01\x05"),
};

/* The bytes stand at the end of a block of their own, so that reading on is seen. */
static enum err scan(const ProtobufCMessageDescriptor *type, const struct wire_limits *limits,
                     const void *bytes, size_t n)
{
    uint8_t *copy = malloc(n + (n == 0));
    enum err err;

    assert_non_null(copy);
    if (n > 0)
        memcpy(copy, bytes, n);
    err = wire_scan(type, limits, copy, n);
    free(copy);
    return err;
}

static void test_wire_scan_takes_one_form_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum err err = scan(rows[i].type, &wire_limits_venue, rows[i].bytes, rows[i].n);

        if (err != rows[i].wanted)
            fail_msg("%s: ERR_%s", rows[i].why, err_name(err));
    }
}

static void test_wire_scan_limits_the_message(void **state)
{
    uint8_t *bytes = calloc(1, WIRE_PUBLIC_MAX + 1);

    (void)state;
    assert_non_null(bytes);
    assert_err(scan(ANSWER, &wire_limits_public, bytes, WIRE_PUBLIC_MAX + 1), ERR_OVERFLOW);
    assert_err(scan(ANSWER, &wire_limits_public, bytes, WIRE_PUBLIC_MAX), ERR_INVALID);
    free(bytes);
}

/* Batch > Item > Intent has depth 3; Answer has depth 6. */
static void test_wire_scan_limits_depth(void **state)
{
    static const char intent[] = "\x1a\x02\x0a\x00";
    static const char fill[] = "\x2a\x08\x1a\x06\x2a\x04\x3a\x02\x12\x00";
    struct wire_limits limits = wire_limits_answer;

    (void)state;
    limits.depth_max = 3;
    assert_ok(scan(BATCH, &limits, intent, 4));
    limits.depth_max = 2;
    assert_err(scan(BATCH, &limits, intent, 4), ERR_OVERFLOW);
    assert_ok(scan(ANSWER, &wire_limits_answer, fill, 10));
    assert_err(scan(ANSWER, &wire_limits_public, fill, 10), ERR_OVERFLOW);
}

/* n empty messages of field 3, two bytes each. */
static enum err scan_empty_items(size_t n, const struct wire_limits *limits)
{
    uint8_t *bytes = malloc(2 * n);
    enum err err;

    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++) {
        bytes[2 * i] = 0x1a;
        bytes[2 * i + 1] = 0;
    }
    err = scan(BATCH, limits, bytes, 2 * n);
    free(bytes);
    return err;
}

static void test_wire_scan_limits_elements(void **state)
{
    struct wire_limits limits = wire_limits_public;

    (void)state;
    assert_ok(scan_empty_items(256, &limits));
    assert_err(scan_empty_items(257, &limits), ERR_OVERFLOW);
    assert_err(scan_empty_items(32768, &limits), ERR_OVERFLOW);
    limits.total_max = 255;
    assert_err(scan_empty_items(256, &limits), ERR_OVERFLOW);
    limits = (struct wire_limits){ 1024, 2, 2, 100 };
    assert_ok(scan(QUOTES, &limits, "\x2a\x02\x01\x02", 4));
    assert_err(scan(QUOTES, &limits, "\x2a\x03\x01\x02\x03", 5), ERR_OVERFLOW);
    assert_err(scan(QUOTES, &limits, "\x2a\x01\x01\x28\x02\x28\x03", 7), ERR_OVERFLOW);
}

/* Elements are counted per message, so two lists of the limit may stand side by side. */
static void test_wire_scan_counts_lists_apart(void **state)
{
    struct wire_limits limits = { 1024, 3, 2, 100 };
    static const char two_books[] =
        "\x1a\x06\x42\x04\x2a\x00\x2a\x00\x1a\x06\x42\x04\x2a\x00\x32\x00";

    (void)state;
    limits.depth_max = 4;
    assert_ok(scan(QUOTES, &limits, two_books, sizeof(two_books) - 1));
    limits.total_max = 5;
    assert_err(scan(QUOTES, &limits, two_books, sizeof(two_books) - 1), ERR_OVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire_scan_takes_one_form_only),
        cmocka_unit_test(test_wire_scan_limits_the_message),
        cmocka_unit_test(test_wire_scan_limits_depth),
        cmocka_unit_test(test_wire_scan_limits_elements),
        cmocka_unit_test(test_wire_scan_counts_lists_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
