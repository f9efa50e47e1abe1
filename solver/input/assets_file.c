/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/assets_file.h"

#include <stdlib.h>
#include <string.h>

#include "solver/input/decimal.h"
#include "solver/input/doc.h"

#define FORMAT "sluice-assets/1"
#define MICRO_PLACES 6 /* marks are in micro-units */

/* An asset and its place in the file, to name duplicates. */
struct entry {
    struct asset asset;
    size_t index;
};

static enum err symbol_read(struct asset *a, const struct doc_at *item)
{
    struct doc_at at;
    const char *text;

    TRY(doc_get(&at, item, "symbol"));
    TRY(doc_text(&text, &at));
    size_t len = strlen(text);

    if (len == 0 || len >= ASSET_SYMBOL_TEXT)
        return doc_fail(&at, "not 1 to %d characters", ASSET_SYMBOL_TEXT - 1);
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return doc_fail(&at, "not printable ASCII without spaces");
    memcpy(a->symbol, text, len + 1);
    return ERR_OK;
}

/* "3000.00" is 3,000,000,000 micro-units; a mark finer than a micro-unit is per more units. */
static enum err mark_read(struct asset *a, const struct doc_at *item)
{
    struct doc_at at;
    struct decimal d;
    struct u256 micro;
    const char *text;

    if (!doc_find(&at, item, "mark"))
        return ERR_OK;
    TRY(doc_text(&text, &at));
    if (text[0] == '\0')
        return ERR_OK;
    if (decimal_parse(&d, text, strlen(text)) != ERR_OK || u256_is_zero(&d.digits))
        return doc_fail(&at, "\"%.60s\" is not a positive decimal", text);
    int finer = d.places > MICRO_PLACES ? d.places - MICRO_PLACES : 0;

    if (finer > ASSET_MARK_SCALE_MAX)
        return doc_fail(&at, "more than %d places", MICRO_PLACES + ASSET_MARK_SCALE_MAX);
    if (decimal_scale_exact(&micro, &d, MICRO_PLACES + finer) != ERR_OK ||
        u256_to_amount(&a->mark, &micro) != ERR_OK)
        return doc_fail(&at, "\"%.60s\" is too large", text);
    a->mark_scale = (uint8_t)finer;
    return ERR_OK;
}

static enum err class_read(struct asset *a, const struct doc_at *item)
{
    struct doc_at at;
    const char *text;

    a->class_of = ASSET_SPOT;
    if (!doc_find(&at, item, "class"))
        return ERR_OK;
    TRY(doc_text(&text, &at));
    return strcmp(text, "SPOT") == 0 ? ERR_OK : doc_fail(&at, "not \"SPOT\"");
}

static enum err lot_read(struct asset *a, const struct doc_at *item)
{
    struct doc_at at;

    a->lot.atoms = 1;
    if (!doc_find(&at, item, "lot"))
        return ERR_OK;
    TRY(doc_units(&a->lot, &at, 0));
    return amount_is_zero(a->lot) ? doc_fail(&at, "zero") : ERR_OK;
}

static enum err asset_read(struct asset *a, const struct doc_at *item)
{
    struct doc_at at;
    uint64_t id, decimals;

    TRY(doc_only(item, "id symbol decimals class mark lot"));
    TRY(doc_get(&at, item, "id"));
    TRY(doc_integer(&id, &at, 0, UINT32_MAX));
    TRY(doc_get(&at, item, "decimals"));
    TRY(doc_integer(&decimals, &at, 0, ASSET_DECIMALS_MAX));
    a->id = (uint32_t)id;
    a->decimals = (uint8_t)decimals;
    TRY(symbol_read(a, item));
    TRY(class_read(a, item));
    TRY(mark_read(a, item));
    return lot_read(a, item);
}

static int by_id(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->asset.id != y->asset.id)
        return x->asset.id < y->asset.id ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static int by_symbol(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->asset.symbol, y->asset.symbol);

    return order != 0 ? order : (x->index < y->index ? -1 : 1);
}

/* Sort by symbol, then by id, and report the later one of two equal neighbours. */
static enum err duplicates_refuse(struct entry *e, size_t n, const struct doc_at *list)
{
    qsort(e, n, sizeof *e, by_symbol);
    for (size_t i = 1; i < n; i++) {
        struct doc_at item = doc_item(list, e[i].index);

        if (strcmp(e[i - 1].asset.symbol, e[i].asset.symbol) == 0)
            return doc_fail(&item, "symbol \"%s\" is taken by item %zu", e[i].asset.symbol,
                            e[i - 1].index);
    }
    qsort(e, n, sizeof *e, by_id);
    for (size_t i = 1; i < n; i++) {
        struct doc_at item = doc_item(list, e[i].index);

        if (e[i - 1].asset.id == e[i].asset.id)
            return doc_fail(&item, "id %u is taken by item %zu", e[i].asset.id, e[i - 1].index);
    }
    return ERR_OK;
}

static enum err table_read(struct asset_table *t, struct doc *d, struct arena *arena)
{
    struct doc_at root = doc_root(d), list;
    struct asset_table table = { 0 };

    TRY(doc_format(&root, FORMAT));
    TRY(doc_only(&root, "format assets"));
    TRY(doc_get(&list, &root, "assets"));
    TRY(doc_array(&list, ASSETS_MAX));
    table.n = doc_count(&list);
    table.items = ARENA_NEW(arena, table.n, struct asset);
    struct entry *entries = ARENA_NEW(arena, table.n, struct entry);

    if (table.items == NULL || entries == NULL)
        return doc_full(&list);
    for (size_t i = 0; i < table.n; i++) {
        struct doc_at item = doc_item(&list, i);

        entries[i].index = i;
        TRY(asset_read(&entries[i].asset, &item));
    }
    TRY(duplicates_refuse(entries, table.n, &list));
    for (size_t i = 0; i < table.n; i++)
        table.items[i] = entries[i].asset;
    if (asset_table_seal(&table) != ERR_OK)
        return doc_fail(&list, "contradictory");
    *t = table;
    return ERR_OK;
}

static enum err finish(struct asset_table *t, struct doc *d, enum err opened, struct arena *arena)
{
    TRY(opened);
    enum err err = table_read(t, d, arena);

    doc_close(d);
    return err;
}

enum err assets_file_load(struct asset_table *t, struct input_error *e, const char *path,
                          struct arena *arena)
{
    struct doc d;
    enum err opened = doc_open(&d, e, path);

    return finish(t, &d, opened, arena);
}

enum err assets_file_parse(struct asset_table *t, struct input_error *e, const char *file,
                           const char *text, size_t len, struct arena *arena)
{
    struct doc d;
    enum err opened = doc_open_text(&d, e, file, text, len);

    return finish(t, &d, opened, arena);
}
