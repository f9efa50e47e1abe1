/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * refusal -- the numbers behind a refused intent: have and need, or both sides at the marks.
 */
#ifndef SLUICE_CLI_REFUSAL_H
#define SLUICE_CLI_REFUSAL_H

#include "gateway/cli/cli.h"

#define REFUSAL_TEXT 256

/* ": have 1 ETH, need 2 ETH" to put after the sentence of a code; empty when nothing is known. */
void refusal_numbers(char buf[REFUSAL_TEXT], struct cli *c, const struct client_signer *who,
                     const struct intent *i, uint32_t code);

#endif
