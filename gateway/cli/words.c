/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/words.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD_MAX 128
#define MICRO_DECIMALS 6

__attribute__((format(printf, 2, 3))) static enum err say(struct words_why *why, const char *format,
                                                          ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(why->text, sizeof why->text, format, ap);
    va_end(ap);
    return ERR_INVALID;
}

/* ---- amounts ---- */

/* Did they mean another case of letters? */
static const struct asset *nearly(const struct asset_table *assets, const char *symbol)
{
    for (size_t i = 0; i < assets->n; i++) {
        if (strcasecmp(assets->items[i].symbol, symbol) == 0)
            return &assets->items[i];
    }
    return NULL;
}

enum err words_asset(const struct asset **out, const char *symbol, const struct asset_table *assets,
                     struct words_why *why)
{
    const struct asset *asset = asset_by_symbol(assets, symbol);
    const struct asset *near = asset == NULL ? nearly(assets, symbol) : NULL;

    if (asset == NULL) {
        (void)say(why, "no asset is called \"%.40s\"%s%s%s", symbol,
                  near != NULL ? "; did you mean " : "", near != NULL ? near->symbol : "",
                  near != NULL ? "?" : "");
        return ERR_NOT_FOUND;
    }
    *out = asset;
    return ERR_OK;
}

struct split {
    char number[WORD_MAX];
    char symbol[WORD_MAX]; /* empty: none typed */
};

static enum err split_amount(struct split *s, const struct words_amount *typed,
                             struct words_why *why)
{
    size_t n = strspn(typed->number, "0123456789.");
    const char *rest = typed->number + n;

    if (n == 0 || n >= WORD_MAX)
        return say(why, "\"%.40s\" does not start with a plain decimal number", typed->number);
    snprintf(s->number, sizeof s->number, "%.*s", (int)n, typed->number);
    while (isspace((unsigned char)*rest))
        rest++;
    if (*rest != '\0' && typed->symbol != NULL)
        return say(why, "\"%.40s\" is followed by another word, \"%.40s\"", typed->number,
                   typed->symbol);
    if (*rest == '\0')
        rest = typed->symbol != NULL ? typed->symbol : "";
    snprintf(s->symbol, sizeof s->symbol, "%s", rest);
    return ERR_OK;
}

static enum err units(struct amount *out, const char *number, const char *symbol, unsigned decimals,
                      struct words_why *why)
{
    enum err err = amount_parse_units(out, number, decimals);
    const char *point = strchr(number, '.');

    if (err == ERR_OVERFLOW)
        (void)say(why, "%s %s is more than can be counted", number, symbol);
    else if (err != ERR_OK && point != NULL && strlen(point + 1) > decimals)
        (void)say(why, "%s: %s has at most %u places after the point", number, symbol, decimals);
    else if (err != ERR_OK)
        (void)say(why, "\"%s\" is not a plain decimal number", number);
    return err;
}

enum err words_amount_any(struct amount *atoms, const struct asset **asset,
                          const struct words_amount *typed, const struct asset_table *assets,
                          struct words_why *why)
{
    const struct asset *found;
    struct split s;

    TRY(split_amount(&s, typed, why));
    if (s.symbol[0] == '\0')
        return say(why, "%s of what? the symbol is missing", s.number);
    TRY(words_asset(&found, s.symbol, assets, why));
    TRY(units(atoms, s.number, found->symbol, found->decimals, why));
    *asset = found;
    return ERR_OK;
}

enum err words_amount_of(struct amount *atoms, const struct asset *asset,
                         const struct words_amount *typed, struct words_why *why)
{
    struct split s;

    TRY(split_amount(&s, typed, why));
    if (s.symbol[0] != '\0' && strcmp(s.symbol, asset->symbol) != 0)
        return say(why, "%s %.40s: this amount is in %s", s.number, s.symbol, asset->symbol);
    return units(atoms, s.number, asset->symbol, asset->decimals, why);
}

/* ---- times and names ---- */

