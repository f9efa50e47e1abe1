/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway/demo/bot_state.h"
#include "solver/core/reject.h"

#define AGAIN_MS 50

/* Codes after which the same bytes will do better by themselves. */
static bool again(uint32_t code)
{
    return code == (uint32_t)reject_code(REJECT_RETRY) ||
           code == (uint32_t)reject_code(REJECT_OVERLOADED) ||
           code == (uint32_t)reject_code(REJECT_NOT_READY);
}

static bool any_again(const struct wire_envelope_answer *a)
{
    if (again(a->code))
        return true;
    for (size_t i = 0; i < a->items_n; i++) {
        if (again(a->items[i].code))
            return true;
    }
    return false;
}

bool bot_ask(struct wire_envelope_answer *out, struct bot *b, uint32_t account,
             struct wire_item *items, size_t n)
{
    while (!bot_wishes(b, WISH_QUIT)) {
        if (client_ask(out, b->public_, &b->who[account], items, n) == ERR_OK && !any_again(out))
            return true;
        bot_pause(AGAIN_MS);
    }
    return false;
}

bool bot_operate(struct wire_op_answer *out, struct bot *b, const struct wire_op_request *request)
{
    while (!bot_wishes(b, WISH_QUIT)) {
        if (client_operate(out, b->op, request) == ERR_OK && !again(out->code))
            return true;
        bot_pause(AGAIN_MS);
    }
    return false;
}
