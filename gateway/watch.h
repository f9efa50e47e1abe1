/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * watch -- parked long polls, and the one feed of events that serves them all.
 *
 * The feed is a position in the ledger's dense event sequence. A watcher at the feed is live: it
 * gets events as the feed reads them. One behind it catches up with reads of its own, a few at a
 * time. Each round the owner sends the calls of watch_reads and hands the replies to watch_take.
 * Owned by the ledger thread, like every job in it; no I/O, no clock.
 */
#ifndef SLUICE_GATEWAY_WATCH_H
#define SLUICE_GATEWAY_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/job.h"

#define WATCH_READS_MAX 17 /* calls of one round: the feed and 16 who catch up */
#define WATCH_PAGE 1000    /* events of one read */

struct watch_slot {
    struct job *job;
    uint64_t hash;   /* of the account: most events are not for most watchers */
    uint64_t cursor; /* everything up to here was looked at */
    bool looked;     /* at least one read was for it */
    bool done;
};

struct watch_table {
    struct watch_slot *slots; /* [max], owned */
    size_t n;
    size_t max;
    uint64_t feed;
    uint32_t page; /* events that the feed's read of this round asked for */
};

MUST_USE enum err watch_init(struct watch_table *t, size_t max);
void watch_fini(struct watch_table *t);

/* Park a job whose calls were answered; the caller made sure that n < max. */
void watch_add(struct watch_table *t, struct job *j);

/* Is anyone behind the feed, so that the next round should not wait? */
bool watch_behind(const struct watch_table *t);

/* The reads of this round: calls[0] is the feed's. Returns their number. */
size_t watch_reads(struct ledger_call calls[WATCH_READS_MAX], struct watch_table *t);

/* The replies to exactly the calls of the last watch_reads; jobs that have events are answered.
 * Returns how many. */
size_t watch_take(struct watch_table *t, const struct ledger_reply *replies);

/* Answer, without events, whose time is over; who came with no time at all still gets one look,
 * unless the store is away (blind). Returns how many. */
size_t watch_expire(struct watch_table *t, uint64_t now_ns, bool blind);

/* Answer everyone now. Returns how many. */
size_t watch_end(struct watch_table *t);

#endif
