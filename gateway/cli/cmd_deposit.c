/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/known.h"
#include "gateway/cli/move.h"
#include "gateway/client/keyfile.h"

struct deposit {
    struct move move;
    const char *key;
    const char *owner_key;
};

enum { KEY_OWNER_KEY = 300 };

static const struct argp_option options[] = {
    { "owner-key", KEY_OWNER_KEY, "HEX", 0, "public key that the account belongs to", 1 },
    { "key", 'k', "FILE", 0, "take it from a key file (default: DIR/keys/ACCOUNT.key)", 1 },
    MOVE_OPTIONS,
    { 0 },
};

static error_t deposit_parse(int key, char *arg, struct argp_state *state)
{
    struct deposit *d = state->input;

    if (key == KEY_OWNER_KEY)
        d->owner_key = arg;
    else if (key == 'k')
        d->key = arg;
    else
        return move_option(&d->move, key, arg, state);
    return 0;
}

/* The key of a user: as given, or of the account's key file when there is one. */
static int take_key(struct sign_key *key, const struct cli *c, const struct deposit *d,
                    const char *owner)
{
    char path[CONFIG_TEXT_MAX];
    struct sign_secret secret;

    memset(key, 0, sizeof *key);
    if (strncmp(owner, "user:", 5) != 0)
        return CLI_OK;
    if (d->owner_key != NULL) {
        if (hex_parse(key->bytes, SIGN_KEY_BYTES, d->owner_key, strlen(d->owner_key)) != ERR_OK)
            return fail(c, FAIL_NAME, "--owner-key", "a public key is 64 hex digits");
        return CLI_OK;
    }
    ask_key_path(path, c, owner + 5);
    const char *file = d->key != NULL ? d->key : path;
    enum err err = keyfile_read(key, &secret, file);
    sign_wipe(&secret);
    if (err == ERR_OK || (err == ERR_NOT_FOUND && d->key == NULL))
        return CLI_OK;
    return fail(c, FAIL_KEY_FILE, file, "the key file cannot be used: %s", err_text(err));
}

int cmd_deposit(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        deposit_parse,
        "OWNER AMOUNT SYMBOL",
        "Record that an amount came in from outside.\v"
        "OWNER is user:ACCOUNT (or just ACCOUNT) or inv:DOMAIN, the house's own inventory. The "
        "first deposit of an account makes it and binds it to a key.\n\n"
        "  sluice keygen alice && sluice deposit alice 10 ETH\n"
        "  sluice deposit inv:home 50000 USDC",
        NULL,
        NULL,
        NULL,
    };
    struct wire_op_request request = { .kind = WIRE_OP_DEPOSIT };
    struct deposit d = { .move = { .owners_n = 1 } };
    const struct asset *asset = NULL;
    char owner[MOVE_OWNER_TEXT];

    cli_parse(c, &argp, &d, argc, argv);
    int status = move_owner(owner, c, d.move.words[0]);
    if (status == CLI_OK)
        status = take_key(&request.as.deposit.key, c, &d, owner);
    if (status == CLI_OK)
        status = move_read(&request.as.deposit.ref, &asset, &request.as.deposit.amount, c, &d.move);
    if (status == CLI_OK && strncmp(owner, "inv:", 4) == 0)
        status = known_domain(c, owner + 4);
    if (status != CLI_OK)
        return status;
    request.as.deposit.owner = owner;
    request.as.deposit.asset = asset->id;
    return move_send(c, &request,
                     &(struct move_what){ "deposited", owner, NULL, request.as.deposit.ref, asset,
                                          request.as.deposit.amount });
}
