/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * out -- the one writer of results: an aligned table for people, JSON lines for programs.
 *
 *   out_begin(&o, &style, "balance", columns, n, assets);
 *   for each row: out_text, out_amount, ... one call per column, in order
 *   out_end(&o);
 *
 * JSON: one object per row and line, {"type": "balance", "<column key>": ...}. Amounts are objects
 * {"asset", "units", "atoms"} of strings, exact; counts that fit 53 bits are numbers, else strings.
 * Table: numbers right, amounts with thousands separators and at most OUT_PLACES decimals (rounded
 * towards zero); control characters in text from outside are replaced. A record (out_record after
 * out_begin) prints its rows downwards, one line per column.
 * Tables are printed by out_end; JSON lines at once.
 */
#ifndef SLUICE_CLI_OUT_H
#define SLUICE_CLI_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "solver/core/amount.h"
#include "solver/core/arena.h"
#include "solver/core/asset.h"
#include "solver/core/id.h"

#define OUT_COLUMNS_MAX 16
#define OUT_PLACES 6
#define OUT_NUMBER_TEXT 64 /* buffer of out_units and out_micro */

enum out_format { OUT_TABLE, OUT_JSON };

struct out_style {
    enum out_format format;
    FILE *stream; /* borrowed */
};

struct out_column {
    const char *key;   /* JSON */
    const char *title; /* table */
};

struct out_cell;
struct out_row;

struct out {
    struct out_style style;
    const char *type;
    const struct out_column *columns; /* [columns_n], borrowed */
    size_t columns_n;
    const struct asset_table *assets; /* borrowed; NULL: there are no amounts */
    struct arena arena;
    struct out_row *first;
    struct out_row *last;
    size_t rows_n;
    size_t at; /* column of the next cell */
    bool record;
    struct json_t *object; /* the JSON row in the making */
};

void out_begin(struct out *o, const struct out_style *style, const char *type,
               const struct out_column *columns, size_t columns_n,
               const struct asset_table *assets);
void out_record(struct out *o);
void out_end(struct out *o);

/* One cell each. */
void out_text(struct out *o, const char *text);
void out_format(struct out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
void out_number(struct out *o, uint64_t n);
void out_bool(struct out *o, bool yes); /* "yes", "no"; true, false */
void out_id(struct out *o, struct id id);
void out_amount(struct out *o, uint32_t asset, struct amount a);
void out_delta(struct out *o, uint32_t asset, struct delta d);
void out_money(struct out *o, int64_t micro);  /* micro-units of account: "-$12.34"; a string */
void out_time(struct out *o, int64_t unix_ms); /* local clock time; ISO 8601 UTC in JSON */
void out_none(struct out *o);                  /* "-"; null */

/* The rows so far were all; a line below a table, nothing in JSON. */
void out_note(const struct out_style *style, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * "1,234.5" for people: at most places decimals, rounded towards zero; "<0.000001" for what would
 * show as zero and is not.
 */
char *out_units(char buf[OUT_NUMBER_TEXT], struct amount a, unsigned decimals, unsigned places);

/* "$1,234.56" from micro-units, "$0.9998" below $10; rounded down. */
char *out_micro(char buf[OUT_NUMBER_TEXT], int64_t micro);

#endif
