/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "tests/scenario/deployment.h"
#include "tests/scenario/trader.h"

struct operate {
    struct deployment *d;
    const struct wire_op_request *request;
    struct wire_op_answer answer;
};

static bool operate_done(void *arg)
{
    struct operate *o = arg;
    enum err err = client_operate(&o->answer, o->d->operator, o->request);

    if (err != ERR_OK && err != ERR_TIMEOUT)
        fail_msg("operator verb %d: %s", (int)o->request->kind, err_name(err));
    return err == ERR_OK && !trader_code_again(o->answer.code);
}

struct wire_op_answer deployment_operate(struct deployment *d, const struct wire_op_request *r)
{
    struct operate o = { .d = d, .request = r };

    process_until(operate_done, &o, DEPLOYMENT_WAIT_MS, "an answer to an operator");
    return o.answer;
}

uint64_t deployment_counter(struct deployment *d, const char *name)
{
    const struct wire_op_request r = { .kind = WIRE_OP_METRICS };
    struct wire_op_answer a = deployment_operate(d, &r);

    for (size_t i = 0; i < a.metrics_n; i++) {
        if (strcmp(a.metrics[i].name, name) == 0)
            return a.metrics[i].value;
    }
    fail_msg("no counter %s", name);
    return 0;
}

struct venues_wait {
    struct deployment *d;
    size_t up;
};

static bool venues_up(void *arg)
{
    const struct venues_wait *w = arg;
    const struct wire_op_request r = { .kind = WIRE_OP_VENUES };
    struct wire_op_answer a = deployment_operate(w->d, &r);
    size_t up = 0;

    for (size_t i = 0; i < a.venues_n; i++)
        up += a.venues[i].up;
    return up == w->up;
}

void deployment_await_venues(struct deployment *d, size_t up)
{
    struct venues_wait w = { d, up };

    process_until(venues_up, &w, DEPLOYMENT_WAIT_MS, "venues to be up");
}
