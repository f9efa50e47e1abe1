/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/auction_file.h"

#include <stdio.h>

#include "solver/input/auction_read.h"
#include "solver/input/doc.h"

/* Which reader: a neutral instance says so, the CoW schemas are known by their members. */
static enum err any_read(struct auction_file *f, const struct doc_at *root, struct arena *arena)
{
    struct doc_at at;

    TRY(doc_object(root));
    if (doc_find(&at, root, "format")) {
        TRY(doc_format(root, "irx-instance/1"));
        return irx_file_read(f, root, arena);
    }
    if (doc_find(&at, root, "liquidity"))
        return cow_file_read(f, root, arena);
    if (doc_find(&at, root, "amms"))
        return cow_old_file_read(f, root, arena);
    return doc_fail(root,
                    "neither an irx-instance/1 (\"format\") nor a CoW request (\"liquidity\") "
                    "nor a CoW instance (\"amms\")");
}

static enum err finish(struct auction_file *f, struct doc *d, enum err opened, struct arena *arena)
{
    struct auction_file file = { 0 };
    const char *fault;

    TRY(opened);
    struct doc_at root = doc_root(d);
    enum err err = any_read(&file, &root, arena);

    if (err == ERR_OK && auction_check(&fault, &file.auction) != ERR_OK)
        err = doc_fail(&root, "%s", fault);
    doc_close(d);
    if (err == ERR_OK)
        *f = file;
    return err;
}

enum err auction_file_load(struct auction_file *f, struct input_error *e, const char *path,
                           struct arena *arena)
{
    struct doc d;
    enum err opened = doc_open(&d, e, path);

    return finish(f, &d, opened, arena);
}

enum err auction_file_parse(struct auction_file *f, struct input_error *e, const char *file,
                            const char *text, size_t len, struct arena *arena)
{
    struct doc d;
    enum err opened = doc_open_text(&d, e, file, text, len);

    return finish(f, &d, opened, arena);
}

#define REF_TEXT (NAME_TEXT + 32)

enum err auction_file_of(struct auction_file *f, const struct auction *a, struct arena *arena)
{
    struct auction_file file = { .format = AUCTION_RECORDED, .auction = *a };
    char ref[REF_TEXT];

    file.asset_refs = ARENA_NEW(arena, a->assets_n, const char *);
    file.curve_refs = ARENA_NEW(arena, a->curves_n, const char *);
    file.labels = ARENA_NEW(arena, a->assets_n, const char *);
    if (file.asset_refs == NULL || file.curve_refs == NULL || file.labels == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < a->assets_n; i++) {
        file.labels[i] = a->assets[i].name;
        TRY(doc_quote(&file.asset_refs[i], a->assets[i].name, arena));
    }
    for (size_t i = 0; i < a->curves_n; i++) {
        const struct curve *c = &a->curves[i];

        (void)snprintf(ref, sizeof ref, "%s/%llu", a->venues[c->venue].name.text,
                       (unsigned long long)c->id);
        TRY(doc_quote(&file.curve_refs[i], ref, arena));
    }
    *f = file;
    return ERR_OK;
}
