/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codec -- calls as argument words of a Function, and its answer words as a reply.
 *
 * One encoder and one decoder per row of LEDGER_FNS, in two tables. A long answer comes in pages:
 * each page is decoded into the same struct decoding, which says whether there is more; the call
 * is then repeated with the cursor. Nothing of a page is kept by reference.
 */
#ifndef SLUICE_LEDGER_CODEC_H
#define SLUICE_LEDGER_CODEC_H

#include "solver/ledger/audit.h"
#include "solver/ledger/ledger.h"
#include "solver/ledger/words.h"

#define CODEC_CURSOR_MAX 192

/* A call whose answer is being read. Zero but for the first three members. */
struct decoding {
    const struct ledger_call *call;
    struct ledger_reply *reply;
    struct arena *arena;           /* of the reply */
    char cursor[CODEC_CURSOR_MAX]; /* empty: complete */
    struct vec intents, balances, limits, events, plans, blobs;
    struct audit audit;
    bool unchained; /* audit: the journal's chain is broken */
};

/* Append the arguments of a call behind what is in out. */
void codec_encode(struct words *out, const struct ledger_call *call);

/* Begin before the first page, end after the last one or an error. */
void codec_begin(struct decoding *d);

/* Read a page. errors ERR_INVALID not an answer to this call; ERR_NOMEM */
MUST_USE enum err codec_decode(struct decoding *d, const struct word *words, size_t n);

/* The arrays of the reply. errors ERR_NOMEM */
MUST_USE enum err codec_finish(struct decoding *d);
void codec_end(struct decoding *d);

#endif
