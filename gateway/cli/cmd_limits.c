/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gateway/cli/fail.h"
#include "gateway/cli/known.h"
#include "gateway/cli/words.h"

#define WORDS_MAX 3 /* set NAME VALUE */

struct limits {
    const char *words[WORDS_MAX];
    int words_n;
};

static error_t limits_parse(int key, char *arg, struct argp_state *state)
{
    struct limits *l = state->input;

    if (key == ARGP_KEY_ARG && l->words_n < WORDS_MAX)
        l->words[l->words_n++] = arg;
    else if (key == ARGP_KEY_END && l->words_n != 0 &&
             (l->words_n != WORDS_MAX || strcmp(l->words[0], "set") != 0))
        argp_error(state, "there is limits, and limits set NAME VALUE");
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static void name_print(struct out *o, const struct cli *c, const struct row *r)
{
    char symbol[ASSET_SYMBOL_TEXT];

    if (r->kind == ROW_VALUE)
        out_format(o, "value:%s", r->subject.text);
    else
        out_format(o, "%s:%s:%s", words_limit_kind(r->kind), r->subject.text,
                   cli_symbol(symbol, c, r->asset));
}

static void money(struct out *o, struct amount a)
{
    if (a.atoms <= INT64_MAX)
        out_money(o, (int64_t)a.atoms);
    else
        out_text(o, "unlimited");
}

static const struct out_column columns[] = {
    { "name", "limit" }, { "min", "least" }, { "max", "most" }, { "used", "used" }
};

static void limit_print(struct out *o, const struct cli *c, const struct row *r)
{
    name_print(o, c, r);
    if (r->kind == ROW_INVENTORY)
        out_amount(o, r->asset, r->min);
    else
        out_none(o);
    if (r->kind == ROW_VALUE) {
        money(o, r->max);
        money(o, r->used);
    } else {
        out_amount(o, r->asset, r->max);
        out_amount(o, r->asset, r->used);
    }
}

static int list(struct cli *c)
{
    const struct wire_op_request request = { .kind = WIRE_OP_LIMITS };
    struct wire_op_answer answer;
    struct out o;
    int status = cli_operate(&answer, c, &request);

    if (status != CLI_OK)
        return status;
    out_begin(&o, &c->style, "limit", columns, 4, &c->assets);
    for (size_t i = 0; i < answer.limits_n; i++)
        limit_print(&o, c, &answer.limits[i]);
    out_end(&o);
    if (answer.limits_n == 0)
        out_note(&c->style, "no limits are set; see sluice limits --help");
    return CLI_OK;
}

static bool same_limit(const struct row *a, const struct row *b)
{
    return a->kind == b->kind && a->asset == b->asset && name_equal(&a->subject, &b->subject);
}

/* The limit as it stands now, for programs. */
static int set_print(struct cli *c, const struct row *wanted)
{
    const struct wire_op_request request = { .kind = WIRE_OP_LIMITS };
    struct wire_op_answer answer;
    struct out o;
    int status = cli_operate(&answer, c, &request);

    if (status != CLI_OK)
        return status;
    out_begin(&o, &c->style, "limit", columns, 4, &c->assets);
    size_t i = 0;
    while (i < answer.limits_n && !same_limit(&answer.limits[i], wanted))
        i++;
    if (i < answer.limits_n) {
        limit_print(&o, c, &answer.limits[i]);
    } else { /* it was removed */
        name_print(&o, c, wanted);
        for (int column = 1; column < 4; column++)
            out_none(&o);
    }
    out_end(&o);
    return CLI_OK;
}

static int set(struct cli *c, const struct limits *l)
{
    struct wire_op_request request = { .kind = WIRE_OP_LIMIT_SET };
    struct wire_op_answer answer;
    struct words_why why;
    enum err err = words_limit(&request.as.limit_set, l->words[1], l->words[2], &c->assets, &why);

    if (err != ERR_OK)
        return fail(c, err == ERR_NOT_FOUND ? FAIL_SYMBOL : FAIL_LIMIT_NAME, l->words[1], "%s",
                    why.text);
    int status = known_limit(c, &request.as.limit_set);
    if (status == CLI_OK)
        status = cli_operate(&answer, c, &request);
    if (status != CLI_OK)
        return status;
    out_note(&c->style, "%s is now %s", l->words[1], l->words[2]);
    return c->style.format == OUT_JSON ? set_print(c, &request.as.limit_set) : CLI_OK;
}

int cmd_limits(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        NULL,
        limits_parse,
        "[set NAME VALUE]",
        "The limits and how much of them is used, or set one.\v"
        "  inventory:DOMAIN:SYMBOL  LEAST..MOST  what the house owns, at the worst case\n"
        "  in_flight:VENUE:SYMBOL   MOST         sent to a venue and not settled\n"
        "  held:ACCOUNT:SYMBOL      MOST         held by open intents of one account\n"
        "  value:VENUE              MOST         in flight at a venue, in units of account\n\n"
        "The value none removes a limit. "
        "\"any\" as DOMAIN, VENUE or ACCOUNT is the default of all without their own. Closing "
        "risk is always allowed.",
        NULL,
        NULL,
        NULL,
    };
    struct limits l = { .words_n = 0 };

    cli_parse(c, &argp, &l, argc, argv);
    int status = cli_assets(c);
    if (status != CLI_OK)
        return status;
    return l.words_n > 0 ? set(c, &l) : list(c);
}