enum err words_duration(uint64_t *ms, const char *text, struct words_why *why)
{
    static const struct {
        const char *unit;
        uint64_t ms;
    } scale[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
    char *end;
    unsigned long long n = strtoull(text, &end, 10);

    if (isdigit((unsigned char)text[0]) && n <= WORDS_DEADLINE_MAX_MS) {
        for (size_t i = 0; i < sizeof scale / sizeof scale[0]; i++) {
            if (strcmp(end, scale[i].unit) != 0 || n == 0 ||
                n > WORDS_DEADLINE_MAX_MS / scale[i].ms)
                continue;
            *ms = n * scale[i].ms;
            return ERR_OK;
        }
    }
    return say(why, "\"%.40s\" is not a time from 1ms to 24h like 500ms, 30s, 5m, 2h", text);
}

enum err words_name(struct name *out, const char *text, struct words_why *why)
{
    if (name_parse(out, text, strlen(text)) == ERR_OK)
        return ERR_OK;
    return say(why, "\"%.40s\" is not a name: 1 to 32 of a-z 0-9 . _ -, a letter or digit first",
               text);
}

enum err words_intent_id(struct id *out, const char *text, struct words_why *why)
{
    if (id_parse(out, text, strlen(text)) == ERR_OK)
        return ERR_OK;
    return say(why, "\"%.40s\" is not an id of 32 hex digits", text);
}

/* ---- limits ---- */

static const char *const limit_kinds[] = { [ROW_INVENTORY] = "inventory",
                                           [ROW_IN_FLIGHT] = "in_flight",
                                           [ROW_HELD] = "held",
                                           [ROW_VALUE] = "value" };

const char *words_limit_kind(enum row_kind kind)
{
    bool known = kind >= ROW_INVENTORY && kind <= ROW_VALUE;

    return known ? limit_kinds[kind] : "unknown";
}

/* "inventory:home:ETH" into kind, subject and asset. */
static enum err limit_name(struct row *out, const struct asset **asset, const char *name,
                           const struct asset_table *assets, struct words_why *why)
{
    char copy[WORD_MAX];
    char *rest = copy;

    if (snprintf(copy, sizeof copy, "%s", name) >= (int)sizeof copy)
        return say(why, "the name of the limit is too long");
    const char *kind = strsep(&rest, ":");
    const char *subject = strsep(&rest, ":");
    const char *symbol = strsep(&rest, ":");
    for (out->kind = ROW_INVENTORY; strcmp(limit_kinds[out->kind], kind) != 0; out->kind++) {
        if (out->kind == ROW_VALUE)
            return say(why, "\"%.40s\": limits are inventory, in_flight, held and value", kind);
    }
    if (subject == NULL || rest != NULL || (out->kind == ROW_VALUE) != (symbol == NULL))
        return say(why, "\"%.60s\": write %s", name,
                   out->kind == ROW_VALUE ? "value:VENUE" : "KIND:SUBJECT:SYMBOL");
    TRY(words_name(&out->subject, subject, why));
    if (symbol != NULL)
        TRY(words_asset(asset, symbol, assets, why));
    return ERR_OK;
}

enum err words_limit(struct row *out, const char *name, const char *value,
                     const struct asset_table *assets, struct words_why *why)
{
    const struct asset *asset = NULL;
    struct row row = { .min = AMOUNT_ZERO };
    const char *dots = strstr(value, "..");
    char least[WORD_MAX];

    TRY(limit_name(&row, &asset, name, assets, why));
    unsigned decimals = asset != NULL ? asset->decimals : MICRO_DECIMALS;
    const char *unit = asset != NULL ? asset->symbol : "of value";
    if (strcmp(value, "none") == 0) {
        row.max = AMOUNT_MAX;
        row.asset = asset != NULL ? asset->id : 0;
        *out = row;
        return ERR_OK;
    }
    if (dots != NULL && row.kind != ROW_INVENTORY)
        return say(why, "%s: only an inventory limit has two ends", value);
    if (dots != NULL) {
        snprintf(least, sizeof least, "%.*s", (int)(dots - value), value);
        TRY(units(&row.min, least, unit, decimals, why));
    }
    TRY(units(&row.max, dots != NULL ? dots + 2 : value, unit, decimals, why));
    if (amount_cmp(row.min, row.max) > 0)
        return say(why, "%s: the smaller end comes first", value);
    row.asset = asset != NULL ? asset->id : 0;
    *out = row;
    return ERR_OK;
}
