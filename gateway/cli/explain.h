/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain -- every SLU-nnnn code: what it says, why it happens, what to do.
 *
 * 1001..1599 are answers of the service (core/reject.h has their code and text); 2001.. are errors
 * of the command itself. Both tables feed fail.h, `sluice explain` and docs/errors.md.
 */
#ifndef SLUICE_CLI_EXPLAIN_H
#define SLUICE_CLI_EXPLAIN_H

#include <stddef.h>
#include <stdint.h>

/* Columns: reject, why, what to do. */
#define EXPLAIN_REJECTS(X)                                                                         \
    X(MALFORMED,                                                                                   \
      "The bytes are not a request of this protocol: truncated, an unknown field, a wrong width, " \
      "or an enumeration value out of range.",                                                     \
      "Check client and service have the same version (sluice version); docs/protocol.md has "     \
      "every field with a hex example")                                                            \
    X(TOO_LARGE, "One message carries at most 128 KiB, 256 items and four levels of nesting.",     \
      "Send the items in several requests; ids make that safe")                                    \
    X(VERSION, "Every request carries the version of the protocol, and the service speaks 1.",     \
      "Use a client of the same release as the service")                                           \
    X(OVERLOADED,                                                                                  \
      "Requests arrive faster than the ledger can make them durable, and a full queue answers "    \
      "at once instead of letting everybody wait. Or Redis is at its maxmemory: then nothing new " \
      "is taken until there is room.",                                                             \
      "Repeat with the same id after a moment; when it says that Redis is full, raise maxmemory")  \
    X(RETRY,                                                                                       \
      "The ledger did not answer in time, so nobody knows yet whether the item was taken. It is "  \
      "not refused.",                                                                              \
      "Repeat with the same id: it is taken once, and the stored answer comes back")               \
    X(NOT_READY,                                                                                   \
      "The gateway runs but its Redis cannot be reached, is loading, or is set up too weakly.",    \
      "Run sluice doctor; repeat with the same id when it is well")                                \
    X(PAUSED, "An operator stopped the acceptance of new intents. Cancels and reads still work.",  \
      "Wait, or, as operator: sluice resume")                                                      \
    X(SIGNATURE,                                                                                   \
      "The ed25519 signature must cover the domain tag sluice/v1/intent, a zero byte and exactly " \
      "the payload bytes as sent.",                                                                \
      "Sign the raw payload, never a re-encoding; check the key file with sluice keygen --show")   \
    X(FOREIGN_ACCOUNT,                                                                             \
      "An account belongs to the key of its first deposit, and this payload is signed by "         \
      "another one.",                                                                              \
      "Use the key file of that account (--key), or another account name (--account)")             \
    X(UNKNOWN_ACCOUNT,                                                                             \
      "Accounts come into being with their first deposit, which names their key.",                 \
      "Ask the operator for a deposit: sluice deposit user:NAME AMOUNT SYMBOL --owner-key HEX")    \
    X(FORBIDDEN,                                                                                   \
      "This verb moves money or settings of the house and is served on the operator "              \
      "socket only.",                                                                              \
      "Run it as the user who runs the gateway")                                                   \
    X(ID_CONFLICT,                                                                                 \
      "An id names one intent for ever. The same id came with other content than before.",         \
      "Use a new random id for a new intent; sluice get ID shows what the id stands for")          \
    X(UNKNOWN_ASSET, "Assets are numbered in the registry that every process reads at start.",     \
      "Check the symbol with sluice assets, or the file given by --assets")                        \
    X(SAME_ASSET, "There is nothing to exchange.", "Name two different assets")                    \
    X(ZERO_AMOUNT, "Both amounts of an intent are at least one atom.",                             \
      "Give amounts above zero; an amount below the asset's smallest unit is zero")                \
    X(AMOUNT_RANGE, "Amounts, and sums of amounts in one account, end at 2^128 - 1 atoms.",        \
      "Split the amount")                                                                          \
    X(EXPIRED, "The deadline of an intent is part of what is signed, and its time is over.",       \
      "Sign a new intent with a later deadline (--in 30s); check this machine's clock")            \
    X(DEADLINE_FAR, "Funds are held until the deadline, so it may lie at most 24 hours ahead.",    \
      "Use a nearer deadline (--in 24h at most)")                                                  \
    X(COLLAR,                                                                                      \
      "The limit gives away much more than the mark says the asset is worth: most often a typing " \
      "error. The collar protects the signer only; ambitious limits are accepted and rest.",       \
      "Check both amounts and their assets; the setting collar_ppm is the width of the collar")    \
    X(BALANCE,                                                                                     \
      "The sell amount (for exact-buy the most that may be paid) is held when an intent is "       \
      "accepted, and the available balance is smaller.",                                           \
      "See sluice balances; cancel an open intent, sell less, or ask the operator for a deposit")  \
    X(LIMIT, "An operator's limit on inventory, on amounts in flight or on held amounts is full.", \
      "See sluice limits; wait until something settles, or ask the operator to widen the limit")   \
    X(UNKNOWN_ID, "No intent of this account has this id, or it was forgotten after retain_s.",    \
      "Check the id; it is the 32 hex digits that submit printed")                                 \
    X(TOO_LATE, "The intent reached its end before the cancel came. Nothing was changed.",         \
      "Read the receipt with sluice get ID")                                                       \
    X(IN_BATCH,                                                                                    \
      "The intent is part of a batch that is being executed. No later batch takes it, and what "   \
      "is not filled is cancelled as soon as this one settles.",                                   \
      "Nothing; sluice get ID shows the end")                                                      \
    X(CANCELLED, "A cancel for this id came first, and a cancel beats a late arrival.",            \
      "Use a new id for a new intent")                                                             \
    X(FENCE, "Another process became leader; the old one may not touch the ledger any more.",      \
      "Nothing: the new leader goes on. If it repeats, two deployments share one Redis")           \
    X(STATE, "The step does not exist from the state that the object is in.",                      \
      "Read the object again; docs/flow.md has the states")                                        \
    X(STALE, "A curve older than its time to live is never used.",                                 \
      "See the ages in sluice venues; a venue that is slow for good needs a longer time to live")  \
    X(UNBALANCED, "Every journal entry sums to zero for each asset, and this one would not.",      \
      "This is a bug: keep the state directory and report it")                                     \
    X(UNKNOWN_NAME, "There is no limit, venue or domain of this name.",                            \
      "See sluice limits and sluice venues for the names")                                         \
    X(HELLO_FIRST,                                                                                 \
      "A venue that started again answers about legs only after a Hello, which says "              \
      "whether its store is still there.",                                                         \
      "Nothing: the leader says Hello again by itself")

