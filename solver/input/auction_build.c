/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/auction_build.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "solver/core/check.h"

#define VENUE "file"
#define TOLERANCE_PPT 1000
#define PIVOTS_MAX 10000000
#define ROUNDS_MAX 200
#define LEGS_MAX 100000

struct asset_key {
    const char *name;
    uint32_t asset;
};

static const struct auction_options options = {
    .tolerance_ppt = TOLERANCE_PPT,
    .pivots_max = PIVOTS_MAX,
    .rounds_max = ROUNDS_MAX,
    .robust = false,
    .cycles = true,
    .legs_max = LEGS_MAX,
};

enum err auction_build_open(struct auction_build *b, struct auction_file *f, struct arena *arena,
                            const struct doc_at *at, const size_t most[3])
{
    struct auction *a = &f->auction;

    *b = (struct auction_build){ .file = f, .arena = arena };
    a->options = options;
    a->venues_n = 1;
    a->venues = ARENA_NEW(arena, 1, struct auction_venue);
    a->assets = ARENA_NEW(arena, most[0], struct auction_asset);
    f->asset_refs = ARENA_NEW(arena, most[0], const char *);
    f->labels = ARENA_NEW(arena, most[0], const char *);
    a->curves = ARENA_NEW(arena, most[1], struct curve);
    f->curve_refs = ARENA_NEW(arena, most[1], const char *);
    a->intents = ARENA_NEW(arena, most[2], struct auction_intent);
    if (a->venues == NULL || a->assets == NULL || f->asset_refs == NULL || f->labels == NULL ||
        a->curves == NULL || f->curve_refs == NULL || a->intents == NULL)
        return doc_full(at);
    CHECK(name_parse(&a->venues->name, VENUE, strlen(VENUE)) == ERR_OK);
    CHECK(name_parse(&a->venues->domain, DOMAIN_HOME, strlen(DOMAIN_HOME)) == ERR_OK);
    a->venues->atomic = true;
    return ERR_OK;
}

