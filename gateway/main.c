/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sluice-gateway -- the process where intents come in.
 *
 * It starts in the order of its parts below and ends in the opposite one: first no more requests,
 * then no more watchers, then the last answers, then the sockets, then the ledger thread. The main
 * thread only waits for signals.
 */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "gateway/operator.h"
#include "gateway/publish.h"
#include "gateway/request.h"
#include "solver/core/system.h"
#include "solver/input/assets_file.h"
#include "solver/ledger/store_redis.h"
#include "solver/shell/config.h"
#include "solver/shell/end.h"
#include "solver/shell/log.h"

#define ASSETS_ARENA_CAP ((size_t)64 << 20)
#define OPERATOR_CONTEXTS 4
#define DRAIN_MS (END_MS / 2) /* for the last answers */
#define WHY_MAX 512

struct process {
    struct config config;
    struct arena arena;
    struct asset_table assets;
    struct store_redis *redis; /* NULL until it could be reached once */
    struct store store;
    struct metrics metrics;
    struct publish publish;
    bool publishing;
    struct ledger_thread *ledger;
    struct request_face request_face;
    struct operator_face operator_face;
    struct sessions *public_sessions;
    struct sessions *operator_sessions;
    char why[WHY_MAX];       /* the main thread's */
    char store_why[WHY_MAX]; /* whose store it is: main, then the ledger thread */
};

/* ---- the parts ---- */

static bool assets_open(struct process *p)
{
    struct input_error e = { { 0 } };

    arena_init(&p->arena, ASSETS_ARENA_CAP);
    if (assets_file_load(&p->assets, &e, p->config.assets, &p->arena) == ERR_OK)
        return true;
    log_event(LOG_EV_CONFIG_REFUSED, "%s", e.text);
    return false;
}

static enum err redis_open(struct process *p)
{
    struct store_redis_options o = { .address = p->config.redis,
                                     .retain_ms = (int64_t)p->config.retain_s * 1000,
                                     .timeout_ms = (uint32_t)p->config.redis_timeout_ms };
    enum err err = store_redis_open(&p->redis, &o, p->store_why, sizeof p->store_why);

    if (err == ERR_OK)
        p->store = store_redis_port(p->redis);
    return err;
}

/* The ledger thread's store: the server may start after the gateway. */
static enum err redis_call(void *self, struct ledger_reply *replies,
                           const struct ledger_call *calls, size_t n)
{
    struct process *p = self;

    if (p->redis == NULL)
        TRY(redis_open(p));
    return store_call(&p->store, replies, calls, n);
}

static const char *redis_why(void *self)
{
    const struct process *p = self;

    return p->redis == NULL ? p->store_why : store_redis_reason(p->redis);
}

/* Weak settings or another library are final now; a server that is not there yet is not. */
static bool store_open(struct process *p)
{
    enum err err = redis_open(p);

    if (err == ERR_OK)
        return true;
    if (err != ERR_IO && err != ERR_TIMEOUT) {
        log_event(LOG_EV_STORE_REFUSED, "%s", p->store_why);
        return false;
    }
    log_event(LOG_EV_STORE_DOWN, "%s", p->store_why);
    return true;
}

static bool publish_start(struct process *p)
{
    const char *why = "";

    p->publishing = publish_open(&p->publish, p->config.publish_url, &why) == ERR_OK;
    if (!p->publishing)
        log_event(LOG_EV_SOCKET, "cannot listen on %s: %s", p->config.publish_url, why);
    return p->publishing;
}

static void hint(void *self, uint64_t seq)
{
    publish_hint(self, seq);
}

static bool ledger_start(struct process *p, struct store *store)
{
    struct ledger_thread_options options = { .store = store,
                                             .why = redis_why,
                                             .why_self = p,
                                             .clock = system_clock(),
                                             .metrics = &p->metrics,
                                             .hint = hint,
                                             .hint_self = &p->publish,
                                             .queue_max = p->config.queue_max,
                                             .watchers_max = p->config.watchers_max,
                                             .expire_ms = p->config.expire_ms };
    enum err err = ledger_thread_new(&p->ledger, &options);

    if (err != ERR_OK)
        log_event(LOG_EV_STOP, "%s", err_text(err));
    return err == ERR_OK;
}

static bool sessions_start(struct sessions **out, struct process *p,
                           const struct session_options *options)
{
    enum err err = sessions_open(out, options, p->why, sizeof p->why);

    if (err != ERR_OK)
        log_event(LOG_EV_SOCKET, "%s", err == ERR_IO ? p->why : err_text(err));
    return err == ERR_OK;
}

