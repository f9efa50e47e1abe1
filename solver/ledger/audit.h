/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit -- the second implementation of every balance: sums of the journal's postings in struct
 * amount and struct delta, compared with the balances that a store keeps.
 *
 * A store feeds it the journal in order, then each balance it keeps, then asks for the result. A
 * balance that went below zero, overflowed or differs makes the audit unsound. One thread; memory
 * of the result is in the arena.
 */
#ifndef SLUICE_LEDGER_AUDIT_H
#define SLUICE_LEDGER_AUDIT_H

#include "solver/core/arena.h"
#include "solver/ledger/ledger.h"
#include "solver/ledger/table.h"

/* The balance of one owner in one asset: net of a world account, the others of an owned one. */
struct holding {
    struct amount available;
    struct amount held;
    struct delta net;
};

struct audit {
    struct arena *arena;
    struct table rows; /* by owner and asset */
    uint64_t entries;  /* journal entries fed */
    bool broken;       /* a posting did not fit, or memory ended */
};

static inline bool owner_is_world(enum owner_kind kind)
{
    return kind == OWNER_VENUE || kind == OWNER_OUTSIDE;
}

/* "user:alice", "inv:home", "pot:<hex>", "dust", "fees", "venue:v", "outside". */
char *owner_text(char buf[TABLE_KEY], const struct owner *o);
MUST_USE enum err owner_parse(struct owner *out, const char *text, size_t len);

/* Sort key: owners in byte order, then assets by number. */
char *owner_key(char buf[TABLE_KEY], const struct owner *o, uint32_t asset);

void audit_init(struct audit *a, struct arena *arena);
void audit_fini(struct audit *a);

/* One posting of the next entry; held is false for world accounts. */
void audit_post(struct audit *a, const struct owner *o, uint32_t asset, bool held,
                struct delta change);

/* A checkpoint: every owner after, up to and including, the last text has no balance but those
 * assigned next. after may be empty: from the first; last may be NULL: to the end. */
void audit_clear(struct audit *a, const char *after, const char *last);
void audit_assign(struct audit *a, const struct owner *o, uint32_t asset, const struct holding *h);

/* Compare a balance the store keeps with the sums so far. */
void audit_compare(struct audit *a, const struct owner *o, uint32_t asset, const struct holding *h);

/* Balances of the owners in a range, as audit_clear, that were not compared must be zero. */
void audit_compare_rest(struct audit *a, const char *after, const char *last);

/* Fill audit, venues, journal_entries and sound of the reply. errors ERR_NOMEM */
MUST_USE enum err audit_result(struct ledger_reply *reply, struct audit *a);

#endif
