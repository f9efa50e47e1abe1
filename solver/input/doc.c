/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/doc.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "solver/core/check.h"

#define PATH_TEXT 192
#define DEPTH_MAX 16
#define FEE_PLACES 18

struct reader {
    FILE *file;
    size_t left; /* bytes that may still come */
    bool over;
};

static size_t reader_fill(void *buffer, size_t n, void *self)
{
    struct reader *r = self;
    size_t got = fread(buffer, 1, n, r->file);

    if (ferror(r->file))
        return (size_t)-1;
    r->over = got > r->left;
    if (r->over)
        return (size_t)-1;
    r->left -= got;
    return got;
}

static void error_set(struct input_error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void error_set(struct input_error *e, const char *format, ...)
{
    va_list args;

    if (e->text[0] != '\0')
        return;
    va_start(args, format);
    (void)vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
}

static enum err parsed(struct doc *d, const json_error_t *why)
{
    if (d->root != NULL)
        return ERR_OK;
    error_set(d->error, "%s:%d:%d: %s", d->file, why->line, why->column, why->text);
    return ERR_INVALID;
}

enum err doc_open(struct doc *d, struct input_error *e, const char *path)
{
    struct reader r = { .file = fopen(path, "rb"), .left = INPUT_BYTES_MAX };
    json_error_t why;
    enum err err;

    *d = (struct doc){ .file = path, .error = e };
    e->text[0] = '\0';
    if (r.file == NULL) {
        error_set(e, "%s: %s", path, strerror(errno));
        return ERR_IO;
    }
    d->root = json_load_callback(reader_fill, &r, JSON_REJECT_DUPLICATES, &why);
    if (r.over) {
        error_set(e, "%s: larger than %zu MiB", path, INPUT_BYTES_MAX >> 20);
        err = ERR_INVALID;
    } else if (ferror(r.file)) {
        error_set(e, "%s: cannot be read", path);
        err = ERR_IO;
    } else {
        err = parsed(d, &why);
    }
    (void)fclose(r.file);
    return err;
}

enum err doc_open_text(struct doc *d, struct input_error *e, const char *file, const char *text,
                       size_t len)
{
    json_error_t why;

    *d = (struct doc){ .file = file, .error = e };
    e->text[0] = '\0';
    if (len > INPUT_BYTES_MAX) {
        error_set(e, "%s: larger than %zu MiB", file, INPUT_BYTES_MAX >> 20);
        return ERR_INVALID;
    }
    d->root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
    return parsed(d, &why);
}

void doc_close(struct doc *d)
{
    json_decref(d->root);
    d->root = NULL;
}

struct doc_at doc_root(struct doc *d)
{
    CHECK(d->root != NULL);
    return (struct doc_at){ .doc = d, .value = d->root };
}

/* "$.pools[3].fee"; a path that is too long is cut at the end. */
static void path_text(char path[PATH_TEXT], const struct doc_at *at)
{
    const struct doc_at *chain[DEPTH_MAX];
    size_t depth = 0, len = 1;

    for (; at->parent != NULL && depth < DEPTH_MAX; at = at->parent)
        chain[depth++] = at;
    (void)snprintf(path, PATH_TEXT, "$");
    while (depth > 0 && len < PATH_TEXT) {
        const struct doc_at *step = chain[--depth];
        int n = step->key != NULL ? snprintf(path + len, PATH_TEXT - len, ".%.80s", step->key)
                                  : snprintf(path + len, PATH_TEXT - len, "[%zu]", step->index);

        len += n > 0 ? (size_t)n : 0;
    }
}

enum err doc_fail(const struct doc_at *at, const char *format, ...)
{
    char path[PATH_TEXT], what[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    path_text(path, at);
    error_set(at->doc->error, "%.120s: %s: %s", at->doc->file, path, what);
    return ERR_INVALID;
}

bool doc_find(struct doc_at *out, const struct doc_at *object, const char *key)
{
    json_t *value = json_object_get(object->value, key);

    if (value == NULL || json_is_null(value))
        return false;
    *out = (struct doc_at){ .doc = object->doc, .value = value, .parent = object, .key = key };
    return true;
}

enum err doc_get(struct doc_at *out, const struct doc_at *object, const char *key)
{
    TRY(doc_object(object));
    if (!doc_find(out, object, key)) {
        struct doc_at absent = { .doc = object->doc, .parent = object, .key = key };

        return doc_fail(&absent, "missing");
    }
    return ERR_OK;
}

size_t doc_count(const struct doc_at *at)
{
    return json_is_array(at->value) ? json_array_size(at->value) : json_object_size(at->value);
}

enum err doc_array(const struct doc_at *at, size_t most)
{
    if (!json_is_array(at->value))
        return doc_fail(at, "not an array");
    if (json_array_size(at->value) > most)
        return doc_fail(at, "more than %zu items", most);
    return ERR_OK;
}

enum err doc_object(const struct doc_at *at)
{
    return json_is_object(at->value) ? ERR_OK : doc_fail(at, "not an object");
}

struct doc_at doc_item(const struct doc_at *array, size_t index)
{
    CHECK(index < json_array_size(array->value));
    return (struct doc_at){ .doc = array->doc,
                            .value = json_array_get(array->value, index),
                            .parent = array,
                            .index = index };
}

bool doc_next(struct doc_at *out, void **iter, const struct doc_at *object)
{
    *iter = *iter == NULL ? json_object_iter(object->value)
                          : json_object_iter_next(object->value, *iter);
    if (*iter == NULL)
        return false;
    *out = (struct doc_at){ .doc = object->doc,
                            .value = json_object_iter_value(*iter),
                            .parent = object,
                            .key = json_object_iter_key(*iter) };
    return true;
}

/* Is key one of the words of keys, which single spaces separate? */
static bool listed(const char *keys, const char *key)
{
    size_t len = strlen(key);

    for (const char *word = keys; word != NULL; word = strchr(word, ' ')) {
        word += *word == ' ';
        if (strncmp(word, key, len) == 0 && (word[len] == ' ' || word[len] == '\0'))
            return true;
    }
    return false;
}

enum err doc_only(const struct doc_at *object, const char *keys)
{
    struct doc_at member;
    void *iter = NULL;

    TRY(doc_object(object));
    while (doc_next(&member, &iter, object))
        if (!listed(keys, member.key))
            return doc_fail(&member, "unknown field");
    return ERR_OK;
}

enum err doc_text(const char **out, const struct doc_at *at)
{
    if (!json_is_string(at->value))
        return doc_fail(at, "not a string");
    *out = json_string_value(at->value);
    return ERR_OK;
}

enum err doc_bool(bool *out, const struct doc_at *at)
{
    if (!json_is_boolean(at->value))
        return doc_fail(at, "not true or false");
    *out = json_is_true(at->value);
    return ERR_OK;
}

enum err doc_integer(uint64_t *out, const struct doc_at *at, uint64_t lo, uint64_t hi)
{
    struct amount v = { 0 };

    if (json_is_integer(at->value) && json_integer_value(at->value) >= 0)
        v.atoms = (u128)json_integer_value(at->value);
    else if (!json_is_string(at->value) || amount_parse(&v, json_string_value(at->value),
                                                        json_string_length(at->value)) != ERR_OK)
        return doc_fail(at, "not a whole number");
    if (v.atoms < lo || v.atoms > hi)
        return doc_fail(at, "not from %llu to %llu", (unsigned long long)lo,
                        (unsigned long long)hi);
    *out = (uint64_t)v.atoms;
    return ERR_OK;
}

enum err doc_delta(struct delta *out, const struct doc_at *at)
{
    const char *text = json_string_value(at->value); /* NULL when it is none */

    if (json_is_integer(at->value)) {
        json_int_t v = json_integer_value(at->value);

        out->negative = v < 0;
        out->atoms = v < 0 ? (u128)(-(v + 1)) + 1 : (u128)v;
        return ERR_OK;
    }
    if (text == NULL || delta_parse(out, text, json_string_length(at->value)) != ERR_OK)
        return doc_fail(at, "not a whole number with or without a sign");
    return ERR_OK;
}

enum err doc_int32(int32_t *out, const struct doc_at *at)
{
    struct delta v;

    TRY(doc_delta(&v, at));
    if (v.atoms > INT32_MAX)
        return doc_fail(at, "not a whole number of 32 bits");
    *out = v.negative ? -(int32_t)v.atoms : (int32_t)v.atoms;
    return ERR_OK;
}

enum err doc_u256(struct u256 *out, const struct doc_at *at)
{
    const char *text;
    enum err err;

    TRY(doc_text(&text, at));
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        err = u256_parse_hex(out, text + 2, strlen(text + 2));
    else
        err = u256_parse(out, text, strlen(text));
    if (err == ERR_OVERFLOW)
        return doc_fail(at, "\"%.24s...\" exceeds 2^256 - 1", text);
    if (err != ERR_OK)
        return doc_fail(at, "\"%.60s\" is not a whole number in decimal or 0x hex", text);
    return ERR_OK;
}

enum err doc_units(struct amount *out, const struct doc_at *at, unsigned decimals)
{
    const char *text;

    TRY(doc_text(&text, at));
    enum err err = amount_parse_units(out, text, decimals);

    if (err == ERR_OVERFLOW)
        return doc_fail(at, "\"%.60s\" is too large", text);
    if (err != ERR_OK)
        return doc_fail(at, "\"%.60s\" is not a decimal with at most %u places", text, decimals);
    return ERR_OK;
}

enum err doc_fee(uint64_t *keep_num, uint64_t *keep_den, const struct doc_at *at)
{
    uint64_t den = (uint64_t)amount_pow10(FEE_PLACES).atoms;
    struct amount fee;
    const char *text;

    TRY(doc_text(&text, at));
    if (amount_parse_units(&fee, text, FEE_PLACES) != ERR_OK || fee.atoms >= den)
        return doc_fail(at, "\"%.60s\" is not a decimal fraction below 1 with at most %d places",
                        text, FEE_PLACES);
    uint64_t num = den - (uint64_t)fee.atoms, a = num, b = den;

    while (b != 0) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    *keep_num = num / a;
    *keep_den = den / a;
    return ERR_OK;
}

enum err doc_full(const struct doc_at *at)
{
    (void)doc_fail(at, "too much for the memory that one file may take");
    return ERR_NOMEM;
}

enum err doc_format(const struct doc_at *root, const char *format)
{
    struct doc_at at;
    const char *text;

    TRY(doc_get(&at, root, "format"));
    TRY(doc_text(&text, &at));
    return strcmp(text, format) == 0 ? ERR_OK : doc_fail(&at, "not \"%s\"", format);
}

#define NUMBER_TEXT 64

enum err doc_decimal(struct decimal *out, const struct doc_at *at)
{
    char buf[NUMBER_TEXT];
    const char *text = buf;
    size_t len;

    if (json_is_number(at->value)) {
        len = json_dumpb(at->value, buf, sizeof buf, JSON_ENCODE_ANY);
        CHECK(len < sizeof buf);
    } else {
        TRY(doc_text(&text, at));
        len = strlen(text);
    }
    if (decimal_parse(out, text, len) != ERR_OK)
        return doc_fail(at, "not a decimal number, or out of range");
    return ERR_OK;
}

enum err doc_scaled(struct u256 *out, const struct doc_at *at, int places)
{
    struct decimal d;

    TRY(doc_decimal(&d, at));
    if (decimal_scale_exact(out, &d, places) != ERR_OK)
        return doc_fail(at, "more than %d places, or out of range", places);
    return ERR_OK;
}

enum err doc_scaled_floor(struct u256 *out, const struct doc_at *at, int places)
{
    struct decimal d;

    TRY(doc_decimal(&d, at));
    return decimal_scale_floor(out, &d, places) == ERR_OK ? ERR_OK : doc_fail(at, "out of range");
}

/* JSON text of a value; ERR_INVALID when it holds bytes that are not UTF-8. */
static enum err literal(const char **out, const json_t *value, size_t flags, struct arena *arena)
{
    size_t len = json_dumpb(value, NULL, 0, flags);
    char *text = ARENA_NEW(arena, len + 1, char);

    if (len == 0)
        return ERR_INVALID;
    if (text == NULL)
        return ERR_NOMEM;
    CHECK(json_dumpb(value, text, len, flags) == len);
    *out = text;
    return ERR_OK;
}

enum err doc_literal(const char **out, const struct doc_at *at, struct arena *arena)
{
    if (!json_is_string(at->value) && !json_is_integer(at->value))
        return doc_fail(at, "neither a string nor a whole number");
    return literal(out, at->value, JSON_ENCODE_ANY, arena) == ERR_OK ? ERR_OK : doc_full(at);
}

enum err doc_real(const char **out, const struct doc_at *at, size_t digits, struct arena *arena)
{
    if (!json_is_number(at->value))
        return doc_fail(at, "not a number");
    json_t *real = json_real(json_number_value(at->value));
    enum err err = literal(out, real, JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits), arena);

    json_decref(real);
    return err == ERR_OK ? ERR_OK : doc_full(at);
}

enum err doc_quote(const char **out, const char *text, struct arena *arena)
{
    json_t *value = json_string_nocheck(text);

    if (value == NULL)
        return ERR_NOMEM;
    enum err err = literal(out, value, JSON_ENCODE_ANY, arena);

    json_decref(value);
    return err;
}

enum err doc_key_literal(const char **out, const struct doc_at *member, struct arena *arena)
{
    return doc_quote(out, member->key, arena) == ERR_OK ? ERR_OK : doc_full(member);
}
