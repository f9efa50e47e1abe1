/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "solver/engine/engine.h"

const char *engine_step_name(enum engine_step s)
{
    static const char *const names[] = {
#define X(name, file, doc) #name,
        ENGINE_STEPS(X)
#undef X
    };
    return s < ENGINE_STEPS_N ? names[s] : "done";
}
