/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/market_file.h"

#include <stdlib.h>
#include <string.h>

#include "solver/core/check.h"
#include "solver/input/doc.h"
#include "solver/input/market_book.h"
#include "solver/input/market_pool.h"

#define FORMAT "sluice-market/1"
#define TTL_MS_DEFAULT 5000

/* An id and its place in the file, to name duplicates. */
struct place {
    uint64_t id;
    size_t index;
};

static int by_id(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static enum err duplicates_refuse(const struct market_file *m, const struct doc_at *list,
                                  struct arena *arena)
{
    struct place *p = ARENA_NEW(arena, m->curves_n, struct place);

    if (p == NULL)
        return doc_full(list);
    for (size_t i = 0; i < m->curves_n; i++)
        p[i] = (struct place){ m->curves[i].id, i };
    qsort(p, m->curves_n, sizeof *p, by_id);
    for (size_t i = 1; i < m->curves_n; i++) {
        struct doc_at item = doc_item(list, p[i].index);

        if (p[i - 1].id == p[i].id)
            return doc_fail(&item, "id %llu is taken by item %zu", (unsigned long long)p[i].id,
                            p[i - 1].index);
    }
    return ERR_OK;
}

static enum err id_read(struct curve *c, const struct doc_at *item)
{
    struct doc_at at;

    TRY(doc_get(&at, item, "id"));
    TRY(doc_integer(&c->id, &at, 1, UINT64_MAX));
    c->seq = 1;
    return ERR_OK;
}

static enum err curves_read(struct market_file *m, const struct doc_at *root,
                            const struct asset_table *assets, struct arena *arena)
{
    bool books = m->kind == MARKET_BOOK;
    struct doc_at list;

    TRY(doc_get(&list, root, books ? "books" : "pools"));
    TRY(doc_array(&list, MARKET_CURVES_MAX));
    m->curves_n = doc_count(&list);
    m->curves = ARENA_NEW(arena, m->curves_n, struct curve);
    m->ladders = books ? ARENA_NEW(arena, m->curves_n, struct market_ladder) : NULL;
    if (m->curves == NULL || (books && m->ladders == NULL))
        return doc_full(&list);
    for (size_t i = 0; i < m->curves_n; i++) {
        struct doc_at item = doc_item(&list, i);

        TRY(id_read(&m->curves[i], &item));
        if (books)
            TRY(market_book_read(&m->curves[i], &m->ladders[i], &item, assets, arena));
        else
            TRY(market_pool_read(&m->curves[i], &item, assets, arena));
    }
    return duplicates_refuse(m, &list, arena);
}

static enum err name_get(struct name *out, const struct doc_at *at)
{
    const char *text;

    TRY(doc_text(&text, at));
    if (name_parse(out, text, strlen(text)) != ERR_OK)
        return doc_fail(at, "\"%.60s\" is not a name: a-z 0-9 . _ -, at most %d", text,
                        NAME_TEXT - 1);
    return ERR_OK;
}

static enum err kind_read(struct market_file *m, const struct doc_at *root)
{
    struct doc_at at;
    const char *kind;

    TRY(doc_get(&at, root, "kind"));
    TRY(doc_text(&kind, &at));
    if (strcmp(kind, "amm") == 0)
        m->kind = MARKET_AMM;
    else if (strcmp(kind, "book") == 0)
        m->kind = MARKET_BOOK;
    else
        return doc_fail(&at, "\"%.60s\" is neither \"amm\" nor \"book\"", kind);
    return doc_only(root, m->kind == MARKET_AMM ? "format venue kind domain atomic ttl_ms pools"
                                                : "format venue kind domain atomic ttl_ms books");
}

static enum err market_read(struct market_file *m, const struct doc_at *root,
                            const struct asset_table *assets, struct arena *arena)
{
    uint64_t ttl_ms = TTL_MS_DEFAULT;
    struct doc_at at;

    TRY(doc_format(root, FORMAT));
    TRY(kind_read(m, root));
    TRY(doc_get(&at, root, "venue"));
    TRY(name_get(&m->venue, &at));
    CHECK(name_parse(&m->domain, "home", strlen("home")) == ERR_OK);
    if (doc_find(&at, root, "domain"))
        TRY(name_get(&m->domain, &at));
    if (doc_find(&at, root, "atomic"))
        TRY(doc_bool(&m->atomic, &at));
    if (doc_find(&at, root, "ttl_ms"))
        TRY(doc_integer(&ttl_ms, &at, 1, MARKET_TTL_MS_MAX));
    m->ttl_ms = (uint32_t)ttl_ms;
    return curves_read(m, root, assets, arena);
}

static enum err finish(struct market_file *m, struct doc *d, enum err opened,
                       const struct asset_table *assets, struct arena *arena)
{
    struct market_file file = { 0 };

    TRY(opened);
    struct doc_at root = doc_root(d);
    enum err err = market_read(&file, &root, assets, arena);

    doc_close(d);
    if (err == ERR_OK)
        *m = file;
    return err;
}

enum err market_file_load(struct market_file *m, struct input_error *e, const char *path,
                          const struct asset_table *assets, struct arena *arena)
{
    struct doc d;
    enum err opened = doc_open(&d, e, path);

    return finish(m, &d, opened, assets, arena);
}

enum err market_file_parse(struct market_file *m, struct input_error *e, const char *file,
                           const char *text, size_t len, const struct asset_table *assets,
                           struct arena *arena)
{
    struct doc d;
    enum err opened = doc_open_text(&d, e, file, text, len);

    return finish(m, &d, opened, assets, arena);
}
