/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/report.h"
#include "gateway/cli/words.h"

#define DEADLINE_DEFAULT_MS 60000

struct submit {
    struct ask_who who;
    struct words_amount sell, buy; /* the exact side */
    struct words_amount min, max;  /* the limit of the other side */
    const char *other;             /* --for, --with */
    const char *in;
    const char *until;
    const char *id;
    bool partial;
    bool wait;
};

enum { KEY_SELL = 300, KEY_BUY, KEY_FOR, KEY_WITH, KEY_MIN, KEY_MAX, KEY_IN, KEY_UNTIL, KEY_ID };

static const struct argp_option options[] = {
    { "sell", KEY_SELL, "AMOUNT SYMBOL", 0, "sell exactly this, e.g. --sell 1.5 ETH", 1 },
    { "for", KEY_FOR, "SYMBOL", 0, "what to get for it", 1 },
    { "min", KEY_MIN, "AMOUNT", 0, "the least to get for all of it: your limit", 1 },
    { "buy", KEY_BUY, "AMOUNT SYMBOL", 0, "buy exactly this, e.g. --buy 1 ETH", 2 },
    { "with", KEY_WITH, "SYMBOL", 0, "what to pay with", 2 },
    { "max", KEY_MAX, "AMOUNT", 0, "the most to pay for all of it: your limit", 2 },
    { "partial", 'p', NULL, 0, "partial fills are welcome (default: all or nothing)", 3 },
    { "in", KEY_IN, "TIME", 0, "deadline from now: 500ms, 30s (default 60s), 5m, 24h", 3 },
    { "wait", 'w', NULL, 0, "follow the intent to its end and print the receipt", 3 },
    { "id", KEY_ID, "HEX", 0, "id of an earlier try, with --until: nothing happens twice", 4 },
    { "until", KEY_UNTIL, "UNIX_MS", 0, "deadline as unix milliseconds", 4 },
    ASK_OPTIONS,
    { 0 },
};

/* The word after the number of an amount, when it is not an option, is its symbol. */
static struct words_amount amount_take(char *arg, struct argp_state *state)
{
    struct words_amount a = { arg, NULL };

    if (state->next < state->argc && state->argv[state->next][0] != '-')
        a.symbol = state->argv[state->next++];
    return a;
}

static error_t submit_parse(int key, char *arg, struct argp_state *state)
{
    struct submit *s = state->input;

    switch (key) {
    case KEY_SELL: s->sell = amount_take(arg, state); return 0;
    case KEY_BUY: s->buy = amount_take(arg, state); return 0;
    case KEY_MIN: s->min = amount_take(arg, state); return 0;
    case KEY_MAX: s->max = amount_take(arg, state); return 0;
    case KEY_FOR:
    case KEY_WITH: s->other = arg; return 0;
    case KEY_IN: s->in = arg; return 0;
    case KEY_UNTIL: s->until = arg; return 0;
    case KEY_ID: s->id = arg; return 0;
    case 'p': s->partial = true; return 0;
    case 'w': s->wait = true; return 0;
    case ARGP_KEY_ARG: argp_error(state, "what is \"%s\"? amounts follow an option", arg); return 0;
    default: return ask_option(&s->who, key, arg);
    }
}

/* ---- from words to an intent ---- */

static int fail_word(const struct cli *c, enum err err, const char *option,
                     const struct words_why *why)
{
    return fail(c, err == ERR_NOT_FOUND ? FAIL_SYMBOL : FAIL_AMOUNT, option, "%s", why->text);
}

static int take_amounts(struct intent *i, struct cli *c, const struct submit *s)
{
    bool sell = s->sell.number != NULL;
    const struct words_amount *limit = sell ? &s->min : &s->max;
    const struct asset *exact_asset, *other_asset;
    struct amount exact, other;
    struct words_why why;

    enum err err =
        words_amount_any(&exact, &exact_asset, sell ? &s->sell : &s->buy, &c->assets, &why);
    if (err != ERR_OK)
        return fail_word(c, err, sell ? "--sell" : "--buy", &why);
    err = words_asset(&other_asset, s->other, &c->assets, &why);
    if (err != ERR_OK)
        return fail_word(c, err, sell ? "--for" : "--with", &why);
    err = words_amount_of(&other, other_asset, limit, &why);
    if (err != ERR_OK)
        return fail_word(c, err, sell ? "--min" : "--max", &why);
    i->kind = sell ? INTENT_SELL : INTENT_BUY;
    i->sell_asset = sell ? exact_asset->id : other_asset->id;
    i->buy_asset = sell ? other_asset->id : exact_asset->id;
    i->sell_amount = sell ? exact : other;
    i->buy_amount = sell ? other : exact;
    return CLI_OK;
}

static int take_deadline(struct intent *i, const struct cli *c, const struct submit *s)
{
    uint64_t in_ms = DEADLINE_DEFAULT_MS;
    struct words_why why;
    struct timespec now;

    if (s->until != NULL) {
        char *end;
        i->deadline_ms = strtoll(s->until, &end, 10);
        if (*end != '\0' || i->deadline_ms <= 0)
            return fail(c, FAIL_UNTIL, "--until", "\"%s\" is not unix milliseconds", s->until);
        return CLI_OK;
    }
    if (s->in != NULL && words_duration(&in_ms, s->in, &why) != ERR_OK)
        return fail(c, FAIL_TIME, "--in", "%s", why.text);
    clock_gettime(CLOCK_REALTIME, &now);
    i->deadline_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + (int64_t)in_ms;
    return CLI_OK;
}

