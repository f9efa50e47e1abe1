/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/preflight.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/cli/fail.h"
#include "solver/ledger/store_redis.h"

#define WHY_MAX 512

int preflight_redis(const struct cli *c)
{
    const struct store_redis_options options = {
        .address = c->config.redis,
        .retain_ms = (int64_t)c->config.retain_s * 1000,
        .timeout_ms = (uint32_t)c->config.redis_timeout_ms,
    };
    struct store_redis *redis = NULL;
    char why[WHY_MAX];

    if (store_redis_open(&redis, &options, why, sizeof why) != ERR_OK)
        return fail(c, FAIL_REDIS, c->config.redis, "%s", why);
    store_redis_close(redis);
    return CLI_OK;
}

int preflight_record(const struct cli *c)
{
    const char *dir = c->config.record;
    char inside[CONFIG_TEXT_MAX + 2];

    if (dir[0] == '\0')
        return CLI_OK;
    snprintf(inside, sizeof inside, "%s/.", dir);
    if ((mkdir(dir, 0700) != 0 && errno != EEXIST) || access(inside, W_OK | X_OK) != 0)
        return fail(c, FAIL_FILE, dir, "auctions cannot be recorded there: %s", strerror(errno));
    return CLI_OK;
}
