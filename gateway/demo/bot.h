/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bot -- the people of the demo: a thread that funds accounts, posts signed intents around the
 * marks, follows them, and at the end makes sure that each of them came to a definite end.
 *
 * What it posts: pairs of opposite intents (they net), single ones at a fair limit (they go to the
 * venues), ambitious ones (they rest and expire), exact buys; some partial, some all or nothing.
 * Whatever happens to the service, the same ids are sent again until they are answered.
 */
#ifndef SLUICE_DEMO_BOT_H
#define SLUICE_DEMO_BOT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/cli/cli.h"
#include "gateway/client/client.h"

#define BOT_ACCOUNTS 4
#define BOT_NEWS_N 5
#define BOT_NEWS_TEXT 160

enum bot_phase { BOT_FUND, BOT_POST, BOT_DRAIN, BOT_DONE };

/* What the screen shows; a copy is taken under the lock. */
struct bot_score {
    enum bot_phase phase;
    uint64_t posted;   /* intents that were sent at least once */
    uint64_t accepted; /* intents answered ACCEPTED */
    uint64_t refused;
    uint32_t refused_code; /* of the last one; 0: none */
    uint64_t open;
    uint64_t filled;
    uint64_t part;      /* ended after some fills */
    uint64_t expired;   /* ended with none, at the deadline */
    uint64_t cancelled; /* the same, by a cancel */
    uint64_t first_fill_ns;
    uint64_t unclear;                     /* after BOT_DONE: without a definite end */
    char news[BOT_NEWS_N][BOT_NEWS_TEXT]; /* fills, the newest last */
};

struct bot_options {
    const struct config *config;
    const struct asset_table *assets;
    uint32_t rate; /* intents per second */
    uint64_t seed; /* 0: random */
};

struct bot;

/* Start the thread. ERR_NOMEM, ERR_IO. What options point to must outlive the bot. */
MUST_USE enum err bot_start(struct bot **out, const struct bot_options *options);

void bot_score(struct bot_score *out, struct bot *b);

/* Post no more; cancel what rests, wait for every end. The phase is BOT_DONE after it. */
void bot_drain(struct bot *b);

/* Give up whatever it does, end the thread, free. NULL is allowed. */
void bot_free(struct bot *b);

#endif
