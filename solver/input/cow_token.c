/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/input/cow_token.h"

#include <string.h>

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

enum err cow_token_of_key(uint32_t *asset, const struct auction_build *b,
                          const struct doc_at *member)
{
    return auction_build_find_name(asset, b, member, member->key);
}