/* Columns: name, code, exit status, text, why, what to do. */
#define EXPLAIN_FAILS(X)                                                                           \
    X(USAGE, 2001, CLI_USAGE, "the command line is wrong",                                         \
      "An option, a verb or an argument is unknown, missing or one too many.",                     \
      "See sluice help VERB")                                                                      \
    X(AMOUNT, 2002, CLI_USAGE, "not an amount",                                                    \
      "Amounts are plain decimals in whole units of their asset, with no more places than the "    \
      "asset has: 1.5 ETH, 4500 USDC. No sign, no exponent, no separators.",                       \
      "Write the amount as a plain decimal, then the symbol: 1.5 ETH")                             \
    X(SYMBOL, 2003, CLI_USAGE, "no such asset",                                                    \
      "Symbols are those of the asset registry, as spelled there.",                                \
      "See the symbols with sluice assets, or name another registry with --assets FILE")           \
    X(NAME, 2004, CLI_USAGE, "not a name",                                                         \
      "Accounts, domains and venues are named by 1 to 32 of a-z 0-9 . _ - and start with a "       \
      "letter or digit. Ids are 32 hex digits.",                                                   \
      "Correct the spelling")                                                                      \
    X(TIME, 2005, CLI_USAGE, "not a time",                                                         \
      "Times are whole numbers with a unit: 500ms, 30s, 5m, 2h; at most 24 h.",                    \
      "Write it like 30s")                                                                         \
    X(LIMIT_NAME, 2006, CLI_USAGE, "not a limit",                                                  \
      "A limit is named KIND:SUBJECT:SYMBOL and has a most, or LEAST..MOST for inventory.",        \
      "See sluice limits --help for the kinds, sluice limits for those that are set")              \
    X(UNTIL, 2007, CLI_USAGE, "not a moment",                                                      \
      "--until takes the deadline as unix time in milliseconds, as submit prints it, so that the " \
      "same signed bytes can be sent again.",                                                      \
      "Copy the number that submit printed, or use --in 30s")                                      \
    X(ADDRESS, 2008, CLI_USAGE, "not an address of Redis",                                         \
      "The ledger listens at unix:PATH or tcp:HOST:PORT.",                                         \
      "Write it like unix:/run/sluice/redis.sock or tcp:127.0.0.1:6379")                           \
    X(UNREACHABLE, 2101, CLI_UNREACHABLE, "the service does not answer",                           \
      "Nothing listens on that socket, or it did not answer in time. What was sent may have been " \
      "taken: the id tells.",                                                                      \
      "Is it running? Try sluice doctor, or start everything with sluice demo; --dir DIR names "   \
      "another state directory")                                                                   \
    X(ANSWER, 2102, CLI_UNREACHABLE, "the service's answer cannot be read",                        \
      "The bytes that came back are not an answer of this protocol version.",                      \
      "Use a command of the same release as the service (sluice version)")                         \
    X(FILE, 2201, CLI_FILE, "a file cannot be used",                                               \
      "It is missing, unreadable, malformed, or contradicts itself; the message has the place.",   \
      "Correct the file at the place named")                                                       \
    X(KEY_FILE, 2202, CLI_FILE, "the key file cannot be used",                                     \
      "A key file holds the 64 hex digits of a seed, belongs to you, and only you may read it "    \
      "(mode 0600).",                                                                              \
      "Make one with sluice keygen, or protect it with chmod 600")                                 \
    X(EXISTS, 2203, CLI_FILE, "the file exists already",                                           \
      "A key is never overwritten: the account that it owns would be lost.",                       \
      "Choose another name, or remove the file yourself")                                          \
    X(NOT_FILLED, 2301, CLI_NO, "the intent ended without being filled completely",                \
      "Its deadline passed or it was cancelled before the market reached its limit. Nothing was "  \
      "lost: what was not used is available again.",                                               \
      "Look at the marks with sluice assets, give it a better limit, or more time (--in)")         \
    X(UNSOUND, 2302, CLI_NO, "the audit found a difference",                                       \
      "The balances do not follow from the journal, or owned and world do not sum to zero.",       \
      "Run sluice pause, keep the state directory, and report it")                                 \
    X(UNHEALTHY, 2303, CLI_NO, "something is not as it should be",                                 \
      "At least one check of sluice doctor failed; each line says what it needs.",                 \
      "Mend the lines marked FAIL")                                                                \
    X(NOT_VALID, 2304, CLI_NO, "the result is not valid for its input",                            \
      "Amounts, limits or venue arithmetic do not hold when they are computed again.",             \
      "Each line names the rule and the place")                                                    \
    X(PROGRAM, 2401, CLI_FAILED, "a program cannot be started",                                    \
      "The demo runs sluice-gateway, sluice-solver, sluice-engine and sluice-venue from the "      \
      "folder of the running program, and redis-server from PATH.",                                \
      "Build everything with ./dev build, and install redis-server")                               \
    X(BUSY, 2402, CLI_FAILED, "the state directory is in use",                                     \
      "One demo at a time uses a state directory, and it never touches one that it did not make.", \
      "End the other demo, or use another directory with --dir DIR")                               \
    X(START, 2403, CLI_FAILED, "the service did not become ready",                                 \
      "A process of the demo keeps ending or does not answer.",                                    \
      "Read demo.log in the state directory: each process wrote there why it ended")               \
    X(REDIS, 2404, CLI_FAILED, "the Redis server cannot be used",                                  \
      "It does not answer, or its version, settings or Functions are not those that the ledger "   \
      "needs; without --redis the demo starts a server of its own.",                               \
      "Start it with the settings of docs/ledger.md, or leave --redis out")                        \
    X(OUTPUT, 2501, CLI_FAILED, "the output cannot be written",                                    \
      "The disk is full, or the reader of a pipe went away.", "Make room and repeat")

struct explain {
    uint32_t code;
    int status;       /* exit status of the sluice command */
    const char *name; /* e.g. "BALANCE" */
    const char *text;
    const char *why;
    const char *todo;
};

extern const struct explain explain_table[]; /* by rising code; ends with code 0 */

/* NULL for a code that is not in the table. */
const struct explain *explain_get(uint32_t code);

/* The whole table as the page docs/errors.md, on stdout. */
void explain_print_page(void);

#endif
