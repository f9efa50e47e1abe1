/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/core/asset.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/hash.h"
#include "solver/core/wide.h"

static int by_id(const void *a, const void *b)
{
    const struct asset *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static int by_symbol(const void *a, const void *b)
{
    const struct asset *x = a, *y = b;

    return strcmp(x->symbol, y->symbol);
}

const struct asset *asset_get(const struct asset_table *t, uint32_t id)
{
    struct asset key = { .id = id };

    return t->n == 0 ? NULL : bsearch(&key, t->items, t->n, sizeof(key), by_id);
}

const struct asset *asset_by_symbol(const struct asset_table *t, const char *symbol)
{
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->items[i].symbol, symbol) == 0)
            return &t->items[i];
    }
    return NULL;
}

static bool symbol_valid(const char symbol[ASSET_SYMBOL_TEXT])
{
    size_t len = strnlen(symbol, ASSET_SYMBOL_TEXT);

    if (len == 0 || len == ASSET_SYMBOL_TEXT)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (symbol[i] <= ' ' || symbol[i] > '~')
            return false;
    }
    return true;
}

static bool asset_valid(const struct asset *a)
{
    return symbol_valid(a->symbol) && a->decimals <= ASSET_DECIMALS_MAX &&
           a->class_of == ASSET_SPOT && a->mark_scale <= ASSET_MARK_SCALE_MAX &&
           !amount_is_zero(a->lot);
}

/* Sorts by symbol to compare neighbours, then by id again. */
static bool symbols_unique(struct asset_table *t)
{
    bool unique = true;

    qsort(t->items, t->n, sizeof(*t->items), by_symbol);
    for (size_t i = 1; i < t->n; i++)
        unique = unique && by_symbol(&t->items[i - 1], &t->items[i]) != 0;
    qsort(t->items, t->n, sizeof(*t->items), by_id);
    return unique;
}

static struct digest table_digest(const struct asset_table *t)
{
    struct hash h;

    hash_init(&h, "sluice/v1/assets");
    hash_u64(&h, t->n);
    for (size_t i = 0; i < t->n; i++) {
        const struct asset *a = &t->items[i];

        hash_u64(&h, a->id);
        hash_bytes(&h, a->symbol, strlen(a->symbol));
        hash_u64(&h, a->decimals);
        hash_u64(&h, a->class_of);
        hash_amount(&h, a->mark);
        hash_u64(&h, a->mark_scale);
        hash_amount(&h, a->lot);
    }
    return hash_digest(&h);
}

enum err asset_table_seal(struct asset_table *t)
{
    if (t->n > ASSETS_MAX)
        return ERR_INVALID;
    for (size_t i = 0; i < t->n; i++) {
        if (!asset_valid(&t->items[i]) || (i > 0 && t->items[i - 1].id >= t->items[i].id))
            return ERR_INVALID;
    }
    if (t->n > 1 && !symbols_unique(t))
        return ERR_INVALID;
    t->digest = table_digest(t);
    return ERR_OK;
}

enum err asset_value_ceil(struct amount *out, const struct asset *a, struct amount atoms)
{
    struct u256 value = u256_of_amount(atoms), mark = u256_of_amount(a->mark);
    struct u256 unit = u256_of_amount(amount_pow10(a->decimals));
    struct u256 scale = u256_of_amount(amount_pow10(a->mark_scale));

    if (amount_is_zero(a->mark))
        return ERR_NOT_FOUND;
    TRY(u256_mul(&unit, &unit, &scale));
    TRY(u256_muldiv_ceil(&value, &value, &mark, &unit));
    return u256_to_amount(out, &value);
}
