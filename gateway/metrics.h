/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics -- the counters of a gateway process, as one table.
 *
 * Every thread adds; an operator reads. Relaxed atomics: a reading is a sum of what had happened,
 * not a snapshot of one instant. Counters start at zero with the process; rows called a gauge go
 * up and down.
 */
#ifndef SLUICE_GATEWAY_METRICS_H
#define SLUICE_GATEWAY_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#define METRICS(X)                                                                                 \
    X(requests, "messages that arrived at the public sockets")                                     \
    X(requests_refused, "messages refused as a whole: malformed, too large, other version")        \
    X(envelopes_refused, "envelopes refused as a whole, most often for their signature")           \
    X(items, "intents, cancels and reads that were asked for")                                     \
    X(items_refused, "items answered with a reject of any kind")                                   \
    X(accepted, "intents answered ACCEPTED or with their later state; resends count again")        \
    X(overloaded, "requests refused because a queue or the table of watchers was full")            \
    X(not_ready, "requests refused because the store was known to be away")                        \
    X(retry, "requests whose outcome was unknown when the store failed")                           \
    X(groups, "rounds of the ledger thread that carried calls of requests")                        \
    X(calls, "ledger calls in those rounds")                                                       \
    X(store_failures, "rounds that ended without an answer of the store")                          \
    X(expired, "intents that sweeps of this gateway closed at their deadline")                     \
    X(watches, "watch requests answered")                                                          \
    X(watchers, "gauge: watch requests parked now")                                                \
    X(event_newest, "gauge: sequence of the newest event known here")                              \
    X(operator_requests, "messages that arrived at the operator socket")                           \
    X(operator_refused, "connections to the operator socket by another user, closed")

enum metric {
#define X(name, doc) METRIC_##name,
    METRICS(X)
#undef X
        METRIC_N
};

struct metrics {
    _Atomic uint64_t value[METRIC_N];
};

void metrics_add(struct metrics *m, enum metric which, uint64_t n);
void metrics_set(struct metrics *m, enum metric which, uint64_t value);
uint64_t metrics_get(struct metrics *m, enum metric which);

const char *metrics_name(enum metric which); /* static */
const char *metrics_doc(enum metric which);  /* static */

#endif