static bool public_start(struct process *p)
{
    struct session_options o = { .face = { request_begin, request_finish, &p->request_face },
                                 .ledger = p->ledger,
                                 .contexts = p->config.contexts,
                                 .spares = p->config.watchers_max,
                                 .request_max = WIRE_PUBLIC_MAX,
                                 .arena_cap = REQUEST_ARENA_CAP,
                                 .urls = p->config.listen,
                                 .ipc_mode = 0666, /* requests are signed */
                                 .metrics = &p->metrics };

    p->request_face = (struct request_face){
        .rules = { .assets = &p->assets, .collar_ppm = p->config.collar_ppm },
        .clock = system_clock(),
        .metrics = &p->metrics,
    };
    return sessions_start(&p->public_sessions, p, &o);
}

static bool operator_start(struct process *p)
{
    struct session_options o = { .face = { operator_begin, operator_finish, &p->operator_face },
                                 .ledger = p->ledger,
                                 .contexts = OPERATOR_CONTEXTS,
                                 .request_max = WIRE_PUBLIC_MAX,
                                 .arena_cap = OPERATOR_ARENA_CAP,
                                 .urls = p->config.operator_url,
                                 .ipc_mode = 0600,
                                 .own_uid_only = true,
                                 .metrics = &p->metrics };

    p->operator_face = (struct operator_face){ .assets = &p->assets, .metrics = &p->metrics };
    return sessions_start(&p->operator_sessions, p, &o);
}

/* ---- the process ---- */

static bool dir_make(struct process *p)
{
    if (mkdir(p->config.dir, 0700) == 0 || errno == EEXIST)
        return true;
    log_event(LOG_EV_CONFIG_REFUSED, "dir %s: %s", p->config.dir, strerror(errno));
    return false;
}

static bool busy(struct process *p)
{
    return sessions_busy(p->public_sessions) + sessions_busy(p->operator_sessions) > 0;
}

static void drain(struct process *p)
{
    const struct timespec pause = { .tv_nsec = 5000000 };

    sessions_drain(p->public_sessions);
    sessions_drain(p->operator_sessions);
    ledger_thread_wake_watchers(p->ledger);
    for (int i = 0; i < DRAIN_MS / 5 && busy(p); i++)
        (void)nanosleep(&pause, NULL);
}

static void process_close(struct process *p)
{
    sessions_close(p->public_sessions);
    sessions_close(p->operator_sessions);
    ledger_thread_free(p->ledger);
    if (p->publishing)
        publish_close(&p->publish);
    store_redis_close(p->redis);
    arena_fini(&p->arena);
}

static bool process_run(struct process *p)
{
    struct store store = { .self = p, .call = redis_call };

    log_event(LOG_EV_START, "dir=%s redis=%s listen=%s", p->config.dir, p->config.redis,
              p->config.listen);
    if (!assets_open(p) || !dir_make(p) || !store_open(p) || !publish_start(p) ||
        !ledger_start(p, &store) || !operator_start(p) || !public_start(p)) {
        process_close(p);
        return false;
    }
    log_event(LOG_EV_READY, "contexts=%llu queue=%llu", (unsigned long long)p->config.contexts,
              (unsigned long long)p->config.queue_max);
    end_wait();
    drain(p);
    process_close(p);
    log_event(LOG_EV_STOP, "why=signal");
    return true;
}

static const struct argp_child children[] = { { &config_argp, 0, NULL, 0 }, { 0 } };

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = state->input;
    return 0;
}

static const struct argp argp = { NULL,     option_parse,
                                  NULL,     "Takes signed intents and puts them into the ledger.",
                                  children, NULL,
                                  NULL };

int main(int argc, char **argv)
{
    static struct process p;

    end_init();
    (void)signal(SIGPIPE, SIG_IGN);
    log_init("gateway", LOG_INFO);
    config_init(&p.config);
    if (config_env(&p.config, p.why, sizeof p.why) != ERR_OK) {
        log_event(LOG_EV_CONFIG_REFUSED, "environment: %s", p.why);
        return EXIT_FAILURE;
    }
    argp_parse(&argp, argc, argv, 0, NULL, &p.config);
    config_derive(&p.config);
    return process_run(&p) ? EXIT_SUCCESS : EXIT_FAILURE;
}
