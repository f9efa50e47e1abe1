/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ask -- what the verbs of an account share: who signs, asking again with the same ids, and
 * following an intent to its end.
 */
#ifndef SLUICE_CLI_ASK_H
#define SLUICE_CLI_ASK_H

#include "gateway/cli/cli.h"
#include "gateway/client/client.h"

#define ASK_ACCOUNT "alice" /* without --account and SLUICE_ACCOUNT */

struct ask_who {
    const char *account; /* --account; NULL: $SLUICE_ACCOUNT, else ASK_ACCOUNT */
    const char *key;     /* --key; NULL: <dir>/keys/<account>.key */
};

/* A verb lists ASK_OPTIONS among its options and gives every key first to ask_option. */
error_t ask_option(struct ask_who *who, int key, char *arg);
#define ASK_OPTIONS                                                                                \
    { "account", 'A', "NAME", 0, "whose intents (default: $SLUICE_ACCOUNT, else alice)", 8 },      \
    {                                                                                              \
        "key", 'k', "FILE", 0, "key file (default: DIR/keys/NAME.key)", 8                          \
    }

/* path = the key file of an account in the state directory. */
void ask_key_path(char path[CONFIG_TEXT_MAX], const struct cli *c, const char *account);

/* Read the key of an account. CLI_OK, or the error is printed and its status returned. */
int ask_signer(struct client_signer *out, const struct cli *c, const struct ask_who *who);

/*
 * Ask for one item. Transient answers of an overloaded or starting service are asked again with
 * the same bytes for a while. CLI_OK with *out until the next call; else the error is printed.
 */
int ask_item(struct wire_item_answer *out, struct cli *c, const struct client_signer *who,
             const struct wire_item *item);

/* The newest event now, as a start for ask_follow. */
int ask_newest(uint64_t *out, struct cli *c, const struct client_signer *who);

/* Read one intent. */
int ask_get(struct wire_item_answer *out, struct cli *c, const struct client_signer *who,
            struct id id);

/* Wait until the intent is terminal, woken by its events; progress on a terminal's stderr. */
int ask_follow(struct wire_item_answer *out, struct cli *c, const struct client_signer *who,
               struct id id, uint64_t after);

#endif
