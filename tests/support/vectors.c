/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/vectors.h"

#include <string.h>

#include "tests/support/test_support.h"

#define DECIMALS 18
#define DIGITS_MAX 80

json_t *vectors_file(const char *name)
{
    char path[SHARED_PATH_MAX];

    if (!shared_path(path, name))
        skip();
    json_t *root = json_load_file(path, 0, NULL);

    assert_non_null(root);
    return root;
}

json_t *vectors_group(json_t **root, const char *name)
{
    *root = vectors_file("data/cow/amm-math/vectors.json");
    json_t *group = json_object_get(*root, name);

    assert_non_null(group);
    return group;
}

const char *vectors_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

struct u256 vectors_u256(const char *text)
{
    struct u256 v;

    assert_non_null(text);
    assert_ok(u256_parse(&v, text, strlen(text)));
    return v;
}

struct u256 vectors_number(const json_t *object, const char *key)
{
    return vectors_u256(vectors_text(object, key));
}

bool vectors_negative(const char *text)
{
    return text[0] == '-';
}

struct u256 vectors_magnitude(const char *text)
{
    return vectors_u256(text + vectors_negative(text));
}

struct u256 vectors_fixed18(const char *text)
{
    const char *dot = strchr(text, '.');
    size_t whole = dot != NULL ? (size_t)(dot - text) : strlen(text);
    size_t fraction = dot != NULL ? strlen(dot + 1) : 0;
    char digits[DIGITS_MAX + 1] = { 0 };
    const char *first = digits;

    assert_true(fraction <= DECIMALS && whole + DECIMALS <= DIGITS_MAX);
    memset(digits, '0', whole + DECIMALS);
    memcpy(digits, text, whole);
    if (fraction > 0)
        memcpy(digits + whole, dot + 1, fraction);
    while (first[0] == '0' && first[1] != '\0')
        first++;
    return vectors_u256(first);
}

void vectors_equal(const struct u256 *got, const char *text)
{
    char buf[U256_TEXT];

    assert_non_null(text);
    assert_string_equal(u256_text(buf, got), text);
}
