/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * system -- the ports of port.h as the operating system provides them. Only mains and tests use it;
 * everything else takes the ports it was given. Any thread.
 */
#ifndef SLUICE_CORE_SYSTEM_H
#define SLUICE_CORE_SYSTEM_H

#include "solver/core/port.h"

struct clock_port system_clock(void);
struct rng_port system_rng(void);

#endif
