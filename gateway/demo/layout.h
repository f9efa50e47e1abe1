/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout -- where the demo lives: its state directory, the programs, the market files, and the
 * command lines made of them.
 *
 * A directory of the demo carries the file demo.mark. Nothing is ever removed from a directory
 * without it, and a lock on it keeps a second demo out.
 */
#ifndef SLUICE_DEMO_LAYOUT_H
#define SLUICE_DEMO_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/cli/cli.h"
#include "gateway/demo/fleet.h"

#define LAYOUT_VENUES_MAX 16
#define LAYOUT_VENUES_MIN 3
#define LAYOUT_PATH_TEXT 2048

struct layout_venue {
    char name[NAME_TEXT];
    char kind[NAME_TEXT];
    char file[LAYOUT_PATH_TEXT];
};

struct layout {
    int lock_fd;
    char log[CONFIG_TEXT_MAX];
    char bin[CONFIG_TEXT_MAX]; /* folder of the programs */
    struct layout_venue venues[LAYOUT_VENUES_MAX];
    size_t venues_n;
};

/*
 * Take the state directory of c->config: made when absent; emptied of an earlier demo unless keep.
 * Find programs and markets; look whether Redis and the record directory can be used. CLI_OK, or the error is printed and its status returned.
 */
int layout_open(struct layout *l, struct cli *c, bool keep);
void layout_close(struct layout *l);

/* The processes in their order of starting. CLI_OK, or the error is printed. */
int layout_fleet(struct fleet *f, struct cli *c, const struct layout *l, uint64_t seed);

#endif
