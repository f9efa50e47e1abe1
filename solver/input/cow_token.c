/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/cow_token.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ADDRESS_BYTES 20

static bool is_address(const char *text)
{
    uint8_t bytes[ADDRESS_BYTES];

    return strncmp(text, "0x", 2) == 0 &&
           hex_parse(bytes, ADDRESS_BYTES, text + 2, strlen(text + 2)) == ERR_OK;
}

enum err cow_token_add(struct auction_asset **out, struct auction_build *b,
                       const struct doc_at *member)
{
    const char **ref = &b->file->asset_refs[b->file->auction.assets_n];

    TRY(doc_object(member));
    if (!is_address(member->key))
        return doc_fail(member, "the key is not an address of 0x and 40 hex digits");
    TRY(auction_build_asset(out, b, member, member->key));
    TRY(auction_build_label(b, *out, member));
    return doc_key_literal(ref, member, b->arena);
}

enum err cow_tokens_read(struct auction_build *b, const struct doc_at *tokens,
                         enum err (*read)(struct auction_build *b, const struct doc_at *item))
{
    struct doc_at item;
    void *iter = NULL;

    while (doc_next(&item, &iter, tokens))
        TRY(read(b, &item));
    return auction_build_seal(b, tokens);
}

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcasecmp(*x, *y);
}

enum err cow_tokens_add_missing(struct auction_build *b, const struct doc_at *at,
                                const char **names, size_t n)
{
    struct auction_asset *asset;

    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        const char **ref = &b->file->asset_refs[b->file->auction.assets_n];

        if ((i > 0 && by_name(&names[i - 1], &names[i]) == 0) || !is_address(names[i]) ||
            auction_build_knows(b, names[i]))
            continue;
        TRY(auction_build_asset(&asset, b, at, names[i]));
        asset->decimals = COW_DECIMALS_UNKNOWN;
        if (doc_quote(ref, asset->name, b->arena) != ERR_OK)
            return doc_full(at);
    }
    return auction_build_seal(b, at);
}

enum err cow_token_of_key(uint32_t *asset, const struct auction_build *b,
                          const struct doc_at *member)
{
    return auction_build_find_name(asset, b, member, member->key);
}
