/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * board -- the demo's face: a screen redrawn in place on a terminal, one line per second elsewhere;
 * with -o json that line is an object {"type": "progress"}, and an end of a process {"type": "end"}.
 */
#ifndef SLUICE_DEMO_BOARD_H
#define SLUICE_DEMO_BOARD_H

#include "gateway/cli/out.h"
#include "gateway/demo/bot.h"
#include "gateway/demo/fleet.h"
#include "gateway/demo/pulse.h"

struct board {
    const struct asset_table *assets;
    const char *command;    /* the sluice command for this demo, as it can be typed */
    struct out_style style; /* of what is not live; nothing else stands on stdout */
    bool live;              /* a terminal, and not --plain */
    uint64_t start_ns;      /* of the demo */
    uint32_t seconds;       /* it will run; 0: until interrupted */
    bool chaos;
    uint64_t ends_shown; /* ends of the fleet already printed, when not live */
};

/* What is shown, all of one moment. */
struct board_moment {
    const struct bot_score *bot;
    const struct pulse_view *pulse;
    const struct fleet *fleet;
    const char *doing; /* one word or two: "starting", "running", ... */
    uint64_t now_ns;
};

void board_begin(const struct board *b);
void board_draw(struct board *b, const struct board_moment *m); /* live */
void board_line(struct board *b, const struct board_moment *m); /* not live */
void board_ends(struct board *b, const struct board_moment *m); /* not live: a line for each end */
void board_end(const struct board *b);                          /* the last screen stays */

#endif
