/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words -- flat lists of texts: how a call goes to the Functions and how their answer comes back.
 *
 * Writing: words are copied into an arena; failed is set when it is full, and stays set. Reading: a
 * word of the wrong form, or a missing one, sets bad, which stays set, and reads as zero, so that a
 * decoder checks once at its end. Hostile words are refused, never trusted.
 */
#ifndef SLUICE_LEDGER_WORDS_H
#define SLUICE_LEDGER_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/amount.h"
#include "solver/core/arena.h"
#include "solver/core/id.h"
#include "solver/ledger/vec.h"

struct word {
    const char *text; /* [n], not terminated */
    size_t n;
};

struct words {
    struct arena *arena;
    struct vec list; /* struct word */
    bool failed;
};

void words_add(struct words *w, const void *bytes, size_t n);
void words_text(struct words *w, const char *text);
void words_u64(struct words *w, uint64_t v);
void words_i64(struct words *w, int64_t v);
void words_flag(struct words *w, bool v);
void words_amount(struct words *w, struct amount a);
void words_id(struct words *w, struct id id);
void words_hex(struct words *w, const uint8_t *bytes, size_t n);

struct reader {
    const struct word *words; /* [n] */
    size_t n;
    size_t at;
    bool bad;
};

/* Everything was read and nothing was bad. */
bool reader_done(const struct reader *r);

struct word reader_word(struct reader *r);
uint64_t reader_u64(struct reader *r);
uint32_t reader_u32(struct reader *r);
int64_t reader_i64(struct reader *r);
bool reader_flag(struct reader *r);
struct amount reader_amount(struct reader *r);
struct delta reader_delta(struct reader *r);
struct id reader_id(struct reader *r);
struct id reader_id_or_zero(struct reader *r); /* an empty word is the zero id */
struct name reader_name(struct reader *r);
struct name reader_name_or_empty(struct reader *r);

/* A number of rows that follow, each of at least width words: never more than there are words. */
size_t reader_count(struct reader *r, size_t width);

/* The next space-separated part of *rest as a word; false at the end. */
bool word_part(struct word *part, struct word *rest);
bool word_is(struct word w, const char *text);

#endif
