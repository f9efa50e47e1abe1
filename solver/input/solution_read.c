/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "solver/input/doc.h"
#include "solver/input/solution_json.h"

/* A name of the input file and the index that it stands for. */
struct ref {
    const char *text; /* JSON literal, or the plain name of an order */
    uint32_t index;
};

/* The names of one kind, sorted; the first of equal names is found. */
struct refs {
    struct ref *items;
    size_t n;
};

struct context {
    const struct auction_file *file;
    struct arena *arena;
    struct refs assets;
    struct refs curves;
    struct refs orders;
};

static int by_text(const void *a, const void *b)
{
    const struct ref *x = a, *y = b;
    int order = strcmp(x->text, y->text);

    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static enum err refs_make(struct refs *r, const char *const *text, size_t n, struct arena *arena)
{
    r->n = n;
    r->items = ARENA_NEW(arena, n, struct ref);
    if (r->items == NULL)
        return ERR_NOMEM;
    for (uint32_t i = 0; i < n; i++)
        r->items[i] = (struct ref){ text[i], i };
    qsort(r->items, n, sizeof *r->items, by_text);
    return ERR_OK;
}

static const struct ref *refs_find(const struct refs *r, const char *text)
{
    size_t low = 0, high = r->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(r->items[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->n && strcmp(r->items[low].text, text) == 0 ? &r->items[low] : NULL;
}

static enum err context_make(struct context *c, const struct auction_file *f, struct arena *arena)
{
    const struct auction *a = &f->auction;
    const char **orders = ARENA_NEW(arena, a->intents_n, const char *);

    *c = (struct context){ .file = f, .arena = arena };
    if (orders == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < a->intents_n; i++) {
        char hex[ID_TEXT];

        orders[i] = a->intents[i].ref;
        if (orders[i] == NULL)
            orders[i] = arena_copy_text(arena, id_text(hex, a->intents[i].id), ID_TEXT - 1);
        if (orders[i] == NULL)
            return ERR_NOMEM;
    }
    TRY(refs_make(&c->orders, orders, a->intents_n, arena));
    TRY(refs_make(&c->assets, f->asset_refs, a->assets_n, arena));
    return refs_make(&c->curves, f->curve_refs, a->curves_n, arena);
}

static enum err ref_get(uint32_t *index, const struct refs *r, const struct doc_at *object,
                        const char *key, struct arena *arena)
{
    struct doc_at at;
    const char *literal;

    TRY(doc_get(&at, object, key));
    TRY(doc_literal(&literal, &at, arena));
    const struct ref *found = refs_find(r, literal);

    if (found == NULL)
        return doc_fail(&at, "%.60s is not in the input", literal);
    *index = found->index;
    return ERR_OK;
}

/* A key is a number's text or a string's content: the input spells it one of the two ways. */
static enum err key_find(uint32_t *index, const struct context *c, const struct doc_at *member)
{
    const struct ref *found = refs_find(&c->assets, member->key);
    const char *literal;

    if (found == NULL) {
        TRY(doc_key_literal(&literal, member, c->arena));
        found = refs_find(&c->assets, literal);
    }
    if (found == NULL)
        return doc_fail(member, "not a token of the input");
    *index = found->index;
    return ERR_OK;
}

/* {TOKEN: amount} into out[assets_n]; absent members are zero. */
static enum err map_read(struct u256 **out, const struct context *c, const struct doc_at *line,
                         const char *key)
{
    struct doc_at map, member;
    void *iter = NULL;
    uint32_t index = 0;

    TRY(doc_get(&map, line, key));
    TRY(doc_object(&map));
    *out = ARENA_NEW(c->arena, c->file->auction.assets_n, struct u256);
    if (*out == NULL)
        return doc_full(&map);
    while (doc_next(&member, &iter, &map)) {
        TRY(key_find(&index, c, &member));
        TRY(doc_u256(&(*out)[index], &member));
    }
    return ERR_OK;
}

/* As map_read, in 128 bits. Zeros are not written, so a map of nothing else is absent. */
static enum err prices_read(struct amount **out, size_t *n, const struct context *c,
                            const struct doc_at *line, const char *key)
{
    const size_t assets_n = c->file->auction.assets_n;
    struct u256 *wide;
    struct doc_at map;
    bool any = false;

    TRY(map_read(&wide, c, line, key));
    TRY(doc_get(&map, line, key));
    *out = ARENA_NEW(c->arena, assets_n, struct amount);
    if (*out == NULL)
        return doc_full(&map);
    for (size_t i = 0; i < assets_n; i++) {
        if (u256_to_amount(&(*out)[i], &wide[i]) != ERR_OK)
            return doc_fail(&map, "a price exceeds 2^128 - 1");
        any = any || !u256_is_zero(&wide[i]);
    }
    *n = any ? assets_n : 0;
    return ERR_OK;
}

static enum err u256_get(struct u256 *out, const struct doc_at *object, const char *key)
{
    struct doc_at at;

    TRY(doc_get(&at, object, key));
    return doc_u256(out, &at);
}

static enum err leg_read(struct solution_leg *l, const struct context *c, const struct doc_at *item)
{
    uint32_t in, out;

    TRY(ref_get(&l->curve, &c->curves, item, "pool", c->arena));
    TRY(ref_get(&in, &c->assets, item, "in", c->arena));
    TRY(ref_get(&out, &c->assets, item, "out", c->arena));
    if (!curve_way(&l->way, &c->file->auction.curves[l->curve], in, out))
        return doc_fail(item, "the pool does not trade these tokens");
    TRY(u256_get(&l->in, item, "in_amount"));
    return u256_get(&l->min_out, item, "out_amount");
}

static enum err legs_read(struct solution *s, const struct context *c, const struct doc_at *line)
{
    struct doc_at list;

    TRY(doc_get(&list, line, "legs"));
    TRY(doc_array(&list, UINT32_MAX));
    s->legs_n = doc_count(&list);
    s->legs = ARENA_NEW(c->arena, s->legs_n, struct solution_leg);
    if (s->legs == NULL)
        return doc_full(&list);
    for (size_t i = 0; i < s->legs_n; i++) {
        struct doc_at item = doc_item(&list, i);

        TRY(leg_read(&s->legs[i], c, &item));
        s->legs[i].stage = (uint32_t)i;
    }
    return ERR_OK;
}

static enum err fill_read(struct solution_fill *f, const struct context *c,
                          const struct doc_at *item)
{
    struct doc_at at;
    const char *name;

    TRY(doc_get(&at, item, "order"));
    TRY(doc_text(&name, &at));
    const struct ref *found = refs_find(&c->orders, name);

    if (found == NULL)
        return doc_fail(&at, "\"%.60s\" is not an order of the input", name);
    f->intent = found->index;
    TRY(u256_get(&f->paid, item, "sell_amount"));
    return u256_get(&f->got, item, "buy_amount");
}

static enum err fills_read(struct solution *s, const struct context *c, const struct doc_at *line)
{
    struct doc_at list;

    TRY(doc_get(&list, line, "fills"));
    TRY(doc_array(&list, c->file->auction.intents_n));
    s->fills_n = doc_count(&list);
    s->fills = ARENA_NEW(c->arena, s->fills_n, struct solution_fill);
    if (s->fills == NULL)
        return doc_full(&list);
    for (size_t i = 0; i < s->fills_n; i++) {
        struct doc_at item = doc_item(&list, i);

        TRY(fill_read(&s->fills[i], c, &item));
    }
    return ERR_OK;
}

static enum err order_read(struct solution_line *l, const struct context *c,
                           const struct doc_at *line)
{
    struct solution *s = &l->solution;
    struct doc_at at;

    s->fills = ARENA_NEW(c->arena, 1, struct solution_fill);
    if (s->fills == NULL)
        return doc_full(line);
    TRY(fill_read(s->fills, c, line));
    l->intent = s->fills->intent;
    s->fills_n = !u256_is_zero(&s->fills->paid) || !u256_is_zero(&s->fills->got);
    l->bounded = doc_find(&at, line, "upper_bound");
    return l->bounded ? doc_u256(&l->upper_bound, &at) : ERR_OK;
}

/* Words are kept as they are; verify judges them. */
static enum err route_read(struct solution_line *l, const struct context *c,
                           const struct doc_at *line)
{
    struct solution_route *r = &l->route;
    struct doc_at at;
    bool limits = true;

    if (!doc_find(&at, line, "end"))
        return ERR_OK;
    TRY(doc_text(&r->end, &at));
    r->end = arena_copy_text(c->arena, r->end, strlen(r->end));
    if (r->end == NULL)
        return doc_full(&at);
    TRY(doc_get(&at, line, "limit_met"));
    TRY(doc_bool(&r->limit_met, &at));
    if (doc_find(&at, line, "venue_limits"))
        TRY(doc_bool(&limits, &at));
    r->no_venue_limits = !limits;
    if (doc_find(&at, line, "surplus"))
        TRY(doc_u256(&r->surplus, &at));
    if (doc_find(&at, line, "lower_bound"))
        TRY(doc_u256(&r->lower_bound, &at));
    return ERR_OK;
}

static enum err batch_read(struct solution_line *l, const struct context *c,
                           const struct doc_at *line)
{
    l->intent = SOLUTION_BATCH;
    TRY(fills_read(&l->solution, c, line));
    TRY(u256_get(&l->solution.value, line, "value"));
    TRY(u256_get(&l->solution.bound, line, "bound"));
    return u256_get(&l->score, line, "score");
}

/* A number, or "null" where there is none. */
static enum err gap_read(struct solution_line *l, const struct context *c,
                         const struct doc_at *line)
{
    struct doc_at at;

    l->gap = "null";
    return doc_find(&at, line, "gap") ? doc_real(&l->gap, &at, SOLUTION_GAP_DIGITS, c->arena)
                                      : ERR_OK;
}

static enum err line_read(struct solution_line *l, const struct auction_file *f,
                          const struct doc_at *line, struct arena *arena)
{
    struct solution *s = &l->solution;
    struct doc_at at;
    struct context c;

    TRY(doc_object(line));
    if (context_make(&c, f, arena) != ERR_OK)
        return doc_full(line);
    if (doc_find(&at, line, "batch"))
        TRY(batch_read(l, &c, line));
    else
        TRY(order_read(l, &c, line));
    TRY(route_read(l, &c, line));
    TRY(gap_read(l, &c, line));
    TRY(legs_read(s, &c, line));
    TRY(map_read(&l->buffer, &c, line, "buffer"));
    TRY(prices_read(&s->prices, &s->prices_n, &c, line, "prices"));
    TRY(prices_read(&s->duals, &s->duals_n, &c, line, "duals"));
    s->auction = f->auction.id;
    s->incumbent_no = 1;
    s->final = true;
    return ERR_OK;
}

enum err solution_json_read(struct solution_line *l, struct input_error *e, const char *file,
                            const char *text, size_t len, const struct auction_file *f,
                            struct arena *arena)
{
    struct solution_line line = { 0 };
    struct doc d;

    TRY(doc_open_text(&d, e, file, text, len));
    struct doc_at root = doc_root(&d);
    enum err err = line_read(&line, f, &root, arena);

    doc_close(&d);
    if (err == ERR_OK)
        *l = line;
    return err;
}
