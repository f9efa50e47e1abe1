/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/ladder.h"

#include <string.h>

static enum err decimal_at(struct decimal *d, const struct doc_at *at)
{
    const char *text;

    TRY(doc_text(&text, at));
    if (decimal_parse(d, text, strlen(text)) != ERR_OK || u256_is_zero(&d->digits))
        return doc_fail(at, "\"%.60s\" is not a positive decimal", text);
    return ERR_OK;
}

static enum err level_at(struct doc_at *level, const struct doc_at *ladder, size_t i)
{
    *level = doc_item(ladder, i);
    TRY(doc_array(level, 2));
    return doc_count(level) == 2 ? ERR_OK : doc_fail(level, "not [price, size]");
}

enum err ladder_places(int *places, const struct doc_at *ladder, size_t levels_max)
{
    struct doc_at level;
    struct decimal d;

    TRY(doc_array(ladder, levels_max));
    for (size_t i = 0; i < doc_count(ladder); i++) {
        TRY(level_at(&level, ladder, i));
        struct doc_at price = doc_item(&level, 0);

        TRY(decimal_at(&d, &price));
        *places = d.places > *places ? d.places : *places;
    }
    return ERR_OK;
}

/* Prices count 10^-this quote units. */
static int price_exponent(const struct ladder_units *u)
{
    int dq = (int)u->quote_decimals;

    return u->price_places > dq ? u->price_places : dq;
}

enum err ladder_scale(struct u256 *scale, const struct ladder_units *u)
{
    int exponent = (int)u->base_decimals + price_exponent(u) - (int)u->quote_decimals;

    if (exponent > DECIMAL_PLACES_MAX)
        return ERR_OVERFLOW;
    *scale = decimal_pow10((unsigned)exponent);
    return ERR_OK;
}

/* The error of a decimal that could not be scaled to an integer with so many places. */
static enum err scaled(enum err err, const struct doc_at *at, int places)
{
    if (err == ERR_OVERFLOW)
        return doc_fail(at, "too large");
    return err == ERR_OK ? ERR_OK : doc_fail(at, "more than %d places", places);
}

enum err ladder_price(struct u256 *out, const struct doc_at *at, const struct ladder_units *u)
{
    struct decimal d;

    TRY(decimal_at(&d, at));
    return scaled(decimal_scale_exact(out, &d, price_exponent(u)), at, price_exponent(u));
}

enum err ladder_size(struct u256 *out, const struct doc_at *at, const struct ladder_units *u,
                     bool floor)
{
    int decimals = (int)u->base_decimals;
    struct decimal d;

    TRY(decimal_at(&d, at));
    return scaled(floor ? decimal_scale_floor(out, &d, decimals)
                        : decimal_scale_exact(out, &d, decimals),
                  at, decimals);
}

enum err ladder_read(struct book_level **levels, size_t *n, const struct doc_at *ladder,
                     const struct ladder_units *u, bool floor, struct arena *arena)
{
    size_t count = doc_count(ladder), kept = 0;
    struct book_level *list = ARENA_NEW(arena, count, struct book_level);
    struct doc_at level;

    if (list == NULL)
        return doc_full(ladder);
    for (size_t i = 0; i < count; i++) {
        TRY(level_at(&level, ladder, i));
        struct doc_at price = doc_item(&level, 0), size = doc_item(&level, 1);

        TRY(ladder_price(&list[kept].price, &price, u));
        TRY(ladder_size(&list[kept].size, &size, u, floor));
        kept += !u256_is_zero(&list[kept].size);
    }
    *levels = list;
    *n = kept;
    return ERR_OK;
}