static char *lower_copy(struct arena *arena, const char *text)
{
    char *copy = arena_copy_text(arena, text, strlen(text));

    for (char *c = copy; c != NULL && *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

enum err auction_build_asset(struct auction_asset **out, struct auction_build *b,
                             const struct doc_at *at, const char *name)
{
    struct auction *a = &b->file->auction;
    struct auction_asset *asset = &a->assets[a->assets_n];

    asset->id = (uint32_t)a->assets_n;
    asset->name = lower_copy(b->arena, name);
    if (asset->name == NULL)
        return doc_full(at);
    asset->mark.den.atoms = 1;
    asset->lot.atoms = 1;
    b->file->labels[a->assets_n] = asset->name;
    a->assets_n++;
    *out = asset;
    return ERR_OK;
}

enum err auction_build_label(struct auction_build *b, const struct auction_asset *asset,
                             const struct doc_at *token)
{
    const char *symbol, *copy;
    struct doc_at at;

    if (!doc_find(&at, token, "symbol"))
        return ERR_OK;
    TRY(doc_text(&symbol, &at));
    copy = arena_copy_text(b->arena, symbol, strlen(symbol));
    if (copy == NULL)
        return doc_full(&at);
    if (copy[0] != '\0')
        b->file->labels[asset->id] = copy;
    return ERR_OK;
}

static int by_name(const void *a, const void *b)
{
    const struct asset_key *x = a, *y = b;

    return strcasecmp(x->name, y->name);
}

enum err auction_build_seal(struct auction_build *b, const struct doc_at *at)
{
    const struct auction *a = &b->file->auction;

    b->keys = ARENA_NEW(b->arena, a->assets_n, struct asset_key);
    if (b->keys == NULL)
        return doc_full(at);
    for (uint32_t i = 0; i < a->assets_n; i++)
        b->keys[i] = (struct asset_key){ a->assets[i].name, i };
    b->keys_n = a->assets_n;
    qsort(b->keys, b->keys_n, sizeof *b->keys, by_name);
    for (size_t i = 1; i < b->keys_n; i++)
        if (by_name(&b->keys[i - 1], &b->keys[i]) == 0)
            return doc_fail(at, "token \"%.60s\" stands twice", b->keys[i].name);
    return ERR_OK;
}

static const struct asset_key *key_find(const struct auction_build *b, const char *name)
{
    struct asset_key key = { .name = name };

    return b->keys_n == 0 ? NULL : bsearch(&key, b->keys, b->keys_n, sizeof key, by_name);
}

bool auction_build_knows(const struct auction_build *b, const char *name)
{
    return key_find(b, name) != NULL;
}

enum err auction_build_find_name(uint32_t *asset, const struct auction_build *b,
                                 const struct doc_at *at, const char *name)
{
    const struct asset_key *found = key_find(b, name);

    if (found == NULL)
        return doc_fail(at, "unknown token \"%.60s\"", name);
    *asset = found->asset;
    return ERR_OK;
}

enum err auction_build_find(uint32_t *asset, const struct auction_build *b, const struct doc_at *at)
{
    const char *name;

    TRY(doc_text(&name, at));
    return auction_build_find_name(asset, b, at, name);
}

struct curve *auction_build_curve(struct auction_build *b)
{
    struct auction *a = &b->file->auction;
    struct curve *c = &a->curves[a->curves_n];

    *c = (struct curve){ .id = a->curves_n + 1, .seq = 1 };
    return c;
}

/* Intents of a file are numbered from 1; their id is that number, big-endian. */
struct auction_intent *auction_build_intent(struct auction_build *b)
{
    struct auction *a = &b->file->auction;
    struct auction_intent *i = &a->intents[a->intents_n];
    uint64_t number = a->intents_n + 1;

    *i = (struct auction_intent){ .kind = INTENT_SELL };
    for (size_t k = 0; k < sizeof number; k++)
        i->id.bytes[ID_BYTES - 1 - k] = (uint8_t)(number >> (8 * k));
    return i;
}

enum err auction_build_keep_curve(struct auction_build *b, const struct doc_at *item,
                                  const struct doc_at *ref)
{
    struct auction *a = &b->file->auction;

    if (curve_check(&a->curves[a->curves_n]) != ERR_OK)
        return doc_fail(item, "unusable: an empty reserve, one token twice, a crossed book, or "
                              "parameters out of range");
    const char **text = &b->file->curve_refs[a->curves_n];

    TRY(ref != NULL ? doc_literal(text, ref, b->arena) : doc_key_literal(text, item, b->arena));
    a->curves_n++;
    return ERR_OK;
}

enum err auction_build_keep_intent(struct auction_build *b, const struct doc_at *item,
                                   const char *ref)
{
    struct auction *a = &b->file->auction;
    struct auction_intent *i = &a->intents[a->intents_n];

    if (i->sell == i->buy)
        return doc_fail(item, "sells what it buys");
    if (u256_is_zero(&i->sell_max))
        return doc_fail(item, "sells nothing");
    if (i->kind == INTENT_BUY && u256_is_zero(&i->buy_min))
        return doc_fail(item, "buys nothing");
    i->signed_sell = i->sell_max;
    i->signed_buy = i->buy_min;
    i->ref = arena_copy_text(b->arena, ref, strlen(ref));
    if (i->ref == NULL)
        return doc_full(item);
    a->intents_n++;
    return ERR_OK;
}

/* An entry's id as JSON text and its place in the list. */
struct entry_id {
    const char *literal;
    size_t index;
};

static int by_literal(const void *a, const void *b)
{
    const struct entry_id *x = a, *y = b;
    int order = strcmp(x->literal, y->literal);

    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* twice[i]: an earlier entry has the same id. Entries without an id are left to their reader. */
static enum err twice_mark(bool *twice, const struct auction_build *b, const struct doc_at *list,
                           const char *id_key)
{
    size_t n = doc_count(list), known = 0;
    struct entry_id *ids = ARENA_NEW(b->arena, n, struct entry_id);
    struct doc_at id;

    if (ids == NULL)
        return doc_full(list);
    for (size_t i = 0; i < n; i++) {
        struct doc_at item = doc_item(list, i);

        if (!doc_find(&id, &item, id_key))
            continue;
        TRY(doc_literal(&ids[known].literal, &id, b->arena));
        ids[known++].index = i;
    }
    qsort(ids, known, sizeof *ids, by_literal);
    for (size_t i = 1; i < known; i++)
        twice[ids[i].index] = strcmp(ids[i - 1].literal, ids[i].literal) == 0;
    return ERR_OK;
}

/* Read one entry; what is wrong with it is kept aside and does not end the file. */
static enum err entry_read(struct auction_build *b, const struct doc_at *item, bool twice,
                           const struct auction_reader *r)
{
    struct input_error *whole = item->doc->error, own = { { 0 } };
    struct input_error *first = &b->file->skipped.first_bad;

    item->doc->error = &own;
    enum err err = twice ? doc_fail(item, "its id stands twice") : r->read(b, item);

    item->doc->error = whole;
    if (err != ERR_INVALID)
        return err;
    ++*r->bad;
    if (first->text[0] == '\0')
        *first = own;
    return ERR_OK;
}

static enum err each_member(struct auction_build *b, const struct doc_at *list,
                            const struct auction_reader *r)
{
    struct doc_at item;
    void *iter = NULL;

    while (doc_next(&item, &iter, list))
        TRY(entry_read(b, &item, false, r));
    return ERR_OK;
}

enum err auction_build_each(struct auction_build *b, const struct doc_at *list,
                            const struct auction_reader *r)
{
    size_t n = doc_count(list);

    if (r->id_key == NULL)
        return each_member(b, list, r);
    bool *twice = ARENA_NEW(b->arena, n, bool);

    if (twice == NULL)
        return doc_full(list);
    TRY(twice_mark(twice, b, list, r->id_key));
    for (size_t i = 0; i < n; i++) {
        struct doc_at item = doc_item(list, i);

        TRY(entry_read(b, &item, twice[i], r));
    }
    return ERR_OK;
}
