/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sluice-venue: one process serves one venue. A new kind is a line of the table. */
#include "venues/amm/amm.h"
#include "venues/book/book_venue.h"
#include "venues/sdk/program.h"

static const struct venue_adapter *const kinds[] = {
    &amm_adapter,
    &book_venue_adapter,
};

int main(int argc, char **argv)
{
    return program_run(argc, argv, kinds, sizeof kinds / sizeof *kinds);
}
