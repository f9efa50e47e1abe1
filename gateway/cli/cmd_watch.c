/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/fail.h"

#define WATCH_WAIT_MS 5000
#define WATCH_PAGE 100

struct watch_args {
    struct ask_who who;
    const char *after;
    unsigned long long count; /* 0: without end */
};

enum { KEY_AFTER = 300, KEY_COUNT };

static const struct argp_option options[] = {
    { "after", KEY_AFTER, "SEQ", 0, "events after this number (0: all kept; default: from now)",
      1 },
    { "count", KEY_COUNT, "N", 0, "end after N events (default: until interrupted)", 1 },
    ASK_OPTIONS,
    { 0 },
};

static error_t watch_parse(int key, char *arg, struct argp_state *state)
{
    struct watch_args *w = state->input;
    char *end;

    switch (key) {
    case KEY_AFTER: w->after = arg; return 0;
    case KEY_COUNT:
        w->count = strtoull(arg, &end, 10);
        if (*end != '\0' || w->count == 0)
            argp_error(state, "--count %s: a whole number above zero", arg);
        return 0;
    default: return ask_option(&w->who, key, arg);
    }
}

/* The intent of an event, for its assets; false when it is not kept any more. */
static bool intent_of(struct intent *out, struct cli *c, const struct client_signer *who,
                      const struct wire_event *e)
{
    struct wire_item item = { .kind = WIRE_ITEM_GET, .as.get.id = e->intent };
    struct wire_item_answer a;
    struct client *client;

    if (cli_gateway(&client, c) != CLI_OK || client_ask_one(&a, client, who, &item) != ERR_OK ||
        a.code != 0 || !a.has_status || !a.status.has_intent)
        return false;
    *out = a.status.intent;
    return true;
}

/* One line of a stream, so widths are fixed. An intent that is not kept any more has amounts in
 * atoms. */
static void print_line(const struct cli *c, const struct wire_event *e, const struct intent *i)
{
    char id[ID_TEXT], paid[OUT_NUMBER_TEXT], got[OUT_NUMBER_TEXT];
    char paid_symbol[ASSET_SYMBOL_TEXT], got_symbol[ASSET_SYMBOL_TEXT];

    printf("%8llu  %s  %-14s", (unsigned long long)e->seq, id_text(id, e->intent),
           intent_state_name(e->state));
    if (i != NULL)
        printf("  paid %s %s  got %s %s\n", cli_units(paid, c, i->sell_asset, e->paid),
               cli_symbol(paid_symbol, c, i->sell_asset), cli_units(got, c, i->buy_asset, e->got),
               cli_symbol(got_symbol, c, i->buy_asset));
    else
        printf("  paid %s atoms  got %s atoms\n", out_units(paid, e->paid, 0, 0),
               out_units(got, e->got, 0, 0));
}

static void print_symbol(struct out *o, const struct cli *c, const uint32_t *asset)
{
    char symbol[ASSET_SYMBOL_TEXT];

    if (asset != NULL)
        out_text(o, cli_symbol(symbol, c, *asset));
    else
        out_none(o);
}

static void print_json(const struct cli *c, const struct wire_event *e, const struct intent *i)
{
    static const struct out_column columns[] = {
        { "seq", "" },  { "time", "" },       { "intent", "" }, { "state", "" },
        { "paid", "" }, { "paid_asset", "" }, { "got", "" },    { "got_asset", "" },
    };
    char text[AMOUNT_TEXT];
    struct out o;

    out_begin(&o, &c->style, "event", columns, sizeof columns / sizeof columns[0], NULL);
    out_number(&o, e->seq);
    out_time(&o, e->unix_ms);
    out_id(&o, e->intent);
    out_text(&o, intent_state_name(e->state));
    out_text(&o, amount_text(text, e->paid));
    print_symbol(&o, c, i != NULL ? &i->sell_asset : NULL);
    out_text(&o, amount_text(text, e->got));
    print_symbol(&o, c, i != NULL ? &i->buy_asset : NULL);
    out_end(&o);
}

static void print_events(struct cli *c, const struct client_signer *who,
                         const struct wire_event *events, size_t n)
{
    struct intent intent;

    for (size_t k = 0; k < n; k++) {
        const struct wire_event *e = &events[k];
        const struct intent *i = intent_of(&intent, c, who, e) ? &intent : NULL;
        if (c->style.format == OUT_JSON)
            print_json(c, e, i);
        else
            print_line(c, e, i);
    }
    fflush(stdout);
}

static int follow(struct cli *c, const struct client_signer *who, uint64_t after, uint64_t count)
{
    static struct wire_event events[WATCH_PAGE];
    struct wire_item item = { .kind = WIRE_ITEM_WATCH };
    struct wire_item_answer answer;
    uint64_t left = count;

    while (count == 0 || left > 0) {
        item.as.watch =
            (struct wire_watch){ .after = after, .wait_ms = WATCH_WAIT_MS, .max = WATCH_PAGE };
        int status = ask_item(&answer, c, who, &item);
        if (status != CLI_OK)
            return status;
        size_t n = count > 0 && answer.events_n > left ? (size_t)left : answer.events_n;
        n = n < WATCH_PAGE ? n : WATCH_PAGE;
        if (n > 0) /* out of the answer, which the next question ends */
            memcpy(events, answer.events, n * sizeof *events);
        print_events(c, who, events, n);
        left -= count > 0 ? n : 0;
        after = answer.newest;
        if (ferror(stdout))
            return CLI_FAILED;
    }
    return CLI_OK;
}

int cmd_watch(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options, watch_parse, NULL, "Follow what happens to your intents, one line per event.",
        NULL,    NULL,        NULL
    };
    struct watch_args w = { .after = NULL };
    struct client_signer who;
    uint64_t after = 0;
    char *end;

    cli_parse(c, &argp, &w, argc, argv);
    int status = cli_assets(c);
    if (status == CLI_OK)
        status = ask_signer(&who, c, &w.who);
    if (status != CLI_OK)
        return status;
    if (w.after != NULL) {
        after = strtoull(w.after, &end, 10);
        if (*end != '\0')
            status = fail(c, FAIL_USAGE, "--after", "\"%s\" is not a number", w.after);
    } else {
        status = ask_newest(&after, c, &who);
    }
    if (status == CLI_OK)
        status = follow(c, &who, after, w.count);
    sign_wipe(&who.secret);
    return status;
}
