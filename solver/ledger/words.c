/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/ledger/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "solver/core/check.h"

#define HEX_MAX 64

void words_add(struct words *w, const void *bytes, size_t n)
{
    char *copy = arena_copy_text(w->arena, bytes, n);
    struct word *word = copy == NULL ? NULL : VEC_ADD(&w->list, w->arena, struct word);

    if (word == NULL) {
        w->failed = true;
        return;
    }
    *word = (struct word){ .text = copy, .n = n };
}

void words_text(struct words *w, const char *text)
{
    words_add(w, text, strlen(text));
}

void words_u64(struct words *w, uint64_t v)
{
    char buf[24];

    (void)snprintf(buf, sizeof buf, "%" PRIu64, v);
    words_text(w, buf);
}

void words_i64(struct words *w, int64_t v)
{
    char buf[24];

    (void)snprintf(buf, sizeof buf, "%" PRId64, v);
    words_text(w, buf);
}

void words_flag(struct words *w, bool v)
{
    words_text(w, v ? "1" : "0");
}

void words_amount(struct words *w, struct amount a)
{
    char buf[AMOUNT_TEXT];

    words_text(w, amount_text(buf, a));
}

void words_id(struct words *w, struct id id)
{
    char buf[ID_TEXT];

    words_text(w, id_text(buf, id));
}

void words_hex(struct words *w, const uint8_t *bytes, size_t n)
{
    char buf[2 * HEX_MAX + 1];

    CHECK(n <= HEX_MAX);
    words_text(w, hex_text(buf, bytes, n));
}

bool reader_done(const struct reader *r)
{
    return !r->bad && r->at == r->n;
}

struct word reader_word(struct reader *r)
{
    if (r->at >= r->n) {
        r->bad = true;
        return (struct word){ .text = "", .n = 0 };
    }
    return r->words[r->at++];
}

uint64_t reader_u64(struct reader *r)
{
    struct amount a = reader_amount(r);

    r->bad |= a.atoms > UINT64_MAX;
    return r->bad ? 0 : (uint64_t)a.atoms;
}

uint32_t reader_u32(struct reader *r)
{
    struct amount a = reader_amount(r);

    r->bad |= a.atoms > UINT32_MAX;
    return r->bad ? 0 : (uint32_t)a.atoms;
}

int64_t reader_i64(struct reader *r)
{
    struct delta d = reader_delta(r);

    r->bad |= d.atoms > INT64_MAX;
    if (r->bad)
        return 0;
    return d.negative ? -(int64_t)d.atoms : (int64_t)d.atoms;
}

bool reader_flag(struct reader *r)
{
    struct word w = reader_word(r);

    r->bad |= !word_is(w, "0") && !word_is(w, "1");
    return word_is(w, "1");
}

struct amount reader_amount(struct reader *r)
{
    struct word w = reader_word(r);
    struct amount a = AMOUNT_ZERO;

    r->bad |= amount_parse(&a, w.text, w.n) != ERR_OK;
    return a;
}

struct delta reader_delta(struct reader *r)
{
    struct word w = reader_word(r);
    struct delta d = { 0 };

    r->bad |= delta_parse(&d, w.text, w.n) != ERR_OK;
    return d;
}

struct id reader_id(struct reader *r)
{
    struct word w = reader_word(r);
    struct id id = { { 0 } };

    r->bad |= id_parse(&id, w.text, w.n) != ERR_OK;
    return id;
}

/* Is the next word there and empty?  Then it is taken. */
static bool reader_empty(struct reader *r)
{
    if (r->at >= r->n || r->words[r->at].n > 0)
        return false;
    r->at++;
    return true;
}

struct id reader_id_or_zero(struct reader *r)
{
    return reader_empty(r) ? (struct id){ { 0 } } : reader_id(r);
}

struct name reader_name(struct reader *r)
{
    struct word w = reader_word(r);
    struct name n = { { 0 } };

    r->bad |= name_parse(&n, w.text, w.n) != ERR_OK;
    return n;
}

struct name reader_name_or_empty(struct reader *r)
{
    return reader_empty(r) ? (struct name){ { 0 } } : reader_name(r);
}

size_t reader_count(struct reader *r, size_t width)
{
    uint64_t n = reader_u64(r);

    r->bad |= n > (r->n - r->at) / width;
    return r->bad ? 0 : (size_t)n;
}

bool word_part(struct word *part, struct word *rest)
{
    const char *space;

    if (rest->n == 0)
        return false;
    space = memchr(rest->text, ' ', rest->n);
    part->text = rest->text;
    part->n = space == NULL ? rest->n : (size_t)(space - rest->text);
    rest->text += part->n + (space != NULL);
    rest->n -= part->n + (space != NULL);
    return true;
}

bool word_is(struct word w, const char *text)
{
    return w.n == strlen(text) && memcmp(w.text, text, w.n) == 0;
}
