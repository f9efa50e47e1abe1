/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reject -- business outcomes: why an item was not accepted, not cancelled, not planned.
 *
 * Data in answers and receipts, never an operating error (err.h). Ordered by precedence: when
 * several apply the first one is reported. SLU-nnnn codes are stable; sluice explain expands them.
 * Columns: name, code, transient (the same request may succeed later), text.
 */
#ifndef SLUICE_CORE_REJECT_H
#define SLUICE_CORE_REJECT_H

#include <stdbool.h>

#define REJECT_MAP(X)                                                                              \
    X(NONE, 0, false, "accepted")                                                                  \
    X(MALFORMED, 1001, false, "the message is not a well-formed request")                          \
    X(TOO_LARGE, 1002, false, "the message or one of its counts exceeds a limit")                  \
    X(VERSION, 1003, false, "the request's version is not spoken here")                            \
    X(OVERLOADED, 1101, true, "a queue is full; repeat the same id later")                         \
    X(RETRY, 1102, true, "the outcome is not known yet; repeat the same id to learn it")           \
    X(NOT_READY, 1103, true, "the service is starting or its store is not reachable")              \
    X(PAUSED, 1104, true, "an operator paused new intents")                                        \
    X(SIGNATURE, 1201, false, "the signature does not match the payload and key")                  \
    X(FOREIGN_ACCOUNT, 1202, false, "the key does not own this account")                           \
    X(UNKNOWN_ACCOUNT, 1203, false, "no such account; its first deposit binds it to a key")        \
    X(FORBIDDEN, 1204, false, "only an operator may do this")                                      \
    X(ID_CONFLICT, 1301, false, "this id was used before with other content")                      \
    X(UNKNOWN_ASSET, 1302, false, "no such asset")                                                 \
    X(SAME_ASSET, 1303, false, "sell and buy asset are the same")                                  \
    X(ZERO_AMOUNT, 1304, false, "an amount is zero")                                               \
    X(AMOUNT_RANGE, 1305, false, "an amount exceeds what the service can carry")                   \
    X(EXPIRED, 1306, false, "the deadline has passed")                                             \
    X(DEADLINE_FAR, 1307, false, "the deadline is more than 24 h ahead")                           \
    X(COLLAR, 1308, false, "the limit is worse for the signer than the mark by more than allowed") \
    X(BALANCE, 1309, true, "not enough available balance")                                         \
    X(LIMIT, 1310, true, "a configured limit would be exceeded")                                   \
    X(UNKNOWN_ID, 1401, false, "no such id")                                                       \
    X(TOO_LATE, 1402, false, "already final; the receipt tells how it ended")                      \
    X(IN_BATCH, 1403, true, "in a batch being executed; the rest is cancelled when it settles")    \
    X(CANCELLED, 1404, false, "cancelled before")                                                  \
    X(FENCE, 1501, false, "a newer leader holds the lease")                                        \
    X(STATE, 1502, false, "the object is not in a state that allows this")                         \
    X(STALE, 1503, true, "the curve is older than its time to live")                               \
    X(UNBALANCED, 1504, false, "the entry does not conserve every asset")                          \
    X(UNKNOWN_NAME, 1505, false, "no such limit, venue or domain")                                 \
    X(HELLO_FIRST, 1506, true, "no solver said Hello to this venue since it started")

enum reject {
#define X(name, code, transient, text) REJECT_##name,
    REJECT_MAP(X)
#undef X
};

const char *reject_name(enum reject r); /* e.g. "BALANCE", static */
const char *reject_text(enum reject r); /* a sentence, static */
int reject_code(enum reject r);         /* the number of SLU-nnnn; 0 for NONE */
bool reject_transient(enum reject r);

#endif
