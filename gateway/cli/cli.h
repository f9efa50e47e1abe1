/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli -- the sluice command: what its verbs share.
 *
 * One verb is one function cmd_NAME in cmd_NAME.c and one row of CLI_VERBS. main.c makes the
 * struct cli, reads the options before the verb and calls the function with argv[0] = the verb.
 * A verb first calls cli_parse, prints what it has to say through out.h, every error through
 * fail.h, and returns an exit status. One thread.
 */
#ifndef SLUICE_CLI_CLI_H
#define SLUICE_CLI_CLI_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "gateway/cli/out.h"
#include "gateway/client/client.h"
#include "proto/wire_operator.h"
#include "solver/core/arena.h"
#include "solver/core/asset.h"
#include "solver/shell/config.h"

/* Exit statuses, the same for every verb. */
#define CLI_EXITS(X)                                                                               \
    X(OK, 0, "done; the answer is yes")                                                            \
    X(NO, 1, "done; the answer is no: refused, not filled, audit unsound, not valid, unhealthy")   \
    X(USAGE, 2, "the command line is wrong; nothing was done")                                     \
    X(UNREACHABLE, 3, "the service cannot be reached, or did not answer in time")                  \
    X(FILE, 4, "a file is missing, malformed or contradictory")                                    \
    X(FAILED, 5, "something else failed on this machine: a program, the disk, memory")

enum cli_exit {
#define X(name, status, text) CLI_##name = (status),
    CLI_EXITS(X)
#undef X
};

/* Columns: group of `sluice help`, name, one line. In the order of the help. */
#define CLI_VERBS(X)                                                                               \
    X(START, demo, "run everything on this machine and watch it work")                             \
    X(START, doctor, "check this installation and say what to mend")                               \
    X(START, explain, "expand an error code SLU-nnnn, or list them all")                           \
    X(START, version, "print the version of this build")                                           \
    X(START, help, "list the verbs, or print the manual of one")                                   \
    X(INTENTS, keygen, "make the key of an account")                                               \
    X(INTENTS, submit, "sign an intent and hand it in; --wait prints its receipt")                 \
    X(INTENTS, get, "read one intent with its receipt")                                            \
    X(INTENTS, cancel, "cancel one intent; the answer is definite")                                \
    X(INTENTS, watch, "follow what happens to your intents")                                       \
    X(INTENTS, balances, "what an account has, and what its open intents hold")                    \
    X(INTENTS, assets, "what can be traded, with marks")                                           \
    X(OPERATE, venues, "the venues as the leader sees them")                                       \
    X(OPERATE, batches, "the last settled batches: fills, surplus, gap")                           \
    X(OPERATE, inventory, "what the house owns in each domain")                                    \
    X(OPERATE, limits, "limits and their use; limits set NAME VALUE")                              \
    X(OPERATE, deposit, "record that an amount came in from outside")                              \
    X(OPERATE, withdraw, "record that an amount went out")                                         \
    X(OPERATE, transfer, "record that inventory moved between domains")                            \
    X(OPERATE, pause, "take no new intents; --send: send no legs either")                          \
    X(OPERATE, resume, "end a pause")                                                              \
    X(OPERATE, audit, "recompute every balance from the journal and compare")                      \
    X(OPERATE, metrics, "the counters of the gateway")                                             \
    X(FILES, solve, "route the orders of a file, with a certificate")                              \
    X(FILES, verify, "prove what solve printed")

enum cli_group { CLI_START, CLI_INTENTS, CLI_OPERATE, CLI_FILES };

struct cli {
    struct config config;
    struct out_style style; /* -o */
    const char *verb;       /* name of the running verb, for messages */
    struct arena arena;     /* whatever lives until the command ends */
    struct asset_table assets;
    bool assets_loaded;
    struct client *gateway; /* opened when first used, closed by cli_fini, like the next */
    struct client *op;
};

struct cli_verb {
    enum cli_group group;
    const char *name;
    const char *doc;
    int (*run)(struct cli *c, int argc, char **argv);
};

extern const struct cli_verb cli_verbs[]; /* ends with name == NULL */

/* NULL when there is none of that name. */
const struct cli_verb *cli_verb_get(const char *name);

/* Settings from defaults and environment. CLI_OK, or the error is printed. */
int cli_init(struct cli *c);
void cli_fini(struct cli *c);

/*
 * Parse the command line of a verb. The common options (-o, --dir, --config, ...) are added to
 * those of verb and may be mixed with them; verb->parser gets input as state->input. On a usage
 * error or --help argp prints and exits (CLI_USAGE or CLI_OK). Settings are complete afterwards.
 */
void cli_parse(struct cli *c, const struct argp *verb, void *input, int argc, char **argv);

/* The options before the verb; returns the index of the verb in argv, or argc when there is none. */
int cli_parse_front(struct cli *c, int argc, char **argv);

/* Load the asset registry once. CLI_OK, or the error is printed and its status returned. */
int cli_assets(struct cli *c);

/* The gateway's public socket. CLI_OK, or the error is printed and its status returned. */
int cli_gateway(struct client **out, struct cli *c);

/* Ask one operator verb. CLI_OK with *out until the next call; a refusal or a dead service is
 * printed and its status returned. */
int cli_operate(struct wire_op_answer *out, struct cli *c, const struct wire_op_request *request);

/* Print why an ask of the socket url gave err; returns the exit status. */
int cli_fail_ask(const struct cli *c, enum err err, const char *url);

/* Make the folders above a file, private ones. What fails shows when the file is made. */
void cli_make_folder(const char *file);

/* An amount for people: units with at most OUT_PLACES decimals; atoms of an unknown asset. */
const char *cli_units(char buf[OUT_NUMBER_TEXT], const struct cli *c, uint32_t asset,
                      struct amount a);

/* The symbol of an asset, or "#17" in buf when the registry does not know it. */
const char *cli_symbol(char buf[ASSET_SYMBOL_TEXT], const struct cli *c, uint32_t asset);

#define X(group, name, doc) int cmd_##name(struct cli *c, int argc, char **argv);
CLI_VERBS(X)
#undef X

#endif
