/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doc -- JSON documents read with a place for every error.
 *
 * A struct doc_at is a value and where it stands; it borrows its parent, so a child lives on the
 * stack below its parent. Getters check type and range; the first failure is written to the
 * document's error as "file: $.path: what" and every later one is ignored. Duplicate keys,
 * NUL characters and more than INPUT_BYTES_MAX bytes are parse errors. One owner thread.
 */
#ifndef SLUICE_INPUT_DOC_H
#define SLUICE_INPUT_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/core/wide.h"
#include "solver/input/decimal.h"
#include "solver/input/input.h"

struct json_t; /* of jansson, which only the .c files of this folder name */

struct doc {
    const char *file;    /* for messages, borrowed */
    struct json_t *root; /* owned; NULL when closed */
    struct input_error *error;
};

struct doc_at {
    struct doc *doc;
    struct json_t *value;        /* borrowed from the document */
    const struct doc_at *parent; /* NULL for the root */
    const char *key;             /* of an object's member, borrowed; NULL for an array's item */
    size_t index;                /* of an array's item */
};

/*
 * Parse a file, or a buffer that stands for the file name. On an error the document is closed.
 * errors  ERR_IO the file cannot be read; ERR_INVALID not JSON, or too large
 */
MUST_USE enum err doc_open(struct doc *d, struct input_error *e, const char *path);
MUST_USE enum err doc_open_text(struct doc *d, struct input_error *e, const char *file,
                                const char *text, size_t len);
void doc_close(struct doc *d);

struct doc_at doc_root(struct doc *d);

/* Record an error at a place; always returns ERR_INVALID. */
enum err doc_fail(const struct doc_at *at, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "out of memory for this file" at a place; always returns ERR_NOMEM. */
enum err doc_full(const struct doc_at *at);

/* The root is an object whose member "format" is this text. */
MUST_USE enum err doc_format(const struct doc_at *root, const char *format);

/* A member by key. doc_get: ERR_INVALID "missing" when absent or null; doc_find: false then. */
MUST_USE enum err doc_get(struct doc_at *out, const struct doc_at *object, const char *key);
bool doc_find(struct doc_at *out, const struct doc_at *object, const char *key);

/* What a value must be; doc_array also bounds the number of items. */
MUST_USE enum err doc_array(const struct doc_at *at, size_t most);
MUST_USE enum err doc_object(const struct doc_at *at);

/* Items of an array, or members of an object, counted; index < doc_count. */
size_t doc_count(const struct doc_at *at);
struct doc_at doc_item(const struct doc_at *array, size_t index);

/* Members of an object in file order: iter starts as NULL; false after the last one. */
bool doc_next(struct doc_at *out, void **iter, const struct doc_at *object);

/* Every member of the object is one of the space-separated keys; else "unknown field". */
MUST_USE enum err doc_only(const struct doc_at *object, const char *keys);

/* doc_text borrows until doc_close. doc_integer also takes a decimal string. */
MUST_USE enum err doc_text(const char **out, const struct doc_at *at);
MUST_USE enum err doc_bool(bool *out, const struct doc_at *at);
MUST_USE enum err doc_integer(uint64_t *out, const struct doc_at *at, uint64_t lo, uint64_t hi);

/* A decimal string, or hex after "0x"; an amount is at most 2^128 - 1. */
MUST_USE enum err doc_u256(struct u256 *out, const struct doc_at *at);

/* Human units as an exact decimal string: "1.5" at 18 decimals. */
MUST_USE enum err doc_units(struct amount *out, const struct doc_at *at, unsigned decimals);

/* A non-negative JSON number or decimal string. */
MUST_USE enum err doc_decimal(struct decimal *out, const struct doc_at *at);

/* The same times 10^places: whole after that, or cut to whole numbers. */
MUST_USE enum err doc_scaled(struct u256 *out, const struct doc_at *at, int places);
MUST_USE enum err doc_scaled_floor(struct u256 *out, const struct doc_at *at, int places);

/* A whole number of any sign, as a JSON number or decimal string. */
MUST_USE enum err doc_delta(struct delta *out, const struct doc_at *at);
MUST_USE enum err doc_int32(int32_t *out, const struct doc_at *at);

/* A string or whole number as the JSON text that stands for it, in arena. */
MUST_USE enum err doc_literal(const char **out, const struct doc_at *at, struct arena *arena);

/* A JSON number, whole or not, as the text of a real with so many digits, in arena. */
MUST_USE enum err doc_real(const char **out, const struct doc_at *at, size_t digits,
                           struct arena *arena);

/* A member's key, which is a string, as doc_literal. */
MUST_USE enum err doc_key_literal(const char **out, const struct doc_at *member,
                                  struct arena *arena);

/* Any text as a JSON string. ERR_NOMEM; ERR_INVALID it is not UTF-8. */
MUST_USE enum err doc_quote(const char **out, const char *text, struct arena *arena);

/* The fee "0.003" as keep = 1 - fee = 997 / 1000 in lowest terms; at most 18 places, below 1. */
MUST_USE enum err doc_fee(uint64_t *keep_num, uint64_t *keep_den, const struct doc_at *at);

#endif
