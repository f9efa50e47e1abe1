/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * move -- what deposit, withdraw and transfer share: their arguments, the id that makes a movement
 * happen once, and what they print.
 */
#ifndef SLUICE_CLI_MOVE_H
#define SLUICE_CLI_MOVE_H

#include "gateway/cli/cli.h"
#include "gateway/cli/words.h"

#define MOVE_OWNER_TEXT (NAME_TEXT + 8)

enum { MOVE_KEY_ID = 400 };

struct move {
    const char *words[4]; /* owners, then AMOUNT and SYMBOL */
    int words_n;
    int owners_n; /* 1 or 2 */
    const char *id;
};

#define MOVE_OPTIONS                                                                               \
    {                                                                                              \
        "id", MOVE_KEY_ID, "HEX", 0, "id of an earlier try: nothing happens twice", 4              \
    }

/* Every key of argp that a verb does not know itself. */
error_t move_option(struct move *m, int key, char *arg, struct argp_state *state);

/* Read id, amount and asset. CLI_OK, or the error is printed. */
int move_read(struct id *ref, const struct asset **asset, struct amount *amount, struct cli *c,
              const struct move *m);

/* "alice" and "user:alice" are a user, "inv:home" is inventory. */
int move_owner(char owner[MOVE_OWNER_TEXT], const struct cli *c, const char *word);

/* What is printed of a movement. */
struct move_what {
    const char *verb; /* "deposited" */
    const char *owner;
    const char *to; /* NULL: outside */
    struct id ref;
    const struct asset *asset;
    struct amount amount;
};

/* Print the id, send it and say what was done. */
int move_send(struct cli *c, const struct wire_op_request *request, const struct move_what *what);

#endif
