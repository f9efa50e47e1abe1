/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/cli/move.h"

#include <string.h>

#include "gateway/cli/fail.h"
#include "solver/core/sign.h"

error_t move_option(struct move *m, int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case MOVE_KEY_ID: m->id = arg; return 0;
    case ARGP_KEY_ARG:
        if (m->words_n == m->owners_n + 2)
            return ARGP_ERR_UNKNOWN;
        m->words[m->words_n++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (m->words_n < m->owners_n + 1)
            argp_error(state, "something is missing");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

int move_read(struct id *ref, const struct asset **asset, struct amount *amount, struct cli *c,
              const struct move *m)
{
    struct words_amount typed = { m->words[m->owners_n], m->words[m->owners_n + 1] };
    struct words_why why;
    int status = cli_assets(c);

    if (status != CLI_OK)
        return status;
    enum err err = words_amount_any(amount, asset, &typed, &c->assets, &why);
    if (err != ERR_OK)
        return fail(c, err == ERR_NOT_FOUND ? FAIL_SYMBOL : FAIL_AMOUNT, "AMOUNT SYMBOL", "%s",
                    why.text);
    if (m->id == NULL)
        sign_random(ref, sizeof *ref);
    else if (words_intent_id(ref, m->id, &why) != ERR_OK)
        return fail(c, FAIL_NAME, "--id", "%s", why.text);
    return CLI_OK;
}

int move_owner(char owner[MOVE_OWNER_TEXT], const struct cli *c, const char *word)
{
    const char *colon = strchr(word, ':');
    bool inventory = colon != NULL && strncmp(word, "inv:", 4) == 0;
    struct words_why why;
    struct name name;

    if (colon != NULL && !inventory && strncmp(word, "user:", 5) != 0)
        return fail(c, FAIL_NAME, word, "an owner is user:ACCOUNT or inv:DOMAIN");
    if (words_name(&name, colon != NULL ? colon + 1 : word, &why) != ERR_OK)
        return fail(c, FAIL_NAME, word, "%s", why.text);
    snprintf(owner, MOVE_OWNER_TEXT, "%s:%s", inventory ? "inv" : "user", name.text);
    return CLI_OK;
}

static const struct out_column columns[] = {
    { "verb", "done" }, { "amount", "amount" }, { "owner", "owner" },
    { "to", "to" },     { "id", "id" },
};

static void print(const struct cli *c, const char *type, const struct move_what *w)
{
    struct out o;

    out_begin(&o, &c->style, type, columns, sizeof columns / sizeof columns[0], &c->assets);
    out_record(&o);
    out_text(&o, w->verb);
    out_amount(&o, w->asset->id, w->amount);
    out_text(&o, w->owner);
    if (w->to != NULL)
        out_text(&o, w->to);
    else
        out_none(&o);
    out_id(&o, w->ref);
    out_end(&o);
}

/* The id is known to the user before anything is sent: after a lost answer it is asked again. */
static void announce(const struct cli *c, const struct move_what *w)
{
    char text[ID_TEXT];

    if (c->style.format == OUT_JSON)
        print(c, "sending", w);
    else
        fprintf(stderr, "sending %s (to repeat safely: --id %s)\n", id_text(text, w->ref), text);
    fflush(stdout);
}

int move_send(struct cli *c, const struct wire_op_request *request, const struct move_what *what)
{
    struct wire_op_answer answer;

    announce(c, what);
    int status = cli_operate(&answer, c, request);
    if (status == CLI_OK)
        print(c, "moved", what);
    return status;
}
