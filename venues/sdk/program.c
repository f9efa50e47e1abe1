/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "venues/sdk/program.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/core/system.h"
#include "solver/input/assets_file.h"
#include "solver/shell/end.h"
#include "solver/shell/log.h"
#include "venues/sdk/server.h"
#include "venues/sdk/verbs.h"

#define FILES_MEMORY_MAX ((size_t)256 << 20)
#define WHY_MAX 1024
#define IDENTITY_MAX 256

enum key { KEY_ASSETS = 256, KEY_MARKET, KEY_LISTEN, KEY_STATE, KEY_STILL, KEY_SEED };

struct arguments {
    const struct venue_adapter *const *adapters;
    size_t adapters_n;
    const struct venue_adapter *adapter;
    const char *assets;
    const char *market;
    const char *listen;
    const char *state;
    bool still;
    uint64_t seed;
};

static const struct argp_option options[] = {
    { "assets", KEY_ASSETS, "FILE", 0, "the asset registry of the deployment", 0 },
    { "market", KEY_MARKET, "FILE", 0, "what this venue serves", 0 },
    { "listen", KEY_LISTEN, "URL", 0, "ipc://PATH or tcp://127.0.0.1:PORT", 0 },
    { "state", KEY_STATE, "FILE", 0, "SQLite file of legs, fills and curves; made when absent", 0 },
    { "still", KEY_STILL, NULL, 0, "curves change by legs only", 0 },
    { "seed", KEY_SEED, "N", 0, "of everything random; 0 (default): a new one each time", 0 },
    { 0 }
};

static const struct venue_adapter *adapter_of(const struct arguments *a, const char *kind)
{
    for (size_t i = 0; i < a->adapters_n; i++) {
        if (strcmp(a->adapters[i]->kind, kind) == 0)
            return a->adapters[i];
    }
    return NULL;
}

static void seed_parse(struct arguments *a, const char *text, struct argp_state *state)
{
    char *end;

    errno = 0;
    unsigned long long v = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0' || end == text || text[0] == '-')
        argp_error(state, "--seed: \"%s\" is not a number of 64 bits", text);
    a->seed = v;
}

/* argp_error ends the process with a usage line. */
static void arguments_check(const struct arguments *a, struct argp_state *state)
{
    if (a->adapter == NULL)
        argp_error(state, "KIND is missing");
    if (a->assets == NULL || a->listen == NULL || a->state == NULL)
        argp_error(state, "--assets, --listen and --state are required");
    if (a->adapter->needs_market && a->market == NULL)
        argp_error(state, "--market is required by %s", a->adapter->kind);
}

static void kind_parse(struct arguments *a, const char *kind, struct argp_state *state)
{
    if (a->adapter != NULL)
        argp_error(state, "one KIND only");
    a->adapter = adapter_of(a, kind);
    if (a->adapter == NULL)
        argp_error(state, "no kind \"%s\" here; see --help", kind);
}

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case KEY_ASSETS: a->assets = arg; return 0;
    case KEY_MARKET: a->market = arg; return 0;
    case KEY_LISTEN: a->listen = arg; return 0;
    case KEY_STATE: a->state = arg; return 0;
    case KEY_STILL: a->still = true; return 0;
    case KEY_SEED: seed_parse(a, arg, state); return 0;
    case ARGP_KEY_ARG: kind_parse(a, arg, state); return 0;
    case ARGP_KEY_END: arguments_check(a, state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* --help lists the kinds. */
static char *help_filter(int key, const char *text, void *input)
{
    const struct arguments *a = input;
    char *out = NULL;
    size_t size;

    if (key != ARGP_KEY_HELP_POST_DOC || a == NULL)
        return (char *)(uintptr_t)text; /* argp's filter gives back what it was given */
    FILE *f = open_memstream(&out, &size);
    if (f == NULL)
        return NULL;
    for (size_t i = 0; i < a->adapters_n; i++)
        (void)fprintf(f, "  %-10s %s\n", a->adapters[i]->kind, a->adapters[i]->doc);
    (void)fclose(f);
    return out; /* argp frees it */
}

/* Everything that lives from start to end. */
struct program {
    struct arguments args;
    struct arena files;
    struct asset_table assets;
    struct market_file market;
    struct adapter_setup setup;
    struct leg_store *store;
    void *self;
    struct verbs verbs;
    char why[WHY_MAX];
};

static enum err files_read(struct program *p)
{
    struct input_error e = { 0 };
    enum err err = assets_file_load(&p->assets, &e, p->args.assets, &p->files);

    if (err == ERR_OK && p->args.market != NULL)
        err = market_file_load(&p->market, &e, p->args.market, &p->assets, &p->files);
    if (err != ERR_OK)
        (void)snprintf(p->why, sizeof p->why, "%s", e.text);
    return err;
}

static enum err store_open(struct program *p)
{
    char identity[IDENTITY_MAX];
    const struct market_file *m = p->setup.market;

    (void)snprintf(identity, sizeof identity, "%s %s %s", p->args.adapter->kind,
                   m != NULL ? m->venue.text : "-", m != NULL ? m->domain.text : "-");
    return leg_store_open(&p->store, p->args.state, identity, p->why, sizeof p->why);
}

static enum err adapter_open(struct program *p)
{
    char reason[WHY_MAX / 2] = "";
    enum err e = p->args.adapter->open(&p->self, &p->setup, reason, sizeof reason);

    if (e != ERR_OK)
        (void)snprintf(p->why, sizeof p->why, "%s: %s",
                       p->args.market != NULL ? p->args.market : p->args.adapter->kind, reason);
    return e;
}

static enum err run(struct program *p, struct clock_port clock)
{
    struct rng_port rng = system_rng();

    TRY(files_read(p));
    p->setup = (struct adapter_setup){ .assets = &p->assets,
                                       .market = p->args.market != NULL ? &p->market : NULL,
                                       .seed = p->args.seed,
                                       .still = p->args.still };
    if (p->setup.seed == 0)
        rng.fill(rng.self, &p->setup.seed, sizeof p->setup.seed);
    TRY(store_open(p));
    p->setup.store = p->store;
    TRY(adapter_open(p));
    verbs_init(&p->verbs, p->args.adapter, p->self, &p->setup);
    enum err e = server_run(&p->verbs, p->args.listen, clock, p->why, sizeof p->why);
    verbs_fini(&p->verbs);
    return e;
}

int program_run(int argc, char **argv, const struct venue_adapter *const *adapters, size_t n)
{
    static const struct argp parser = { .options = options,
                                        .parser = option_parse,
                                        .args_doc = "KIND",
                                        .doc = "Serve one venue.\vKinds:\n",
                                        .help_filter = help_filter };
    struct program p = { .args = { .adapters = adapters, .adapters_n = n } };

    end_init();
    if (argp_parse(&parser, argc, argv, 0, NULL, &p.args) != 0)
        return EXIT_FAILURE;
    log_init(p.args.adapter->kind, LOG_INFO);
    log_event(LOG_EV_START, "kind=%s state=%s", p.args.adapter->kind, p.args.state);
    arena_init(&p.files, FILES_MEMORY_MAX);
    enum err e = run(&p, system_clock());
    if (e == ERR_OK)
        log_event(LOG_EV_STOP, "why=signal");
    else
        log_event(LOG_EV_CONFIG_REFUSED, "%s", p.why[0] != '\0' ? p.why : err_text(e));
    p.args.adapter->close(p.self);
    leg_store_close(p.store);
    arena_fini(&p.files);
    return e == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
