/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config -- every setting of every process, as two tables.
 *
 * One row is field, default, range, unit and text; from it come the struct, the INI file (inih),
 * the environment (SLUICE_<FIELD>), `--set field=value` and docs/config.md. Later sources win:
 * default, file, environment, command line. A struct config is a plain value, read-only after
 * start. Unknown names, bad numbers and values out of range are refused with their place.
 */
#ifndef SLUICE_SHELL_CONFIG_H
#define SLUICE_SHELL_CONFIG_H

#include <argp.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/core/err.h"

#define CONFIG_TEXT_MAX 1024

/* Columns: field, default, smallest, largest, unit, text. */
#define CONFIG_NUMBERS(X)                                                                          \
    X(batch_ms, 250, 1, 60000, "ms", "time between two batches; an idle book waits this long")     \
    X(batch_intents_max, 4096, 1, 4096, "intents",                                                 \
      "most open intents looked at by one batch; the next one goes on behind them")                \
    X(solve_budget_ms, 1500, 1, 60000, "ms", "the best certified incumbent so far is taken then")  \
    X(worker_hang_ms, 5000, 100, 600000, "ms",                                                     \
      "a worker silent for so long is ended and replaced")                                         \
    X(lease_ms, 1500, 200, 60000, "ms", "leader lease; a standby takes over after it")             \
    X(buyback_house_value, 10000000, 0, 1000000000000, "micro-units",                              \
      "the most that the house may lose, at the marks, to pay what an uncovered pot lacks")        \
    X(leg_timeout_ms, 2000, 10, 600000, "ms", "an unanswered leg is UNKNOWN and queried after it") \
    X(quote_wait_ms, 1000, 10, 10000, "ms", "long poll of a venue's curves")                       \
    X(tolerance_ppt, 1000, 1, 1000000000, "1e-12", "relative optimality gap the engine stops at")  \
    X(pivots_max, 150000, 100, 4000000000, "pivots", "simplex work per auction")                   \
    X(rounds_max, 2000, 1, 100000, "rounds", "price rounds and column generations per auction")    \
    X(plan_items_max, 256, 2, 256, "items", "legs and fills of one plan")                          \
    X(record_files, 1000, 1, 1000000, "files", "recorded auctions kept in the ring")               \
    X(collar_ppm, 200000, 0, 1000000, "ppm",                                                       \
      "a limit may be worse for the signer than the mark by this")                                 \
    X(expire_ms, 200, 10, 60000, "ms", "time between two sweeps of passed deadlines")              \
    X(contexts, 64, 1, 1024, "contexts", "requests a gateway works on at a time")                  \
    X(queue_max, 4096, 1, 1000000, "calls", "ledger calls waiting; above it OVERLOADED")           \
    X(watchers_max, 1024, 1, 100000, "watchers", "parked watch requests")                          \
    X(redis_timeout_ms, 2000, 50, 60000, "ms", "a ledger call without answer is retried after it") \
    X(retain_s, 86400, 0, 31536000, "s", "closed intents stay readable for")                       \
    X(seed, 0, 0, 18446744073709551615u, "", "0: random ids and walks; else repeatable")

/* Columns: field, is a comma-separated list, default, text. Relative paths are taken from the working
 * directory. */
#define CONFIG_TEXTS(X)                                                                            \
    X(dir, false, "build/state", "state directory: sockets, keys, Redis files, venue stores")      \
    X(redis, false, "", "unix:PATH or tcp:HOST:PORT; empty: unix:<dir>/redis.sock")                \
    X(assets, false, "venues/markets/assets.json", "the asset registry")                           \
    X(listen, true, "", "public nng URLs, comma separated; empty: ipc://<dir>/gateway.ipc")        \
    X(operator_url, false, "", "operator nng URL; empty: ipc://<dir>/operator.ipc")                \
    X(publish_url, false, "", "event hints, nng PUB; empty: ipc://<dir>/events.ipc")               \
    X(venues, true, "", "venue nng URLs, comma separated")                                         \
    X(worker, false, "", "engine program; empty: sluice-engine beside the running program")        \
    X(record, false, "", "directory of recorded auctions and solutions; empty: none")              \
    X(name, false, "leader", "name of this process in leases and logs")

struct config {
#define X(field, def, lo, hi, unit, text) uint64_t field;
    CONFIG_NUMBERS(X)
#undef X
#define X(field, list, def, text) char field[CONFIG_TEXT_MAX];
    CONFIG_TEXTS(X)
#undef X
};

void config_init(struct config *c);

/*
 * Take one "field=value". On error a sentence is written to why[why_n].
 * errors  ERR_NOT_FOUND no such field; ERR_INVALID not a number, or out of range, or too long
 */
MUST_USE enum err config_set(struct config *c, const char *field, const char *value, char *why,
                             size_t why_n);

/* Read an INI file of field = value lines; why names file and line. */
MUST_USE enum err config_read(struct config *c, const char *path, char *why, size_t why_n);

/* Take SLUICE_<FIELD> for every field. */
MUST_USE enum err config_env(struct config *c, char *why, size_t why_n);

/*
 * Replace the empty defaults that depend on dir and on the running program's own folder. A relative
 * assets that the working directory does not have is looked for in the source tree or the
 * installation that holds the program.
 */
void config_derive(struct config *c);

/* Exit status of a --config FILE that cannot be used, as in the sluice command. */
#define CONFIG_EXIT_FILE 4

/* Child parser for argp: --config FILE, --set FIELD=VALUE, --dir, --redis, --assets, --listen,
 * --venues, --record, --name. input is a struct config * that config_init and config_env filled. */
extern const struct argp config_argp;

/* The reference page docs/config.md, as text on stdout. */
void config_print_reference(void);

#endif
