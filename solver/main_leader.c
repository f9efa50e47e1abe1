/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sluice-solver -- the leader (or its hot standby) of one shard.
 */
#include <argp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/core/system.h"
#include "solver/input/assets_file.h"
#include "solver/ledger/store_redis.h"
#include "solver/link_venues.h"
#include "solver/link_worker.h"
#include "solver/loop.h"
#include "solver/shell/config.h"
#include "solver/shell/end.h"
#include "solver/shell/log.h"

#define ASSETS_ARENA_MAX ((size_t)64 << 20)
#define WHY_MAX 512

/* Everything the process opens; closed in the opposite order. */
struct process {
    struct config config;
    struct arena arena;
    struct asset_table assets;
    struct leader_ports ports;
    struct store_redis *redis;
    struct inbox *inbox;
    struct link_venues *venues;
    uint32_t venues_n;
    struct link_worker *worker;
    struct recorder *recorder;
    struct leader *leader;
};

static bool refused(enum log_event event, enum err err, const char *why)
{
    if (err != ERR_OK)
        log_event(event, "why=\"%s\"", why[0] != '\0' ? why : err_text(err));
    return err != ERR_OK;
}

static bool assets_open(struct process *p)
{
    struct input_error e = { { 0 } };

    arena_init(&p->arena, ASSETS_ARENA_MAX);
    return !refused(LOG_EV_CONFIG_REFUSED,
                    assets_file_load(&p->assets, &e, p->config.assets, &p->arena), e.text);
}

static void pause_briefly(void)
{
    for (int i = 0; i < 10 && !end_asked(); i++)
        usleep(50000);
}

/* The store may come up later than we do; weak settings or another library are final. */
static bool store_open(struct process *p)
{
    const struct store_redis_options options = {
        .address = p->config.redis,
        .retain_ms = (int64_t)p->config.retain_s * 1000,
        .timeout_ms = (uint32_t)p->config.redis_timeout_ms,
    };
    char why[WHY_MAX] = "";
    enum err err = ERR_IO;

    while (!end_asked()) {
        err = store_redis_open(&p->redis, &options, why, sizeof why);
        if (err != ERR_IO && err != ERR_TIMEOUT)
            break;
        log_event(LOG_EV_STORE_DOWN, "why=\"%s\"", why);
        pause_briefly();
    }
    if (end_asked() || refused(LOG_EV_STORE_REFUSED, err, why))
        return false;
    p->ports.store = store_redis_port(p->redis);
    return true;
}

static bool links_open(struct process *p)
{
    char why[WHY_MAX] = "";

    p->inbox = inbox_new();
    if (p->inbox == NULL)
        return !refused(LOG_EV_SOCKET, ERR_NOMEM, why);
    if (refused(
            LOG_EV_SOCKET,
            link_venues_open(&p->venues, &p->venues_n, p->config.venues, p->inbox, why, sizeof why),
            why))
        return false;
    if (refused(LOG_EV_SOCKET,
                link_worker_open(&p->worker, p->config.worker, p->config.dir, p->config.name,
                                 p->inbox, why, sizeof why),
                why))
        return false;
    p->ports.link = link_venues_port(p->venues);
    p->ports.worker = link_worker_port(p->worker);
    return true;
}

static bool leader_open(struct process *p)
{
    if (p->config.record[0] != '\0' &&
        refused(LOG_EV_RECORD_FAILED,
                recorder_open(&p->recorder, p->config.record, p->config.record_files),
                p->config.record))
        return false;
    p->ports.recorder = p->recorder;
    p->ports.clock = system_clock();
    p->leader = leader_new(&p->config, &p->assets, &p->ports, p->venues_n);
    return !refused(LOG_EV_CONFIG_REFUSED, p->leader == NULL ? ERR_INVALID : ERR_OK,
                    "name must be [a-z0-9][a-z0-9._-]{0,31}");
}

static void process_close(struct process *p)
{
    leader_free(p->leader);
    recorder_close(p->recorder);
    link_worker_close(p->worker);
    link_venues_close(p->venues);
    inbox_free(p->inbox);
    store_redis_close(p->redis);
    arena_fini(&p->arena);
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
                                  NULL,     "Clears batches of intents and carries them out.",
                                  children, NULL,
                                  NULL };

int main(int argc, char **argv)
{
    static struct process p;
    char why[WHY_MAX] = "";

    /* First of all: whoever starts this process may end it at once. */
    end_init();
    signal(SIGPIPE, SIG_IGN);
    config_init(&p.config);
    if (config_env(&p.config, why, sizeof why) != ERR_OK) {
        fprintf(stderr, "sluice-solver: environment: %s\n", why);
        return EXIT_FAILURE;
    }
    argp_parse(&argp, argc, argv, 0, NULL, &p.config);
    config_derive(&p.config);
    log_init(p.config.name, LOG_INFO);
    log_event(LOG_EV_START, "dir=%s redis=%s", p.config.dir, p.config.redis);
    bool open = assets_open(&p) && store_open(&p) && links_open(&p) && leader_open(&p);
    if (open) {
        log_event(LOG_EV_READY, "venues=%u", p.venues_n);
        loop_run(p.leader, p.inbox, p.worker);
    }
    process_close(&p);
    if (!open && !end_asked())
        return EXIT_FAILURE;
    log_event(LOG_EV_STOP, "why=signal");
    return EXIT_SUCCESS;
}
