/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bot_state -- the inside of a bot, shared by bot.c (thread and score), bot_ask.c (sending until
 * answered), bot_fund.c, bot_post.c and bot_follow.c. Only the bot's thread touches it, except
 * score under lock and wish.
 */
#ifndef SLUICE_DEMO_BOT_STATE_H
#define SLUICE_DEMO_BOT_STATE_H

#include "gateway/demo/bot.h"
#include "gateway/demo/trade.h"

#define BOT_OPEN_MAX 16384 /* more than that and nothing is posted until some end */

enum bot_wish { WISH_RUN, WISH_DRAIN, WISH_QUIT };

struct bot_open {
    struct id id;
    uint32_t account;
};

struct bot {
    struct bot_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    struct bot_score score;
    atomic_int wish;

    struct client *public_;
    struct client *op;
    struct trade trade;
    struct client_signer who[BOT_ACCOUNTS];
    uint64_t cursor[BOT_ACCOUNTS];
    struct bot_open open[BOT_OPEN_MAX];
    size_t open_n;
};

bool bot_wishes(const struct bot *b, enum bot_wish wish);
void bot_pause(long ms);
uint64_t bot_now_ns(void);
int64_t bot_unix_ms(void);

/* Add to one counter of the score. */
void bot_count(struct bot *b, uint64_t *counter, uint64_t n);
void bot_refused(struct bot *b, uint32_t code);
void bot_news(struct bot *b, const char *line);

/*
 * Ask with the same bytes until there is an answer that is not "ask again". False when the bot
 * shall quit; then nothing was learned.
 */
bool bot_ask(struct wire_envelope_answer *out, struct bot *b, uint32_t account,
             struct wire_item *items, size_t n);
bool bot_operate(struct wire_op_answer *out, struct bot *b, const struct wire_op_request *request);

/* Keys, accounts and deposits; each deposit happens once, however often the demo starts. */
enum err bot_fund(struct bot *b);

/* Post n intents or a few more. */
void bot_post(struct bot *b, uint32_t n);

/* Read the new events of every account and count the ends. */
void bot_follow(struct bot *b);

/* Cancel everything that is open. */
void bot_cancel_all(struct bot *b);

/* Read every open intent once: those that ended, or never began, are open no more. */
void bot_settle_accounts(struct bot *b);

#endif
