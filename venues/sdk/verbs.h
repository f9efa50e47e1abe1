/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs -- what a venue answers: a decoded request in, a packed answer out. No sockets here.
 *
 * The rules that hold for every adapter stand in this file:
 *   hello       nothing but Snapshot is answered before a solver with the same registry said Hello
 *               to this process: that the store is new must be heard before "never seen" is
 *   fence       Submit and Void below the highest fence do nothing and are answered FENCE; higher
 *               fences are remembered before anything else happens
 *   idempotency a leg id that was seen is answered from the store, whatever comes with it the
 *               second time; other content under a known id refuses the whole message
 *   tombstone   Void of an unseen id is remembered, and a later Submit of it finds it voided
 *   atomic      a group with a leg that is known already while others are not executes nothing
 *   forgetting  a leg that ended is kept for VERBS_KEEP_S by the calendar, and for VERBS_ASK_NS in
 *               which the leader of the last Hello was there: by then it has asked about all that is
 *               open in its ledger
 *   one fsync   everything a request changes is one transaction; the answer leaves after it
 * One thread, the adapter's.
 */
#ifndef SLUICE_VENUES_SDK_VERBS_H
#define SLUICE_VENUES_SDK_VERBS_H

#include <stdbool.h>

#include "proto/wire_venue.h"
#include "solver/core/arena.h"
#include "solver/core/err.h"
#include "solver/core/id.h"
#include "solver/core/port.h"
#include "solver/core/reject.h"
#include "venues/sdk/adapter.h"
#include "venues/sdk/leg_store.h"
#include "venues/sdk/pages.h"

#define VERBS_KEEP_S (7 * INT64_C(86400))
#define VERBS_ASK_NS (600 * UINT64_C(1000000000))
#define VERBS_PRUNE_MAX 256 /* legs at once: no less than a request brings */

struct verbs {
    const struct venue_adapter *adapter;
    void *self; /* of the adapter */
    struct leg_store *store;
    struct digest assets; /* of the registry in use */
    const char *build;
    struct arena arena; /* of one request */
    struct pages pages;
    bool greeted; /* a solver with the same registry said Hello to this process */
    struct clock_port clock;
    uint64_t ended;    /* number of the last leg that had ended ... */
    uint64_t ended_ns; /* ... then: at the last Hello, or VERBS_ASK_NS after the look before */
    uint64_t asked;    /* legs up to this number the leader has asked about, if it ever will */
};

void verbs_init(struct verbs *v, const struct venue_adapter *adapter, void *self,
                const struct adapter_setup *setup);
void verbs_fini(struct verbs *v);

/*
 * Answer a request. Whatever goes wrong becomes an answer with a code.
 *
 * in      wait  may a Quotes request without news wait? Then nothing is packed, and
 *         ERR_AGAIN is returned; ask again after a change, or with wait = false
 * errors  ERR_AGAIN; any other: not even an error could be packed, drop the request
 */
MUST_USE enum err verbs_answer(struct wire_bytes *out, struct verbs *v,
                               const struct wire_venue_request *request, bool wait);

/* An answer that carries nothing but a code and a text (NULL: the code's own). */
MUST_USE enum err verbs_refuse(struct wire_bytes *out, enum reject code, const char *text);

#endif
