/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * operator_answer -- the ledger's reply to an operator's verb, as an OpAnswer.
 *
 * Shared with operator.c only: the struct in between, which lives in the exchange's arena.
 */
#ifndef SLUICE_GATEWAY_OPERATOR_ANSWER_H
#define SLUICE_GATEWAY_OPERATOR_ANSWER_H

#include "gateway/metrics.h"
#include "gateway/session.h"
#include "proto/wire_operator.h"

struct operator_state {
    enum reject refused;
    struct wire_op_request request;
};

/* x->state is its struct operator_state, or NULL when there was no room for one. */
void operator_answer(struct exchange *x, struct metrics *metrics);

#endif
