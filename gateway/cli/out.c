/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/out.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/cli/cli.h"
#include "solver/core/check.h"
#include "solver/core/text.h"

#define ROWS_MAX 1000 /* of one aligned block; a longer table is printed in several */
#define TEXT_MAX 1024 /* bytes of one cell */
#define ARENA_CAP ((size_t)32 << 20)
#define SMALL_MICRO 10000000                 /* below $10 four places are shown */
#define NUMBER_MAX ((UINT64_C(1) << 53) - 1) /* the largest that every JSON reader keeps exact */

struct out_cell {
    const char *text;
    const char *unit; /* symbol after an amount; "" otherwise */
    bool right;
};

struct out_row {
    struct out_row *next;
    struct out_cell cells[OUT_COLUMNS_MAX];
};

/* The tables of a command are small; a machine without memory for them cannot go on. */
static void *must(void *p)
{
    if (p == NULL) {
        fputs("sluice: no memory for the output (SLU-2501)\n", stderr);
        exit(CLI_FAILED);
    }
    return p;
}

/* ---- numbers for people ---- */

char *out_units(char buf[OUT_NUMBER_TEXT], struct amount a, unsigned decimals, unsigned places)
{
    char exact[AMOUNT_UNITS_TEXT];
    struct text t;

    amount_units_text(exact, a, decimals);
    size_t whole = strcspn(exact, ".");
    size_t keep = strlen(exact);
    if (keep > whole + 1 + places)
        keep = places > 0 ? whole + 1 + places : whole;
    while (keep > whole && (exact[keep - 1] == '0' || exact[keep - 1] == '.'))
        keep--;
    text_init(&t, buf, OUT_NUMBER_TEXT);
    if (keep == 1 && exact[0] == '0' && !amount_is_zero(a) && places > 0) {
        text_add(&t, "<0.%0*d", (int)places, 1);
        return buf;
    }
    for (size_t i = 0; i < whole; i++)
        text_add(&t, "%s%c", i > 0 && (whole - i) % 3 == 0 ? "," : "", exact[i]);
    text_add(&t, "%.*s", (int)(keep - whole), exact + whole);
    return buf;
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

char *out_micro(char buf[OUT_NUMBER_TEXT], int64_t signed_micro)
{
    uint64_t micro = magnitude(signed_micro);
    char whole[OUT_NUMBER_TEXT];
    struct text t;

    out_units(whole, AMOUNT_OF(micro / 1000000), 0, 0);
    text_init(&t, buf, OUT_NUMBER_TEXT);
    if (signed_micro < 0)
        text_add(&t, "-");
    if (micro > 0 && micro < SMALL_MICRO)
        text_add(&t, "$%s.%04u", whole, (unsigned)(micro % 1000000 / 100));
    else
        text_add(&t, "$%s.%02u", whole, (unsigned)(micro % 1000000 / 10000));
    return buf;
}

/* ---- rows ---- */

void out_begin(struct out *o, const struct out_style *style, const char *type,
               const struct out_column *columns, size_t columns_n, const struct asset_table *assets)
{
    CHECK(columns_n > 0 && columns_n <= OUT_COLUMNS_MAX);
    memset(o, 0, sizeof *o);
    o->style = *style;
    o->type = type;
    o->columns = columns;
    o->columns_n = columns_n;
    o->assets = assets;
    arena_init(&o->arena, ARENA_CAP);
}

void out_record(struct out *o)
{
    o->record = true;
}

static size_t width_of(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80; /* UTF-8: count what is not a continuation */
    return n;
}

static void pad(FILE *f, size_t n)
{
    if (n > 0)
        fprintf(f, "%*s", (int)n, "");
}

struct widths {
    size_t text[OUT_COLUMNS_MAX];
    size_t unit[OUT_COLUMNS_MAX]; /* with the space before it */
    size_t all[OUT_COLUMNS_MAX];
    bool right[OUT_COLUMNS_MAX];
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void widths_of(struct widths *w, const struct out *o)
{
    memset(w, 0, sizeof *w);
    for (const struct out_row *r = o->first; r != NULL; r = r->next) {
        for (size_t i = 0; i < o->columns_n; i++) {
            const struct out_cell *c = &r->cells[i];
            w->text[i] = larger(w->text[i], width_of(c->text));
            if (c->unit[0] != '\0')
                w->unit[i] = larger(w->unit[i], width_of(c->unit) + 1);
            w->right[i] |= c->right;
        }
    }
    for (size_t i = 0; i < o->columns_n; i++)
        w->all[i] = larger(w->text[i] + w->unit[i], width_of(o->columns[i].title));
}

static void header_print(const struct out *o, const struct widths *w)
{
    FILE *f = o->style.stream;
    bool bold = isatty(fileno(f)) && getenv("NO_COLOR") == NULL;

    fputs(bold ? "\033[1m" : "", f);
    for (size_t i = 0; i < o->columns_n; i++) {
        size_t gap = w->all[i] - width_of(o->columns[i].title);
        bool last = i + 1 == o->columns_n;
        pad(f, w->right[i] ? gap : 0);
        fputs(o->columns[i].title, f);
        pad(f, w->right[i] || last ? 0 : gap);
        fputs(last ? "" : "  ", f);
    }
    fputs(bold ? "\033[0m\n" : "\n", f);
}

static void cell_print(FILE *f, const struct out_cell *c, const struct widths *w, size_t i,
                       bool last)
{
    size_t unit = c->unit[0] != '\0' ? width_of(c->unit) + 1 : 0;
    size_t text = width_of(c->text);

    if (w->right[i]) {
        pad(f, w->all[i] - w->unit[i] - text);
        fprintf(f, "%s%s%s", c->text, unit > 0 ? " " : "", c->unit);
        pad(f, last ? 0 : w->unit[i] - unit);
    } else {
        fputs(c->text, f);
        pad(f, last ? 0 : w->all[i] - text);
    }
    fputs(last ? "\n" : "  ", f);
}

static void table_print(const struct out *o)
{
    struct widths w;

    widths_of(&w, o);
    header_print(o, &w);
    for (const struct out_row *r = o->first; r != NULL; r = r->next) {
        for (size_t i = 0; i < o->columns_n; i++)
            cell_print(o->style.stream, &r->cells[i], &w, i, i + 1 == o->columns_n);
    }
}

static void record_print(const struct out *o)
{
    size_t title = 0;

    for (size_t i = 0; i < o->columns_n; i++)
        title = larger(title, width_of(o->columns[i].title));
    for (const struct out_row *r = o->first; r != NULL; r = r->next) {
        for (size_t i = 0; i < o->columns_n; i++) {
            const struct out_cell *c = &r->cells[i];
            fprintf(o->style.stream, "%s", o->columns[i].title);
            pad(o->style.stream, title - width_of(o->columns[i].title) + 2);
            fprintf(o->style.stream, "%s%s%s\n", c->text, c->unit[0] != '\0' ? " " : "", c->unit);
        }
    }
}

static void flush_rows(struct out *o)
{
    if (o->first != NULL && o->style.format == OUT_TABLE)
        o->record ? record_print(o) : table_print(o);
    arena_reset(&o->arena);
    o->first = o->last = NULL;
    o->rows_n = 0;
}

void out_end(struct out *o)
{
    CHECK(o->at == 0);
    flush_rows(o);
    arena_fini(&o->arena);
    fflush(o->style.stream);
}

/* ---- cells ---- */

/* A copy in which nothing can steer a terminal. */
static const char *plain(struct out *o, const char *text)
{
    char *copy = must(arena_copy_text(&o->arena, text, strnlen(text, TEXT_MAX)));

    for (char *p = copy; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    }
    return copy;
}

/* JSON text is UTF-8; other bytes are replaced. */
static json_t *text_json(const char *text)
{
    json_t *v = json_string(text);

    if (v == NULL) {
        char ascii[TEXT_MAX];
        snprintf(ascii, sizeof ascii, "%s", text);
        for (char *p = ascii; *p != '\0'; p++) {
            if ((unsigned char)*p > 0x7e)
                *p = '?';
        }
        v = json_string(ascii);
    }
    return must(v);
}

static void line_print(struct out *o)
{
    (void)json_dumpf(o->object, o->style.stream, JSON_COMPACT);
    fputc('\n', o->style.stream);
    json_decref(o->object);
    o->object = NULL;
}

static void cell_json(struct out *o, json_t *value)
{
    if (o->at == 0) {
        o->object = must(json_object());
        (void)json_object_set_new(o->object, "type", text_json(o->type));
    }
    (void)json_object_set_new(o->object, o->columns[o->at].key, must(value));
    if (++o->at == o->columns_n) {
        o->at = 0;
        line_print(o);
    }
}

static void cell_table(struct out *o, const char *text, const char *unit, bool right)
{
    if (o->at == 0) {
        struct out_row *row;
        if (o->rows_n == ROWS_MAX)
            flush_rows(o);
        row = must(ARENA_NEW(&o->arena, 1, struct out_row));
        if (o->last != NULL)
            o->last->next = row;
        else
            o->first = row;
        o->last = row;
        o->rows_n++;
    }
    o->last->cells[o->at] = (struct out_cell){ plain(o, text), plain(o, unit), right };
    o->at = (o->at + 1) % o->columns_n;
}

static bool is_json(const struct out *o)
{
    return o->style.format == OUT_JSON;
}

void out_text(struct out *o, const char *text)
{
    if (is_json(o))
        cell_json(o, text_json(text));
    else
        cell_table(o, text[0] != '\0' ? text : "-", "", false);
}

void out_format(struct out *o, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    out_text(o, text);
}

void out_number(struct out *o, uint64_t n)
{
    char text[OUT_NUMBER_TEXT];

    if (!is_json(o)) {
        cell_table(o, out_units(text, AMOUNT_OF(n), 0, 0), "", true);
    } else if (n <= NUMBER_MAX) {
        cell_json(o, json_integer((json_int_t)n));
    } else {
        snprintf(text, sizeof text, "%llu", (unsigned long long)n);
        cell_json(o, json_string(text));
    }
}

void out_bool(struct out *o, bool yes)
{
    if (is_json(o))
        cell_json(o, json_boolean(yes));
    else
        cell_table(o, yes ? "yes" : "no", "", false);
}

void out_id(struct out *o, struct id id)
{
    char text[ID_TEXT];

    out_text(o, id_text(text, id));
}

void out_none(struct out *o)
{
    if (is_json(o))
        cell_json(o, json_null());
    else
        cell_table(o, "-", "", false);
}

void out_delta(struct out *o, uint32_t asset, struct delta d)
{
    const struct asset *a = o->assets != NULL ? asset_get(o->assets, asset) : NULL;
    unsigned decimals = a != NULL ? a->decimals : 0;
    const char *sign = d.negative ? "-" : "";
    char symbol[ASSET_SYMBOL_TEXT];
    char text[OUT_NUMBER_TEXT];
    char signed_text[OUT_NUMBER_TEXT + 1];

    snprintf(symbol, sizeof symbol, "#%u", asset);
    if (!is_json(o)) {
        out_units(text, (struct amount){ d.atoms }, decimals, OUT_PLACES);
        snprintf(signed_text, sizeof signed_text, "%s%s", sign, text);
        cell_table(o, signed_text, a != NULL ? a->symbol : symbol, true);
        return;
    }
    json_t *v = must(json_object());
    (void)json_object_set_new(v, "asset", text_json(a != NULL ? a->symbol : symbol));
    amount_units_text(text, (struct amount){ d.atoms }, decimals);
    snprintf(signed_text, sizeof signed_text, "%s%s", sign, text);
    (void)json_object_set_new(v, "units", text_json(signed_text));
    (void)json_object_set_new(v, "atoms", text_json(delta_text(signed_text, d)));
    cell_json(o, v);
}

void out_amount(struct out *o, uint32_t asset, struct amount a)
{
    out_delta(o, asset, delta_of(a, false));
}

void out_money(struct out *o, int64_t micro)
{
    char text[OUT_NUMBER_TEXT] = "-";

    if (is_json(o)) {
        char *unsigned_text = amount_units_text(text + 1, AMOUNT_OF(magnitude(micro)), 6);
        cell_json(o, json_string(micro < 0 ? text : unsigned_text));
    } else {
        cell_table(o, out_micro(text, micro), "", true);
    }
}

void out_time(struct out *o, int64_t unix_ms)
{
    time_t seconds = (time_t)(unix_ms / 1000);
    char clock[40] = "-";
    char text[64];
    struct tm tm;

    if (is_json(o)) {
        gmtime_r(&seconds, &tm);
        strftime(clock, sizeof clock, "%Y-%m-%dT%H:%M:%S", &tm);
        snprintf(text, sizeof text, "%s.%03dZ", clock, (int)(unix_ms % 1000));
        cell_json(o, json_string(text));
        return;
    }
    localtime_r(&seconds, &tm);
    strftime(clock, sizeof clock, "%H:%M:%S", &tm);
    snprintf(text, sizeof text, "%s.%03d", clock, (int)(unix_ms % 1000));
    cell_table(o, text, "", false);
}

void out_note(const struct out_style *style, const char *format, ...)
{
    va_list ap;

    if (style->format == OUT_JSON)
        return;
    va_start(ap, format);
    vfprintf(style->stream, format, ap);
    va_end(ap);
    fputc('\n', style->stream);
}