static int take_id(struct intent *i, const struct cli *c, const struct submit *s)
{
    struct words_why why;

    if (s->id == NULL) {
        sign_random(&i->id, sizeof i->id);
        return CLI_OK;
    }
    if (words_intent_id(&i->id, s->id, &why) != ERR_OK)
        return fail(c, FAIL_NAME, "--id", "%s", why.text);
    return CLI_OK;
}

static int check_options(const struct cli *c, const struct submit *s)
{
    bool sell = s->sell.number != NULL;

    if (sell == (s->buy.number != NULL))
        return fail(c, FAIL_USAGE, "--sell, --buy", "say either what to sell or what to buy");
    if (s->other == NULL)
        return fail(c, FAIL_USAGE, sell ? "--for" : "--with", "%s",
                    sell ? "say what to get: --for SYMBOL" : "say what to pay with: --with SYMBOL");
    if ((sell ? s->min.number : s->max.number) == NULL)
        return fail(c, FAIL_USAGE, sell ? "--min" : "--max", "%s",
                    sell ? "say your limit: the least to get for all of it, --min AMOUNT"
                         : "say your limit: the most to pay for all of it, --max AMOUNT");
    if ((sell ? s->max.number : s->min.number) != NULL)
        return fail(c, FAIL_USAGE, sell ? "--max" : "--min",
                    "--sell goes with --min, --buy with "
                    "--max");
    return CLI_OK;
}

static int intent_make(struct intent *i, struct cli *c, const struct submit *s)
{
    int status = check_options(c, s);

    if (status == CLI_OK)
        status = cli_assets(c);
    if (status == CLI_OK)
        status = take_amounts(i, c, s);
    if (status == CLI_OK)
        status = take_deadline(i, c, s);
    if (status == CLI_OK)
        status = take_id(i, c, s);
    i->partial = s->partial;
    return status;
}

/* The id is known to the user before anything is sent: after a lost answer it tells the truth. */
static void announce(const struct cli *c, const struct intent *i)
{
    char text[ID_TEXT];

    if (c->style.format == OUT_JSON) {
        static const struct out_column columns[] = { { "id", "" }, { "until", "" } };
        struct out o;
        out_begin(&o, &c->style, "sending", columns, 2, NULL);
        out_id(&o, i->id);
        out_number(&o, (uint64_t)i->deadline_ms);
        out_end(&o);
    } else {
        fprintf(stderr, "sending %s (to repeat safely: --id %s --until %lld)\n",
                id_text(text, i->id), text, (long long)i->deadline_ms);
    }
    fflush(stdout);
}

static int submit(struct cli *c, const struct submit *s, const struct intent *intent,
                  const struct client_signer *who)
{
    struct wire_item item = { .kind = WIRE_ITEM_INTENT };
    struct wire_item_answer answer;
    uint64_t newest = 0;
    int status = s->wait ? ask_newest(&newest, c, who) : CLI_OK;

    if (status != CLI_OK)
        return status;
    item.as.intent = *intent;
    announce(c, intent);
    status = ask_item(&answer, c, who, &item);
    if (status == CLI_OK)
        status = s->wait ? ask_follow(&answer, c, who, intent->id, newest)
                         : ask_get(&answer, c, who, intent->id);
    if (status != CLI_OK)
        return status;
    report_intent(c, &answer.status);
    if (intent_state_terminal(answer.status.state) && answer.status.state != INTENT_FILLED)
        return fail(c, FAIL_NOT_FILLED, who->account.text, "the intent ended %s",
                    intent_state_name(answer.status.state));
    return CLI_OK;
}

int cmd_submit(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        submit_parse,
        "--sell AMOUNT SYMBOL --for SYMBOL --min AMOUNT\n"
        "--buy AMOUNT SYMBOL --with SYMBOL --max AMOUNT",
        "Sign an intent and hand it to the gateway.\v"
        "An intent says what you want and your limit; how it is done is found for you, at the "
        "limit or better.\n\n"
        "  sluice submit --sell 1.5 ETH --for USDC --min 4000 --wait\n"
        "  sluice submit --buy 1 ETH --with USDC --max 3200 --partial --in 5m\n\n"
        "Exit status: 0 accepted (with --wait: filled), 1 refused or not filled.",
        NULL,
        NULL,
        NULL,
    };
    struct submit s = { .partial = false };
    struct intent intent = { .partial = false };
    struct client_signer who;

    cli_parse(c, &argp, &s, argc, argv);
    int status = intent_make(&intent, c, &s);
    if (status == CLI_OK)
        status = ask_signer(&who, c, &s.who);
    if (status != CLI_OK)
        return status;
    status = submit(c, &s, &intent, &who);
    sign_wipe(&who.secret);
    return status;
}
