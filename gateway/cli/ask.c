/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/ask.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/cli/fail.h"
#include "gateway/cli/refusal.h"
#include "gateway/cli/words.h"
#include "gateway/client/keyfile.h"
#include "solver/core/reject.h"

#define TRIES_MAX 20
#define PAUSE_MS 250
#define FOLLOW_WAIT_MS 1000
#define PUT_OFF_TEXT 256

error_t ask_option(struct ask_who *who, int key, char *arg)
{
    switch (key) {
    case 'A': who->account = arg; return 0;
    case 'k': who->key = arg; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

void ask_key_path(char path[CONFIG_TEXT_MAX], const struct cli *c, const char *account)
{
    snprintf(path, CONFIG_TEXT_MAX, "%.900s/keys/%.40s.key", c->config.dir, account);
}

int ask_signer(struct client_signer *out, const struct cli *c, const struct ask_who *who)
{
    const char *account = who->account != NULL ? who->account : getenv("SLUICE_ACCOUNT");
    char path[CONFIG_TEXT_MAX];
    struct words_why why;

    if (account == NULL)
        account = ASK_ACCOUNT;
    if (words_name(&out->account, account, &why) != ERR_OK)
        return fail(c, FAIL_NAME, "--account", "%s", why.text);
    ask_key_path(path, c, account);
    const char *file = who->key != NULL ? who->key : path;
    switch ((int)keyfile_read(&out->key, &out->secret, file)) {
    case ERR_OK: return CLI_OK;
    case ERR_NOT_FOUND:
        return fail(c, FAIL_KEY_FILE, file, "there is no key file for account %s", account);
    case ERR_CONFLICT:
        return fail(c, FAIL_KEY_FILE, file, "the key file is not protected: others may read it");
    case ERR_INVALID: return fail(c, FAIL_KEY_FILE, file, "the key file is not 64 hex digits");
    default: return fail(c, FAIL_KEY_FILE, file, "the key file cannot be read");
    }
}

static void pause_ms(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

    nanosleep(&t, NULL);
}

/* Will the same bytes do better in a moment, without anybody doing anything? */
static bool worth_again(uint32_t code)
{
    return code == (uint32_t)reject_code(REJECT_RETRY) ||
           code == (uint32_t)reject_code(REJECT_OVERLOADED) ||
           code == (uint32_t)reject_code(REJECT_NOT_READY);
}

/* Why the last try was put off: the deadline may pass meanwhile, and is not the reason then. */
struct put_off {
    uint32_t code; /* 0: it was not */
    char text[PUT_OFF_TEXT];
};

static int fail_item(struct cli *c, const struct wire_item_answer *a, const struct put_off *p,
                     const struct client_signer *who, const struct wire_item *item)
{
    char text[PUT_OFF_TEXT + REFUSAL_TEXT], numbers[REFUSAL_TEXT] = "";
    bool waited = p->code != 0 && a->code == (uint32_t)reject_code(REJECT_EXPIRED);
    uint32_t code = waited ? p->code : a->code;

    snprintf(text, sizeof text, "%s", waited ? p->text : a->text != NULL ? a->text : "");
    if (waited)
        snprintf(numbers, sizeof numbers, "; asked again until the deadline had passed");
    else if (item->kind == WIRE_ITEM_INTENT) /* asks, so the answer is not read any more */
        refusal_numbers(numbers, c, who, &item->as.intent, code);
    if (text[0] != '\0')
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s", numbers);
    return fail_reject(c, code, text, who->account.text);
}

static void put_off(struct put_off *p, const struct wire_item_answer *a)
{
    p->code = a->code;
    snprintf(p->text, sizeof p->text, "%s", a->text != NULL ? a->text : "");
}

int ask_item(struct wire_item_answer *out, struct cli *c, const struct client_signer *who,
             const struct wire_item *item)
{
    struct put_off last = { .code = 0 };
    struct client *client;
    int status = cli_gateway(&client, c);

    for (int tries = 0; status == CLI_OK; tries++) {
        enum err err = client_ask_one(out, client, who, item);
        if (err != ERR_OK)
            return cli_fail_ask(c, err, c->config.listen);
        if (out->code == 0)
            return CLI_OK;
        if (!worth_again(out->code) || tries == TRIES_MAX)
            return fail_item(c, out, &last, who, item);
        put_off(&last, out);
        pause_ms(PAUSE_MS);
    }
    return status;
}

int ask_newest(uint64_t *out, struct cli *c, const struct client_signer *who)
{
    struct wire_item item = { .kind = WIRE_ITEM_WATCH };
    struct wire_item_answer answer;

    item.as.watch = (struct wire_watch){ .after = UINT64_MAX, .wait_ms = 0, .max = 1 };
    int status = ask_item(&answer, c, who, &item);
    if (status == CLI_OK)
        *out = answer.newest;
    return status;
}

int ask_get(struct wire_item_answer *out, struct cli *c, const struct client_signer *who,
            struct id id)
{
    struct wire_item item = { .kind = WIRE_ITEM_GET };

    item.as.get.id = id;
    int status = ask_item(out, c, who, &item);
    if (status == CLI_OK)
        out->status.intent.account = who->account; /* not sent: the reader knows who asks */
    return status;
}

static void progress(const struct wire_item_answer *a, int64_t deadline_ms)
{
    struct timespec now;

    if (!isatty(STDERR_FILENO))
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    long long left = deadline_ms / 1000 - (long long)now.tv_sec;
    fprintf(stderr, "\r\033[K%s", intent_state_name(a->status.state));
    if (left >= 0 && !intent_state_terminal(a->status.state))
        fprintf(stderr, ", %lld s left", left);
    fputs(intent_state_terminal(a->status.state) ? "\r\033[K" : " ...", stderr);
    fflush(stderr);
}

int ask_follow(struct wire_item_answer *out, struct cli *c, const struct client_signer *who,
               struct id id, uint64_t after)
{
    struct wire_item item = { .kind = WIRE_ITEM_WATCH };

    for (;;) {
        int status = ask_get(out, c, who, id);
        if (status != CLI_OK || !out->has_status)
            return status;
        progress(out, out->status.has_intent ? out->status.intent.deadline_ms : 0);
        if (intent_state_terminal(out->status.state))
            return CLI_OK;
        item.as.watch = (struct wire_watch){ .after = after, .wait_ms = FOLLOW_WAIT_MS, .max = 0 };
        status = ask_item(out, c, who, &item);
        if (status != CLI_OK)
            return status;
        after = out->newest;
    }
}
