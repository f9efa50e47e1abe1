/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/bot_state.h"

#include <stdio.h>
#include <string.h>

#include "gateway/cli/ask.h"
#include "gateway/client/keyfile.h"
#include "solver/core/hash.h"

#define USD UINT64_C(1000000)      /* micro-units */
#define BOT_VALUE (2000000 * USD)  /* of each asset, for each bot */
#define HOUSE_VALUE (250000 * USD) /* of each asset, inventory of domain home */
#define GUEST_VALUE (50000 * USD)  /* of the first GUEST_ASSETS assets, for the person watching */
#define GUEST_ASSETS 6

/* The id follows from what is deposited, so it happens once in the life of a state directory. */
static struct id ref_of(const char *owner, uint32_t asset)
{
    struct hash h;

    hash_init(&h, "sluice/demo/deposit");
    hash_bytes(&h, owner, strlen(owner));
    hash_u64(&h, asset);
    return hash_id(&h);
}

static enum err deposit(struct bot *b, const char *owner, const struct sign_key *key,
                        const struct asset *asset, uint64_t micro)
{
    struct wire_op_request request = { .kind = WIRE_OP_DEPOSIT };
    struct wire_op_money *d = &request.as.deposit;
    struct wire_op_answer answer;

    *d = (struct wire_op_money){ .ref = ref_of(owner, asset->id),
                                 .owner = owner,
                                 .asset = asset->id };
    if (key != NULL)
        d->key = *key;
    TRY(trade_atoms(&d->amount, asset, micro));
    if (!bot_operate(&answer, b, &request))
        return ERR_TIMEOUT;
    if (answer.code != 0)
        bot_refused(b, answer.code);
    return ERR_OK;
}

static enum err fund(struct bot *b, const char *owner, const struct sign_key *key, uint64_t micro,
                     size_t assets_n)
{
    for (size_t i = 0; i < assets_n && i < b->trade.n; i++)
        TRY(deposit(b, owner, key, b->trade.assets[i], micro));
    return ERR_OK;
}

/* The key of an account in the state directory; made when absent. */
static enum err key_of(struct sign_key *key, struct sign_secret *secret, const struct bot *b,
                       const char *account)
{
    char path[CONFIG_TEXT_MAX];

    snprintf(path, sizeof path, "%.900s/keys/%.40s.key", b->options.config->dir, account);
    enum err err = keyfile_read(key, secret, path);
    return err == ERR_NOT_FOUND ? keyfile_make(key, secret, path) : err;
}

static enum err fund_guest(struct bot *b)
{
    struct sign_secret secret;
    struct sign_key key;

    TRY(key_of(&key, &secret, b, ASK_ACCOUNT));
    sign_wipe(&secret);
    return fund(b, "user:" ASK_ACCOUNT, &key, GUEST_VALUE, GUEST_ASSETS);
}

enum err bot_fund(struct bot *b)
{
    for (uint32_t i = 0; i < BOT_ACCOUNTS; i++) {
        struct client_signer *who = &b->who[i];
        char owner[NAME_TEXT + 8];
        snprintf(owner, sizeof owner, "user:bot-%u", i + 1);
        TRY(name_parse(&who->account, owner + 5, strlen(owner + 5)));
        TRY(key_of(&who->key, &who->secret, b, who->account.text));
        TRY(fund(b, owner, &who->key, BOT_VALUE, b->trade.n));
    }
    TRY(fund(b, "inv:home", NULL, HOUSE_VALUE, b->trade.n));
    return fund_guest(b);
}
